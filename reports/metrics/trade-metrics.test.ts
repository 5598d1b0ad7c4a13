import { expect, test } from "vitest";
import type { Trade } from "#engine/result/run-result.ts";
import { closedTrade, MIDNIGHT } from "#reports/testing/equity-run.ts";
import { tradeMetrics, wilsonInterval } from "./trade-metrics.ts";

const HOUR_MS = 3_600_000;

function held(id: number, pnl: number, hours: number, change: Partial<Trade> = {}): Trade {
  return closedTrade(id, pnl, {
    openedAt: MIDNIGHT + id * HOUR_MS,
    closedAt: MIDNIGHT + (id + hours) * HOUR_MS,
    ...change,
  });
}

test("holding times are medians of all trades, of wins and of losses", () => {
  const trades = [held(1, 10, 1), held(2, 10, 3), held(3, -10, 8), held(4, -10, 4), held(5, 0, 2)];
  expect(tradeMetrics(trades, 0)).toMatchObject({ holdMedian: 3, holdWin: 2, holdLoss: 6 });
});

test("a trade that came out even is neither won nor lost and ends a streak", () => {
  const trades = [10, 10, 5e-10, 10, -5, -5, -5, 10].map((pnl, index) => held(index + 1, pnl, 1));
  const metrics = tradeMetrics(trades, 20);
  expect(metrics).toMatchObject({ maxWins: 2, maxLosses: 3, winRate: 50 });
  expect(metrics.profitFactor).toBeCloseTo(40 / 15, 10);
});

test("streaks follow the order of closing", () => {
  const trades = [held(1, 10, 10), held(2, -5, 1), held(3, 10, 2), held(4, 10, 20)];
  expect(tradeMetrics(trades, 25)).toMatchObject({ maxWins: 3, maxLosses: 1 });
});

test("trades that close at one time are in order of opening", () => {
  const trades = [held(3, 10, 1), held(1, 10, 3), held(2, -5, 2)];
  expect(tradeMetrics(trades, 15)).toMatchObject({ maxWins: 1, maxLosses: 1 });
});

test("expectancy in money, in basis points of the entry and in units of risk", () => {
  const trades = [
    held(1, 30, 1, { entryPrice: 100, qty: 3, initialRisk: 10 }),
    held(2, -10, 1, { entryPrice: 50, qty: 4, initialRisk: 20 }),
    held(3, 7, 1, { entryPrice: 70, qty: 1, initialRisk: null }),
  ];
  const metrics = tradeMetrics(trades, 27);
  expect(metrics.expectancy).toBeCloseTo(9, 10);
  expect(metrics.expectancyBps).toBeCloseTo((1000 - 500 + 1000) / 3, 8);
  expect(metrics.expectancyR).toBeCloseTo((3 - 0.5) / 2, 10);
});

test("the SQN is on risk multiples when every trade had a stop, else on money", () => {
  const pnl = [30, -10, 20];
  const stops = pnl.map((value, index) =>
    held(index + 1, value, 1, { initialRisk: 10 * (index + 1) }),
  );
  // Multiples 3, −0.5, 2/3: mean 19/18, sd from Σ(x − mean)² = 9 + 0.25 + 4/9 − 3 (19/18)².
  const mean = 19 / 18;
  const spread = Math.sqrt((9 + 0.25 + 4 / 9 - 3 * mean * mean) / 2);
  expect(tradeMetrics(stops, 40).sqn).toBeCloseTo((Math.sqrt(3) * mean) / spread, 10);
  const mixed = [...stops.slice(0, 2), held(3, 20, 1)];
  const moneySpread = Math.sqrt((900 + 100 + 400 - 3 * (40 / 3) ** 2) / 2);
  expect(tradeMetrics(mixed, 40).sqn).toBeCloseTo((Math.sqrt(3) * (40 / 3)) / moneySpread, 10);
});

test("the SQN counts at most a hundred trades", () => {
  const trades = Array.from({ length: 400 }, (_, index) => held(index + 1, index % 2 ? 3 : -1, 1));
  const spread = Math.sqrt((4 * 400) / 399);
  expect(tradeMetrics(trades, 400).sqn).toBeCloseTo((10 * 1) / spread, 10);
});

test("excursions are means in percent of the entry price", () => {
  const trades = [held(1, 5, 1, { mae: -2, mfe: 3 }), held(2, 5, 1, { mae: 0, mfe: 8 })];
  expect(tradeMetrics(trades, 10)).toMatchObject({ mae: -1, mfe: 5.5 });
});

test("the best trades and what is left without them", () => {
  const trades = [1, 2, 3, 4, 5, 6, -4].map((pnl, index) => held(index + 1, pnl, 1));
  expect(tradeMetrics(trades, 17)).toMatchObject({ netWithoutTop5: -3 });
  expect(tradeMetrics(trades, 17).top1Share).toBeCloseTo(600 / 17, 10);
  expect(tradeMetrics(trades, 0).top1Share).toBe("zero-denominator");
});

test("only wins have no losses to divide by, only losses no wins", () => {
  expect(tradeMetrics([held(1, 5, 1), held(2, 6, 1)], 11)).toMatchObject({
    profitFactor: "no-losses",
    payoff: "no-losses",
    holdLoss: "no-losses",
    winRate: 100,
  });
  expect(tradeMetrics([held(1, -5, 1), held(2, -6, 1)], -11)).toMatchObject({
    profitFactor: 0,
    payoff: "no-wins",
    holdWin: "no-wins",
    winRate: 0,
  });
});

test("one trade, and trades that are all equal, have no spread", () => {
  expect(tradeMetrics([held(1, 5, 1)], 5).sqn).toBe("zero-variance");
  const equal = [held(1, 0.1, 1), held(2, 0.1, 1), held(3, 0.1, 1)];
  expect(tradeMetrics(equal, 0.3).sqn).toBe("zero-variance");
});

test("the Wilson interval of 4 in 7, 0 in 10 and 10 in 10", () => {
  // (4 + 1.96²/2 ∓ 1.96 √(4 × 3/7 + 1.96²/4)) / (7 + 1.96²)
  const square = 1.96 ** 2;
  const root = 1.96 * Math.sqrt(12 / 7 + square / 4);
  const { low, high } = wilsonInterval(4, 7);
  expect(low).toBeCloseTo((4 + square / 2 - root) / (7 + square), 12);
  expect(high).toBeCloseTo((4 + square / 2 + root) / (7 + square), 12);
  expect(wilsonInterval(0, 10).low).toBe(0);
  expect(wilsonInterval(0, 10).high).toBeCloseTo(square / (10 + square), 12);
  expect(wilsonInterval(10, 10).high).toBe(1);
});
