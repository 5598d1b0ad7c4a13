import { expect, test } from "vitest";
import { makeGrid } from "#engine/model/grid.ts";
import type { Candle } from "#sim/testing/fixture.ts";
import { grid } from "./grid.ts";
import { fillsOf, runStrategy, type StrategyRun } from "./testing/run-strategy.ts";

const params = { levels: 2, levelPct: 10 };
const run = (
  candles: readonly Candle[],
  more: Readonly<Record<string, unknown>> = {},
): StrategyRun => runStrategy(grid, [candles], { params: { ...params, ...more } });

/** The close of 100 is the anchor: 10 base units rest at 99, 98, 101 and 102. */
const start: Candle = [100, 100, 100, 100];
/** Orders at the end as `[tag, side, open quantity, price]`, from the lowest price up. */
const resting = (one: StrategyRun): (readonly unknown[])[] =>
  one.backtest.engine.desk
    .orders(0)
    .map(
      ({ tag, side, qty, filled, price, trigger }) =>
        [tag, side, qty - filled, price ?? trigger ?? 0] as const,
    )
    .toSorted((a, b) => a[3] - b[3]);

test("lays a bounded number of orders out around the first close", () => {
  expect(resting(run([start]))).toEqual([
    ["buy 2", "buy", 10, 98],
    ["buy 1", "buy", 10, 99],
    ["sell 1", "sell", 10, 101],
    ["sell 2", "sell", 10, 102],
  ]);
  expect(resting(run([start], { direction: "short", levels: 1 }))).toEqual([
    ["sell 1", "sell", 10, 101],
  ]);
});

test("takes a level off one step nearer to the anchor and offers it again", () => {
  const down: Candle = [100, 100.5, 98.5, 98.8];
  const held = run([start, down]);
  expect(fillsOf(held)).toEqual([[1, "buy", 10, 99]]);
  expect(resting(held)).toEqual([
    [null, "sell", 10, 97],
    ["buy 2", "buy", 10, 98],
    ["buy 1 out", "sell", 10, 100],
    ["sell 1", "sell", 10, 101],
    ["sell 2", "sell", 10, 102],
  ]);
  const back = run([start, down, [98.8, 100.2, 98.7, 100.1]]);
  expect(fillsOf(back)[1]).toEqual([2, "sell", 10, 100]);
  expect(back.result.trades).toMatchObject([
    { entryTag: "buy 1", exitReason: "takeProfit", exitDetail: "buy 1 out", netPnl: 10 },
  ]);
  expect(resting(back)).toEqual(resting(run([start])));
});

test("two levels are taken off in two steps, the outer one first", () => {
  const both = run([
    start,
    [100, 100.5, 97.5, 97.8],
    [97.8, 99.2, 97.7, 99],
    [99, 100.2, 98.9, 100],
  ]);
  expect(fillsOf(both)).toEqual([
    [1, "buy", 10, 99],
    [1, "buy", 10, 98],
    [2, "sell", 10, 99],
    [3, "sell", 10, 100],
  ]);
});

test("the stop lies one step beyond the last level, and the grid then begins anew at the close", () => {
  const stopped = run([
    start,
    [100, 100.5, 97.5, 97.8],
    [97.8, 97.9, 96, 96.5],
    [96.5, 96.6, 96.4, 96.5],
  ]);
  expect(fillsOf(stopped)[2]).toEqual([2, "sell", 20, 97]);
  expect(resting(stopped)).toEqual([
    // 10 % of 9,970 at 96.5 is 10.331; prices on the tick against the account.
    ["buy 2", "buy", 10.331, 94.57],
    ["buy 1", "buy", 10.331, 95.54],
    ["sell 1", "sell", 10.331, 97.46],
    ["sell 2", "sell", 10.331, 98.43],
  ]);
});

test("a bar that falls through the whole grid ends it at the next open", () => {
  // Both levels fill inside the bar, before there is a stop; the close is more than three steps away.
  const fallen = run([start, [100, 100, 96.5, 96.5], [96.4, 96.5, 96.3, 96.4]]);
  expect(fillsOf(fallen)[2]).toEqual([2, "sell", 20, 96.4]);
  expect(fallen.result.trades[0]).toMatchObject({
    exitReason: "signal",
    exitDetail: "out of the grid",
  });
});

test("moves with the price while nothing is held", () => {
  // Long only: nothing rests above, so a rise beyond the first step moves the anchor.
  const moved = run([start, [100, 103, 100, 103], [103, 104, 103, 104], [104, 104, 104, 104]], {
    direction: "long",
  });
  expect(resting(moved)).toEqual([
    ["buy 2", "buy", 9.615, 101.92],
    ["buy 1", "buy", 9.615, 102.96],
  ]);
});

test("a level that fills in part is taken off in part, and its rest stays where it is", () => {
  const thin: Candle = [100, 100.5, 98.5, 98.8, 40];
  const part = runStrategy(grid, [[start, thin]], { params, settings: { participationPct: 10 } });
  expect(fillsOf(part)).toEqual([[1, "buy", 4, 99]]);
  expect(resting(part)).toEqual([
    [null, "sell", 4, 97],
    ["buy 2", "buy", 10, 98],
    ["buy 1", "buy", 6, 99],
    ["buy 1 out", "sell", 4, 100],
    ["sell 1", "sell", 10, 101],
    ["sell 2", "sell", 10, 102],
  ]);
});

test("what fills in parts is taken off with one order that grows", () => {
  const thin: Candle = [100, 100.5, 98.5, 98.8, 40];
  const rest: Candle = [98.8, 99, 98.5, 98.8, 80];
  const whole = runStrategy(grid, [[start, thin, rest]], {
    params,
    settings: { participationPct: 10 },
  });
  expect(fillsOf(whole)).toEqual([
    [1, "buy", 4, 99],
    [2, "buy", 6, 99],
  ]);
  // The amendment is on its way; its size is what the next bar meets.
  const out = resting(whole).filter((order) => order[0] === "buy 1 out");
  expect(out).toHaveLength(1);
  const back: Candle = [99, 100.5, 98.9, 100, 1000];
  const taken = runStrategy(grid, [[start, thin, rest, back]], {
    params,
    settings: { participationPct: 10 },
  });
  expect(fillsOf(taken)[2]).toEqual([3, "sell", 10, 100]);
});

test("a level is as large as the venue's lot allows, and not filled up with what is left", () => {
  const both = runStrategy(grid, [[start, [100, 100.5, 97.5, 97.8], [97.8, 98.5, 97.5, 98]]], {
    params,
    instrument: { lot: makeGrid(4) },
  });
  expect(fillsOf(both)).toEqual([
    [1, "buy", 8, 99],
    [1, "buy", 8, 98],
  ]);
});

test("orders that the venue refuses are offered again at the next bar and believed by nobody", () => {
  const refused = runStrategy(grid, [[start, start]], { params, instrument: { minQty: 11 } });
  expect(resting(refused)).toEqual([]);
  expect(refused.result.totals.orders.rejected).toEqual({ belowMinQty: 8 });
});
