import { expect, test } from "vitest";
import { type Candle, fundingOf } from "#sim/testing/fixture.ts";
import { fundingCarry } from "./funding-carry.ts";
import { candlesOf, fillsOf, runStrategy } from "./testing/run-strategy.ts";

const still = (bars: number): readonly Candle[] =>
  candlesOf(
    Array.from({ length: bars }, () => 100),
    0,
    0.2,
  );

test("takes the side that is paid, leaves when the rate is back, turns when it changes sides", () => {
  const funding = fundingOf([
    [1, 0.0001], // 0.01 %: normal
    [2, 0.001], // known in bar 2, so in at the open of bar 3
    [4, 0.0001],
    [5, -0.0005],
    [7, 0.0004],
  ]);
  const run = runStrategy(fundingCarry, [still(9)], { funding });
  expect(fillsOf(run).map(([bar, side]) => [bar, side])).toEqual([
    [3, "sell"],
    [5, "buy"],
    [6, "buy"],
    [8, "sell"],
    [8, "sell"],
  ]);
  // A decision follows the stamp that caused it, so each trade also has the one that ends it: the short received
  // 0.01 % and paid 0.05 % of 5,000, the long paid 0.04 %.
  expect(run.result.trades.map((trade) => trade.funding)).toEqual([
    expect.closeTo(0.5 - 2.5, 9),
    expect.closeTo(-1.9996, 9),
  ]);
});

test("waits after a stop until the rate has been normal once", () => {
  const candles = candlesOf([100, 100, 100, 106, 100, 100, 100, 100], 0, 0.2);
  const params = { direction: "short" };
  const stuck = runStrategy(fundingCarry, [candles], { params, funding: fundingOf([[1, 0.001]]) });
  expect(fillsOf(stuck)).toEqual([
    [2, "sell", 50, 100],
    [3, "buy", 50, 105],
  ]);
  const back = fundingOf([
    [1, 0.001],
    [5, 0],
    [6, 0.001],
  ]);
  const again = runStrategy(fundingCarry, [candles], { params, funding: back });
  expect(fillsOf(again).map(([bar, side]) => [bar, side])).toEqual([
    [2, "sell"],
    [3, "buy"],
    [7, "sell"],
  ]);
});

test("does nothing without funding rates", () => {
  expect(fillsOf(runStrategy(fundingCarry, [still(9)]))).toEqual([]);
});
