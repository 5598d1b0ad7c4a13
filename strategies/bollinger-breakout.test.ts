import { expect, test } from "vitest";
import { bollingerBreakout } from "./bollinger-breakout.ts";
import { candlesOf, fillsOf, runStrategy } from "./testing/run-strategy.ts";

// Three bars, one deviation. Bar 3: 101, 100, 104 have mean 101.67 and deviation 1.70, so 104 is above 103.37.
// Bar 5: 104, 105, 103 have mean 104 and deviation 0.82: below the mean and below 103.18, a turn to short.
// Bar 9: 96, 95, 98 have mean 96.33 and deviation 1.25: above 97.58, the turn back.
const closes = [100, 101, 100, 104, 105, 103, 100, 96, 95, 98, 98];
const params = { period: 3, multiplier: 1 };

test("enters beyond a band, leaves at the mean, turns at the other band", () => {
  const run = runStrategy(bollingerBreakout, [candlesOf(closes, 0.25)], { params });
  expect(fillsOf(run)).toEqual([
    [4, "buy", 48.076, 104.25],
    [6, "sell", 48.076, 103.25],
    [6, "sell", 48.251, 103.25], // half of 9,939.91 at 103
    [10, "buy", 48.251, 98.25],
    [10, "buy", 52.067, 98.25], // half of 10,205.24 at 98
  ]);
  expect(run.result.trades.map((trade) => [trade.side, trade.exitDetail])).toEqual([
    ["long", "back at the mean"],
    ["short", "back at the mean"],
  ]);
});

test("a close between the mean and a band enters nothing", () => {
  // Of 101, 100, 101 the mean is 100.67 and the band at 101.14.
  const run = runStrategy(bollingerBreakout, [candlesOf([100, 101, 100, 101, 100, 101, 100])], {
    params,
  });
  expect(fillsOf(run)).toEqual([]);
});

test("long only leaves at the mean and stays out", () => {
  const run = runStrategy(bollingerBreakout, [candlesOf(closes, 0.25)], {
    params: { ...params, direction: "long" },
  });
  expect(fillsOf(run).map(([bar, side]) => [bar, side])).toEqual([
    [4, "buy"],
    [6, "sell"],
    [10, "buy"],
  ]);
});

test("a gap through the stop at the open of a turn leaves only the new side", () => {
  // Bar 5 closes below the lower band; bar 6 opens far below the stop of the long.
  const gapped = [100, 101, 100, 104, 105, 103, 80, 80];
  const candles = candlesOf(gapped).map((candle, bar) =>
    bar === 6 ? [80, 81, 79, 80, 1e6] : candle,
  );
  const run = runStrategy(bollingerBreakout, [candles], { params });
  expect(fillsOf(run).slice(1)).toEqual([
    [6, "sell", 48.076, 80],
    [6, "sell", 48.31, 80],
  ]);
  expect(run.result.trades[0]?.exitReason).toBe("stopLoss");
});
