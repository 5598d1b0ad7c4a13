import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { RunResult, Trade } from "#engine/result/run-result.ts";
import { closedTrade, closeSeries, equityRun, MIDNIGHT } from "#reports/testing/equity-run.ts";
import { sampleRun } from "#reports/testing/sample-run.ts";
import { computeSummary } from "./compute-summary.ts";
import { METRICS } from "./metric-table.ts";
import type { Summary } from "./metric-value.ts";

const HOUR_MS = 3_600_000;

/** Equity paths of any kind: up, down, flat, into ruin and beyond. */
const equityPath = fc
  .tuple(
    fc.double({ min: 1, max: 1e9, noNaN: true }),
    fc.array(
      fc.oneof(
        fc.double({ min: -0.3, max: 0.3, noNaN: true }),
        fc.constant(0),
        fc.double({ min: -1.5, max: 2, noNaN: true }),
      ),
      { maxLength: 80 },
    ),
  )
  .map(([start, moves]) => {
    const equity = [start];
    for (const move of moves) equity.push((equity.at(-1) as number) * (1 + move));
    return equity;
  });

const trade: fc.Arbitrary<Trade> = fc
  .record({
    pnl: fc.oneof(fc.double({ min: -1e4, max: 1e4, noNaN: true }), fc.constant(0)),
    hours: fc.integer({ min: 0, max: 500 }),
    initialRisk: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
  })
  .map(({ pnl, hours, initialRisk }) =>
    closedTrade(1, pnl, { closedAt: MIDNIGHT + hours * HOUR_MS, initialRisk }),
  );

const anyRun: fc.Arbitrary<RunResult> = fc
  .record({
    equity: equityPath,
    trades: fc.array(trade, { maxLength: 12 }),
    closes: fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { maxLength: 80 }),
    intervalMs: fc.constantFrom(HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS, 168 * HOUR_MS),
    offset: fc.integer({ min: 0, max: 30 }),
  })
  .map(({ equity, trades, closes, intervalMs, offset }) => {
    const from = MIDNIGHT + offset * HOUR_MS;
    const symbols = closes.length === 0 ? [] : [closeSeries("BTCUSDT", closes, from, intervalMs)];
    const numbered = trades.map((one, index) => ({ ...one, id: index + 1 }));
    return equityRun(equity, { from, intervalMs, symbols, trades: numbered });
  });

function expectSound({ metrics, reasons }: Summary): void {
  const unsound = METRICS.map(({ key }) => key).filter((key) =>
    metrics[key] === null ? reasons[key] === undefined : !Number.isFinite(metrics[key]),
  );
  expect(unsound).toEqual([]);
  const explained = METRICS.map(({ key }) => key).filter((key) => metrics[key] === null);
  expect(new Set(Object.keys(reasons))).toEqual(new Set(explained));
  expect(Object.keys(metrics)).toEqual(METRICS.map(({ key }) => key));
}

function within(value: number | null, low: number, high: number): void {
  if (value === null) return;
  expect(value).toBeGreaterThanOrEqual(low - 1e-9);
  expect(value).toBeLessThanOrEqual(high + 1e-9);
}

test("every metric is a finite number or has a reason, inside its bounds", () => {
  fc.assert(
    fc.property(anyRun, fc.boolean(), fc.integer(), (run, gates, seed) => {
      const summary = computeSummary(run, {
        gates,
        seed,
        riskFree: 0.02,
        trials: { count: 10, srVariance: 0.01 },
      });
      expectSound(summary);
      const { metrics } = summary;
      within(metrics.maxDD, -Infinity, 0);
      within(metrics.maxDDIntrabar, -Infinity, metrics.maxDD ?? 0);
      for (const key of ["psr", "dsr", "winRate", "winDays", "underwater", "timeInMarket"] as const)
        within(metrics[key], 0, 100);
      within(metrics.pBoot, 0, 1);
      within(metrics.corr, -1, 1);
      within(metrics.winRateLow, 0, metrics.winRate ?? 100);
      within(metrics.winRateHigh, metrics.winRate ?? 0, 100);
      if (metrics.sharpe !== null) {
        within(metrics.sharpeLow, -Infinity, metrics.sharpe);
        within(metrics.sharpeHigh, metrics.sharpe, Infinity);
      }
      if (metrics.es95 !== null) within(metrics.es95, metrics.var95 as number, Infinity);
      if (metrics.bestDay !== null) within(metrics.worstDay, -Infinity, metrics.bestDay);
      within(metrics.profitFactor, 0, Infinity);
      within(metrics.ulcer, 0, Infinity);
    }),
    { numRuns: 300 },
  );
});

test("the same run gives the same summary", () => {
  fc.assert(
    fc.property(anyRun, (run) => {
      const options = { gates: false, seed: 9 };
      expect(computeSummary(run, options)).toEqual(computeSummary(run, options));
    }),
    { numRuns: 30 },
  );
});

test("an account of twice the size has twice the money and the same ratios", () => {
  const scaled = [
    "netReturn",
    "vol",
    "sharpe",
    "sortino",
    "maxDD",
    "ulcer",
    "var95",
    "omega",
  ] as const;
  fc.assert(
    fc.property(equityPath, (equity) => {
      const options = { gates: false, seed: 1 };
      const one = computeSummary(equityRun(equity), options);
      const two = computeSummary(equityRun(equity.map((value) => 2 * value)), options);
      expect(two.metrics.net).toBe(2 * (one.metrics.net as number));
      for (const key of scaled) {
        expect(two.metrics[key]).toBe(one.metrics[key]);
        expect(two.reasons[key]).toBe(one.reasons[key]);
      }
    }),
    { numRuns: 100 },
  );
});

test("net is price PnL less costs, whatever was traded", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 0, max: 3000 }),
      fc.integer({ min: 0, max: 60 }),
      (seed, bars, trades) => {
        const run = sampleRun({ seed, bars, trades, symbols: ["A", "B"] });
        const { metrics } = computeSummary(run, { gates: false, seed });
        const explained =
          (metrics.pricePnl as number) -
          (metrics.slippage as number) -
          (metrics.feesMaker as number) -
          (metrics.feesTaker as number) -
          (metrics.liqFees as number) +
          (metrics.funding as number);
        expect(Math.abs((metrics.net as number) - explained)).toBeLessThan(1e-6);
      },
    ),
    { numRuns: 60 },
  );
});
