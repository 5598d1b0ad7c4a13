import { expect, test } from "vitest";
import { rsiReversion } from "./rsi-reversion.ts";
import { candlesOf, fillsOf, runStrategy } from "./testing/run-strategy.ts";

// RSI(2) of 100, 101, 102, 103, 91, 92, 97: 100 and 100, then averages of gains and losses 0.5 and 6 (7.7),
// 0.75 and 3 (20), 2.875 and 1.5 (65.7).
const fall = [100, 101, 102, 103, 91, 92, 97, 97];
const mirrored = fall.map((close) => 200 - close);

test("buys the open after the RSI fell below oversold and sells the open after it rose above the exit level", () => {
  const run = runStrategy(rsiReversion, [candlesOf(fall, 0.25, 0.5)], { params: { period: 2 } });
  expect(fillsOf(run)).toEqual([
    [5, "buy", 54.945, 91.25], // half of 10,000 at the close of 91
    [7, "sell", 54.945, 97.25],
  ]);
  expect(run.result.trades[0]).toMatchObject({ entryTag: "oversold", exitDetail: "recovered" });
});

test("shorts are the mirror image", () => {
  const candles = candlesOf(mirrored, -0.25, 0.5);
  const params = { period: 2, direction: "short", exitLevel: 60 };
  expect(fillsOf(runStrategy(rsiReversion, [candles], { params }))).toEqual([
    [5, "sell", 45.871, 108.75],
    [7, "buy", 45.871, 102.75],
  ]);
  // The RSI falls to 34.3: below 40, but not below 30.
  const far = runStrategy(rsiReversion, [candles], { params: { ...params, exitLevel: 70 } });
  expect(fillsOf(far)).toHaveLength(1);
  expect(fillsOf(runStrategy(rsiReversion, [candles], { params: { period: 2 } }))).toEqual([]);
});

test("the stop ends a trade, and the next one needs a new fall through the level", () => {
  const candles = candlesOf([100, 101, 102, 103, 91, 91, 85, 80, 70, 60], 0, 0.5);
  const run = runStrategy(rsiReversion, [candles], { params: { period: 2 } });
  expect(fillsOf(run)).toEqual([
    [5, "buy", 54.945, 91],
    [6, "sell", 54.945, 86.45], // 5 % below the fill
  ]);
  expect(run.result.trades[0]?.exitReason).toBe("stopLoss");
});

test("an entry that the venue refuses leaves nothing to exit, and the next signal enters", () => {
  const twice = [...fall, 103, 91, 92, 97, 97];
  const run = runStrategy(rsiReversion, [candlesOf(twice)], {
    params: { period: 2, stopPct: 0 },
    // 54.945 is refused, 54.347 is not: half the equity at 92 and 91.
    instrument: { maxQty: 54.9 },
  });
  expect(run.result.totals.orders.rejected).toEqual({ aboveMaxQty: 2 });
  expect(fillsOf(run)).toEqual([]);
});
