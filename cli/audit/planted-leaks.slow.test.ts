import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import type { AuditDocument } from "#cli/audit/audit-document.ts";
import { PINNED_NODE } from "#cli/testing/spawn-drydock.ts";
import { BUILT_IN } from "#strategies/catalogue.ts";

const PROGRAM = fileURLToPath(new URL("./testing/audit-files.ts", import.meta.url));
const LEAKS = fileURLToPath(new URL("./testing/leaks/", import.meta.url));
const INNOCENT = fileURLToPath(new URL("./testing/innocent/", import.meta.url));
/** Room for documents of many strategies. */
const OUTPUT_MAX = 64 * 1024 * 1024;

/** Audits all of them in one process, on two symbols of `bars` hours. */
async function audit(
  bars: number,
  cuts: number,
  strategies: readonly string[],
): Promise<readonly AuditDocument[]> {
  const words = [PROGRAM, String(bars), String(cuts), ...strategies];
  const { stdout } = await promisify(execFile)(PINNED_NODE, words, { maxBuffer: OUTPUT_MAX });
  return JSON.parse(stdout) as readonly AuditDocument[];
}

/** The leak of each file: what the audit must call it, and a word of the line or the indicator that it must name. */
const PLANTED: readonly (readonly [
  file: string,
  kind: "lookahead" | "nondeterminism",
  indicator: string | null,
  line: string,
])[] = [
  ["centred-window", "lookahead", "smooth", "bars.close[row]"],
  ["future-shift", "lookahead", "change", "bars.close[index + 1]"],
  ["higher-timeframe", "lookahead", "trend", "bars.close[row]"],
  ["fit-whole-series", "lookahead", "residual", "bars.close"],
  ["full-column-max", "lookahead", "belowTop", "Math.max(...bars.high)"],
  ["resample-right", "lookahead", "resampled", "bars.close[row]"],
  ["unclosed-bar", "lookahead", "forming", "[index + 1]"],
  ["global-normalisation", "lookahead", "score", "Array.from(bars.close)"],
  ["target-encoding", "lookahead", "encoded", "bars.close[row + 1]"],
  ["sort-by-future", "lookahead", "rank", "bars.close["],
  ["cached-state", "nondeterminism", null, "ctx."],
  ["wall-clock", "nondeterminism", null, "new Date()"],
  ["single-candle", "lookahead", "merged", "bars.close[row]"],
  ["table-candle", "lookahead", "average", "bars.close[used]"],
  ["captured-columns", "lookahead", null, "other.close[second.bar.count]"],
  ["random-entry", "nondeterminism", null, "Math.random()"],
];

test("every planted leak is found at its line or indicator", async () => {
  const files = readdirSync(LEAKS).map((name) => name.replace(".ts", ""));
  expect(PLANTED.map(([file]) => file).sort()).toEqual(files.sort());
  const documents = await audit(
    1_500,
    4,
    PLANTED.map(([file]) => join(LEAKS, `${file}.ts`)),
  );
  expect(documents).toHaveLength(PLANTED.length);
  for (const [at, [file, kind, indicator, line]] of PLANTED.entries()) {
    const { findings, passed } = documents[at] as AuditDocument;
    const [found, ...more] = findings.filter((one) => one.kind !== "warm-up");
    expect([file, passed, more]).toEqual([file, false, []]);
    expect(found).toMatchObject({ kind, indicator });
    expect(basename(found?.file ?? "")).toBe(`${file}.ts`);
    expect(found?.expected).not.toBe(found?.actual);
    const source = readFileSync(join(LEAKS, `${file}.ts`), "utf8").split("\n");
    expect(source[(found?.line ?? 0) - 1]).toContain(line);
  }
  // Hour 1,003 of 2024, although none of the four cuts lies there.
  const candles = documents.filter(({ strategy }) => strategy.endsWith("-candle"));
  const bars = candles.map(({ findings }) => findings[0]?.firstBar);
  expect(bars).toEqual(["2024-02-11T19:00:00Z", "2024-02-11T19:00:00Z"]);
});

test("no innocent twin is accused", async () => {
  const files = readdirSync(INNOCENT).map((name) => join(INNOCENT, name));
  const documents = await audit(1_500, 12, files);
  expect(documents).toHaveLength(files.length);
  for (const document of documents) expectInnocent(document, 100);
});

test("no built-in strategy is accused", async () => {
  const names = BUILT_IN.map(({ name }) => name);
  const documents = await audit(3_000, 16, names);
  expect(documents.map(({ strategy }) => strategy)).toEqual(names);
  for (const document of documents) expectInnocent(document, 1);
});

function expectInnocent(document: AuditDocument, decisions: number): void {
  const { strategy, findings, passed, everyBar, starts } = document;
  const accused = findings.filter(({ kind }) => kind !== "warm-up");
  const head = { strategy, accused, passed, everyBar, starts };
  expect(head).toEqual({ strategy, accused: [], passed: true, everyBar: true, starts: true });
  expect(document.decisions).toBeGreaterThanOrEqual(decisions);
}
