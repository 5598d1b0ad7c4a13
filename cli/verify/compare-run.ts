import { existsSync, readFileSync } from "node:fs";

import type { MeasuredRun } from "#cli/backtest/perform-run.ts";
import { firstDifference } from "#cli/backtest/record-checksums.ts";
import type { FoundRun } from "#cli/runs/find-run.ts";
import { recordData, recordKindName, slotSymbols } from "#cli/runs/journal-lines.ts";
import { canonicalJson } from "#data/hashes/canonical-json.ts";
import { compareFingerprints } from "#data/hashes/data-fingerprint.ts";
import { sha256Hex } from "#data/hashes/sha256.ts";
import { RECORD_WIDTH } from "#engine/records/record-log.ts";

export interface Comparison {
  readonly what:
    | "build"
    | "node"
    | "strategy"
    | "config"
    | "dataFingerprint"
    | "traceHash"
    | "summary";
  readonly same: boolean;
  readonly before: string;
  readonly now: string;
  /** Series and months, keys, or the first record, that differ. */
  readonly where: readonly string[];
}

/** Compares a recorded run with its repetition: what went in, what came out, and where they part. */
export function compareRun(
  found: FoundRun,
  measured: MeasuredRun,
  traceFile: string,
): readonly Comparison[] {
  const { facts, document } = found.record;
  const { prepared, executed } = measured;
  const { identity } = prepared;
  const data = compareFingerprints(facts.series, prepared.market.series).map(
    ({ series, month, what }) => {
      const label = [series.exchange, series.symbol, series.interval, series.kind];
      return `${label.filter((word) => word !== "").join(" ")} ${month} ${what}`.trim();
    },
  );
  const isSameTrace = document.run.traceHash === executed.traceHash;
  const plain = (
    what: Comparison["what"],
    before: string,
    now: string,
    where: readonly string[] = [],
  ): Comparison => ({
    what,
    same: before === now,
    before,
    now,
    where: before === now ? [] : where,
  });
  return [
    plain(
      "build",
      `${facts.engineVersion} ${facts.build}`,
      `${identity.engineVersion} ${identity.build}`,
    ),
    plain("node", facts.node, identity.node),
    plain("strategy", facts.strategyHash, identity.strategyHash),
    plain(
      "config",
      sha256Hex(canonicalJson(facts.config)),
      sha256Hex(canonicalJson(prepared.config)),
      keysThatDiffer(facts.config, prepared.config),
    ),
    plain("dataFingerprint", facts.dataFingerprint, prepared.market.fingerprint, data),
    plain(
      "traceHash",
      document.run.traceHash,
      executed.traceHash,
      isSameTrace ? [] : [describeFirstRecord(measured, traceFile)],
    ),
    compareSummary(document.summary, measured.summary.metrics),
  ];
}

function compareSummary(
  before: Readonly<Record<string, number | null>>,
  now: Readonly<Record<string, number | null>>,
): Comparison {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  const different = keys.filter((key) => before[key] !== now[key]);
  const count = `${keys.length} numbers`;
  return {
    what: "summary",
    same: different.length === 0,
    before: count,
    now: different.length === 0 ? count : `${different.length} differ`,
    where: different.map((key) => `${key} ${String(before[key])} → ${String(now[key])}`),
  };
}

/** The number of the first record that differs and what it is now. */
function describeFirstRecord(measured: MeasuredRun, traceFile: string): string {
  if (!existsSync(traceFile)) return "no checksums of the records were kept";
  const bytes = readFileSync(traceFile);
  const before = new Uint32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
  const { checksums, chunks } = measured.executed;
  const at = firstDifference(before, checksums);
  if (at < 0) return "a record after those of which checksums are kept";
  const row = rowAt(chunks, at);
  if (row === null) return `record ${at} is not there any more: the trace ends before it`;
  const symbols = slotSymbols(measured.prepared.config);
  const time = new Date(row[1] as number).toISOString();
  const isNew = at >= before.length ? " (the earlier trace ends before it)" : "";
  return `record ${at} is now ${recordKindName(row[0] as number)} at ${time} ${JSON.stringify(recordData(row, symbols))}${isNew}`;
}

function rowAt(chunks: readonly Float64Array[], number: number): Float64Array | null {
  let first = 0;
  for (const chunk of chunks) {
    const rows = chunk.length / RECORD_WIDTH;
    if (number < first + rows) {
      const at = (number - first) * RECORD_WIDTH;
      return chunk.subarray(at, at + RECORD_WIDTH);
    }
    first += rows;
  }
  return null;
}

function keysThatDiffer(before: object, now: object): readonly string[] {
  const old = before as Readonly<Record<string, unknown>>;
  const current = now as Readonly<Record<string, unknown>>;
  const keys = [...new Set([...Object.keys(old), ...Object.keys(current)])].sort();
  return keys
    .filter((key) => canonicalJson(old[key] ?? null) !== canonicalJson(current[key] ?? null))
    .map(
      (key) => `${key} ${canonicalJson(old[key] ?? null)} → ${canonicalJson(current[key] ?? null)}`,
    );
}
