import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CANDLES, loadFrom, type Stored } from "#cli/market/testing/stored-market.ts";
import { sampleBars } from "#data/testing/sample-bars.ts";
import { catalogueEntry } from "#reports/diagnostics/catalogue.ts";
import { RecordNotes } from "#reports/diagnostics/record-notes.ts";
import { computeSummary } from "#reports/metrics/compute-summary.ts";
import { equityRun } from "#reports/testing/equity-run.ts";
import { smaCross } from "#strategies/sma-cross.ts";
import { runDiagnostics } from "./run-diagnostics.ts";
import type { RunConfig } from "./run-plan.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const MARK = { ...CANDLES, kind: "mark" } as const;
const CONFIG = {
  costs: "venue",
  fillAt: "nextOpen",
  limitFill: "through",
  limitImprove: false,
  intrabar: "worst",
  funding: "stored",
  fees: { makerPct: 0.02, takerPct: 0.055 },
  participationPct: 10,
  slippage: { kind: "spreadImpact", halfSpreadBps: 1, impactBps: 100 },
} as unknown as RunConfig;

function hours(from: number, count: number, unknownVolumeEvery = 0) {
  const start = START + from * HOUR;
  return sampleBars(count, { start, intervalMs: HOUR, unknownVolumeEvery });
}

async function diagnosticsOf(
  stored: readonly Stored[],
  leverage: number,
  config: Partial<RunConfig> = {},
) {
  const market = await loadFrom(stored, {});
  const params = { fast: 2, slow: 4 } as never;
  const loaded = { strategy: smaCross } as never;
  const result = { ...equityRun([1000, 1001]), leverage };
  return runDiagnostics(
    { config: { ...CONFIG, ...config }, market, loaded, params },
    { result, notes: new RecordNotes(["BTCUSDT"]), isPartial: false },
    computeSummary(result, { gates: true, seed: 1 }),
  );
}

test.each([
  ["cover none of the bars", [200, 10], "no-mark-price", 48, "all 48 bars, first 2024-01-01T00"],
  ["end too early", [0, 40], "partial-mark-price", 8, "8 of 48 bars, first 2024-01-02T16"],
  ["begin too late", [6, 42], "partial-mark-price", 6, "6 of 48 bars, first 2024-01-01T00"],
] as const)(
  "marks that %s are told at any leverage",
  async (_name, [from, n], code, count, text) => {
    const stored = [
      { key: CANDLES, bars: hours(0, 48) },
      { key: MARK, bars: hours(from, n) },
    ];
    for (const leverage of [1, 5]) {
      expect(await diagnosticsOf(stored, leverage)).toContainEqual({
        code,
        severity: "warning",
        message: expect.stringContaining(text),
        count,
      });
    }
  },
);

test("marks that cover every bar are not told, nor is a mark that was never there at leverage 1", async () => {
  const candles = { key: CANDLES, bars: hours(0, 48) };
  const codes = async (stored: readonly Stored[], leverage: number) =>
    (await diagnosticsOf(stored, leverage)).map(({ code }) => code).join(" ");
  expect(await codes([candles, { key: MARK, bars: hours(-2, 60) }], 5)).not.toContain("mark-price");
  expect(await codes([candles], 1)).not.toContain("mark-price");
  expect(await codes([candles], 5)).toContain("no-mark-price");
});

test("bars of unknown volume are told where the volume would hold back orders", async () => {
  const stored = [{ key: CANDLES, bars: hours(0, 48, 3) }];
  expect(await diagnosticsOf(stored, 1)).toContainEqual({
    code: "volume-unknown",
    severity: "warning",
    message: expect.stringContaining("16 of 48 bars is unknown, first 2024-01-01T00"),
    count: 16,
  });
  const free = { participationPct: null, slippage: { kind: "fixed", bps: 0 } } as const;
  const codes = (await diagnosticsOf(stored, 1, free)).map(({ code }) => code);
  expect(codes).not.toContain("volume-unknown");
});

test("every code that is noticed while data is loaded is in the catalogue", () => {
  const folder = new URL("../market/", import.meta.url);
  const sources = readdirSync(folder).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const codes = sources.flatMap((name) =>
    [...readFileSync(new URL(name, folder), "utf8").matchAll(/code: (.*),$/gm)].flatMap(
      ([, text]) =>
        [...(text ?? "").matchAll(/(?<!=== )"([a-z-]+)"/g)].map(([, code]) => code ?? ""),
    ),
  );
  expect(codes).toContain("late-first-decision");
  expect(codes).toContain("halted-at-gap");
  expect(codes.filter((code) => catalogueEntry(code) === undefined)).toEqual([]);
});
