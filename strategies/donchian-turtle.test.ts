import { expect, test } from "vitest";
import { PURPOSE } from "#engine/model/order-terms.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { Candle } from "#sim/testing/fixture.ts";
import { donchianTurtle } from "./donchian-turtle.ts";
import { candlesOf, fillsOf, runStrategy, type StrategyRun } from "./testing/run-strategy.ts";

// Each candle opens 0.5 above the last close and reaches 1 beyond; N is the true range of the breakout bar alone.
// Bar 5 closes at 102 above the highest high before it, 101.5, with a range of 103 − 99.5: N is 3.5.
const quiet = [100, 100, 100, 100, 100];
const breakout = [...quiet, 102];
const params = { entry: 3, exit: 2, atr: 1, unitMaxPct: 1000 };
const run = (
  closes: readonly number[],
  more: Readonly<Record<string, unknown>> = {},
): StrategyRun =>
  runStrategy(donchianTurtle, [candlesOf(closes, 0.5, 1)], {
    params: { ...params, ...more },
    leverage: 10,
  });

test("enters one unit of a percent of equity per N after a close beyond the channel before", () => {
  const fills = fillsOf(run([...breakout, 102]));
  expect(fills).toEqual([[6, "buy", 28.571, 102.5]]); // 100 / 3.5
  // A close at the highest high is none, and the bar's own high does not count against it.
  expect(fillsOf(run([...quiet, 101.5, 101.5]))).toEqual([]);
});

test("leaves after a close beyond the opposite channel of the bars before, and turns at the other breakout", () => {
  const { result } = run([...breakout, 103, 103, 101, 99, 96, 96, 100, 105, 105]);
  expect(result.trades).toMatchObject([
    // Bar 8 closes at 101, below the lows 101.5 and 102 of the two bars before it.
    { side: "long", qty: 28.571, entryPrice: 102.5, exitPrice: 101.5, exitDetail: "channel exit" },
    // Bar 9 closes at 99, below 100, 101.5 and 102, with N 4.5 on 9,971.43.
    { side: "short", qty: 22.158, entryPrice: 99.5, exitPrice: 105.5 },
  ]);
  expect(result.openTrades).toMatchObject([{ side: "long", qty: 15.153, entryPrice: 105.5 }]);
});

test("the stop lies two N from the fill", () => {
  // 102.5 − 7 = 95.5: touched by the low of bar 8 (96.4 − 1 = 95.4).
  const { result } = run([...breakout, 102, 101.6, 96.4], { exit: 5 });
  expect(result.trades).toMatchObject([{ exitPrice: 95.5, exitReason: "stopLoss" }]);
  expect(result.trades[0]?.initialRisk).toBeCloseTo(28.571 * 7.5, 6); // to the stop of the order: 102 − 7
});

test("adds a unit at each half N in favour, up to four, and moves the stop of all with it", () => {
  const { result } = run([...breakout, 104.5, 107, 110, 113, 104, 104], { maxUnits: 4 });
  expect(result.fills.map(({ side, qty, price, reason }) => [side, qty, price, reason])).toEqual([
    ["buy", 28.571, 102.5, "entry"],
    ["buy", 28.571, 105, "entry"], // 104.5 ≥ 102.5 + 1.75
    ["buy", 28.571, 107.5, "entry"], // 107 ≥ 105 + 1.75
    ["buy", 28.571, 110.5, "entry"], // 110 ≥ 107.5 + 1.75
    ["sell", 114.284, 103.5, "stopLoss"], // 110.5 − 7
  ]);
  const half = run([...breakout, 104.2, 104.2], { maxUnits: 4 });
  expect(half.result.fills).toHaveLength(1);
});

test("a short pyramid mirrors the long one", () => {
  const mirror = (closes: readonly number[]): readonly Candle[] =>
    candlesOf(
      closes.map((close) => 200 - close),
      -0.5,
      1,
    );
  const { result } = runStrategy(
    donchianTurtle,
    [mirror([...breakout, 104.5, 107, 110, 113, 104, 104])],
    { params: { ...params, maxUnits: 4 }, leverage: 10 },
  );
  expect(result.trades).toMatchObject([
    { side: "short", qty: 114.284, exitPrice: 96.5, exitReason: "stopLoss" },
  ]);
});

test("a unit that fills below the last one does not loosen the stop", () => {
  // Bar 6 closes at 104.5 and asks for the second unit; bar 7 opens at 99 and fills it there: 99 − 7 = 92.
  const candles: Candle[] = [
    ...candlesOf([...breakout, 104.5], 0.5, 1),
    [99, 100, 98, 99, 1e6],
    [99, 100, 90, 91, 1e6],
  ];
  const { result } = runStrategy(donchianTurtle, [candles], {
    params: { ...params, exit: 5, maxUnits: 2 },
    leverage: 10,
  });
  expect(result.fills.map(({ side, price, reason }) => [side, price, reason])).toEqual([
    ["buy", 102.5, "entry"],
    ["buy", 99, "entry"],
    ["sell", 95.5, "stopLoss"],
  ]);
});

test("a unit is asked for once, however late it fills, and counts from its fill", () => {
  const closes = [...breakout, 103, 106, 106, 106, 108.5, 108.5, 108.5, 108.5];
  const late = runStrategy(donchianTurtle, [candlesOf(closes, 0.5, 1)], {
    params: { ...params, exit: 5, maxUnits: 2 },
    leverage: 10,
    settings: { latencyMs: 2 * 3_600_000 + 1 },
  });
  // Bar 5 decides with an N of 3.5, bar 8 fills at 106.5. The breakout of bar 7, with an N of 4.5, asks for nothing.
  // Bar 10 closes above 106.5 + 1.75, and bar 13 fills the second unit.
  expect(fillsOf(late)).toEqual([
    [8, "buy", 28.571, 106.5],
    [13, "buy", 28.571, 109],
  ]);
  const entries = late.rows.filter(
    (row) => row[0] === RECORD.intent && Math.floor((row[9] as number) / 2) === PURPOSE.entry,
  );
  expect(entries).toHaveLength(2);
});

test("a unit that the account can not pay for is asked for again while the price is there", () => {
  const { result } = run([...breakout, 104.5, 104.5, 104.5], { riskPct: 20, maxUnits: 2 });
  // 571.428 × 102 needs 5,829 of margin at leverage 10, a second one the same again.
  expect(result.openTrades).toMatchObject([{ qty: 571.428 }]);
  expect(result.totals.orders.rejected).toEqual({ insufficientMargin: 2 });
});
