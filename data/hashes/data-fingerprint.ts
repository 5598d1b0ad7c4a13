import type { SeriesKind } from "#data/series.ts";
import { assert } from "#engine/assert.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { MonthHash } from "./month-hashes.ts";
import { sha256Hex } from "./sha256.ts";

/** What the fingerprint calls a series; instrument records count as one of kind `instrument`. */
export interface FingerprintKey {
  readonly kind: SeriesKind | "instrument";
  readonly exchange: string;
  readonly symbol: string;
  readonly interval: string;
}

/** One series that a run used, with the hashes of the rows it used, warm-up included. */
export interface SeriesFingerprint {
  readonly key: FingerprintKey;
  readonly months: readonly MonthHash[];
}

/** One month of one series in which two runs saw different rows. */
export interface FingerprintDifference {
  readonly series: FingerprintKey;
  /** `2025-10`; empty when a series without any rows was added or removed. */
  readonly month: string;
  /** `added`: only the second has it; `removed`: only the first. */
  readonly what: "changed" | "added" | "removed";
}

/**
 * What went into a run: SHA-256 over the canonical JSON of the sorted list of
 * `[kind, exchange, symbol, interval, [[month, hash], …]]`. By value, not by source: a file and the store with the
 * same rows give the same. The order of the arguments does not matter.
 */
export function fingerprint(series: readonly SeriesFingerprint[]): string {
  const rows = [...series].sort((a, b) => compareText(sortText(a.key), sortText(b.key)));
  for (let index = 1; index < rows.length; index++) {
    const [before, after] = [rows[index - 1], rows[index]].map((row) => row && sortText(row.key));
    assert(before !== after, () => `A fingerprint lists each series once: ${after}`);
  }
  return sha256Hex(
    canonicalJson(
      rows.map(({ key, months }) => [
        key.kind,
        key.exchange,
        key.symbol,
        key.interval,
        sortedMonths(months).map(({ month, hash }) => [month, hash]),
      ]),
    ),
  );
}

/** The series and months in which `second` differs from `first`, sorted by series and month. */
export function compareFingerprints(
  first: readonly SeriesFingerprint[],
  second: readonly SeriesFingerprint[],
): FingerprintDifference[] {
  const before = new Map(first.map((series) => [sortText(series.key), series]));
  const after = new Map(second.map((series) => [sortText(series.key), series]));
  const names = [...new Set([...before.keys(), ...after.keys()])].sort(compareText);
  return names.flatMap((name) => compareSeries(before.get(name), after.get(name)));
}

function compareSeries(
  before: SeriesFingerprint | undefined,
  after: SeriesFingerprint | undefined,
): FingerprintDifference[] {
  const series = (before ?? after)?.key;
  if (series === undefined) return [];
  const old = new Map(before?.months.map(({ month, hash }) => [month, hash]));
  const now = new Map(after?.months.map(({ month, hash }) => [month, hash]));
  const differences: FingerprintDifference[] = [];
  for (const month of [...new Set([...old.keys(), ...now.keys()])].sort(compareText)) {
    if (old.get(month) === now.get(month)) continue;
    const what = !now.has(month) ? "removed" : !old.has(month) ? "added" : "changed";
    differences.push({ series, month, what });
  }
  if (differences.length === 0 && before === undefined) {
    differences.push({ series, month: "", what: "added" });
  }
  if (differences.length === 0 && after === undefined) {
    differences.push({ series, month: "", what: "removed" });
  }
  return differences;
}

function sortedMonths(months: readonly MonthHash[]): MonthHash[] {
  return [...months].sort((a, b) => compareText(a.month, b.month));
}

function sortText(key: FingerprintKey): string {
  return [key.kind, key.exchange, key.symbol, key.interval].join("\u0000");
}

/** By code units, as everywhere: `localeCompare` depends on the machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
