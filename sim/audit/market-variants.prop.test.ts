import * as fc from "fast-check";
import { expect, test } from "vitest";

import type { BarColumns } from "#engine/market/bars.ts";
import { AuditRun } from "#sim/audit/audit-run.ts";
import { compareLogs } from "#sim/audit/compare-logs.ts";
import { firstCommonClose } from "#sim/audit/growing-market.ts";
import { cutAt, noiseAfter } from "#sim/audit/market-variants.ts";
import { walk } from "#sim/audit/testing/walk.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import { configOf, HOUR, START, symbolOf } from "#sim/testing/fixture.ts";
import { planned, randomRun, symbolsOf } from "#sim/testing/random-run.ts";
import { runs } from "#sim/testing/seed.ts";

function logOf(
  run: Parameters<typeof planned>[0],
  symbols: readonly BacktestSymbol[],
  growing: "above" | "below" | null = null,
) {
  const config = configOf(symbols, planned(run), run);
  const growth = growing === null ? null : { side: growing, seed: 3, trusted: [] };
  const audit = new AuditRun(config, { growing: growth, tracer: null });
  while (audit.advance(5));
  return audit.log;
}

test("no plan is accused: growing, cut and noisy markets leave the decisions of the full run", () => {
  fc.assert(
    fc.property(randomRun(3), fc.integer({ min: 1, max: 40 }), (run, hours) => {
      const symbols = symbolsOf(run);
      const full = logOf(run, symbols);
      for (const side of ["above", "below"] as const) {
        expect(compareLogs(full, logOf(run, symbols, side), Infinity)).toEqual([]);
        const time = Math.max(START + hours * HOUR, firstCommonClose(symbols));
        const noisy = logOf(run, noiseAfter(symbols, time, side, 1));
        expect(compareLogs(full, noisy, time)).toEqual([]);
        expect(compareLogs(full, logOf(run, cutAt(symbols, time)), time)).toEqual([]);
      }
    }),
    runs(60),
  );
});

const NAMES = ["time", "open", "high", "low", "close", "volume"] as const;
const row = (bars: BarColumns, at: number): readonly (number | undefined)[] =>
  NAMES.map((name) => bars[name][at]);

test("noise keeps what has closed, and what follows is a candle far from what was", () => {
  const bars = walk(60);
  const one = symbolOf(bars, {
    funding: { length: 0, time: new Float64Array(), rate: new Float64Array() },
  });
  for (const side of ["above", "below"] as const) {
    const [noisy] = noiseAfter([one], START + 20 * HOUR, side, 9);
    const other = noisy!.bars;
    expect(other).toBe(noisy!.strategyBars);
    for (let at = 0; at < 20; at++) expect(row(other, at)).toEqual(row(bars, at));
    for (let at = 20; at < 60; at++) {
      const [time, open, high, low, close, volume] = row(other, at) as number[];
      expect(time).toBe(bars.time[at]);
      expect(low).toBeGreaterThan(0);
      expect(low).toBeLessThanOrEqual(Math.min(open!, close!));
      expect(high).toBeGreaterThanOrEqual(Math.max(open!, close!));
      const ratio = close! / bars.close[at]!;
      expect(side === "above" ? ratio : 1 / ratio).toBeGreaterThan(1.4);
      expect(volume).not.toBe(bars.volume[at]);
    }
  }
});

test("a cut ends columns, memory and funding at its time", () => {
  const funding = {
    length: 3,
    time: Float64Array.of(START + 8 * HOUR, START + 16 * HOUR + 5, START + 24 * HOUR),
    rate: Float64Array.of(1, 2, 3),
  };
  const [cut] = cutAt([symbolOf(walk(60), { funding })], START + 16 * HOUR);
  expect(cut!.bars.length).toBe(16);
  expect(cut!.bars.close.buffer.byteLength).toBe(16 * 8);
  expect(cut!.funding).toEqual({
    length: 2,
    time: funding.time.slice(0, 2),
    rate: Float64Array.of(1, 2),
  });
});
