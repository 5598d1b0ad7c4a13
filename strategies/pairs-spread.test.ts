import { expect, test } from "vitest";
import { type Candle, HOUR, START } from "#sim/testing/fixture.ts";
import { pairsSpread } from "./pairs-spread.ts";
import { candlesOf, runStrategy, type StrategyRun } from "./testing/run-strategy.ts";

const dear = [
  100, 101, 100, 101, 100, 101, 100, 101, 100, 101, 104, 103, 101, 100, 99, 96, 97, 101, 101,
];
const still = (bars: number): readonly Candle[] =>
  candlesOf(Array.from({ length: bars }, () => 50));
const params = { lookback: 10 };

/** Fills as `[bar, symbol, side, quantity, price]`. */
function fillsOf(run: StrategyRun): (readonly unknown[])[] {
  return run.result.fills.map(({ time, symbol, side, qty, price }) => [
    Math.floor((time - START) / HOUR),
    symbol,
    side,
    qty,
    price,
  ]);
}

/** The z-score of a close against the last ten, from the definition. */
function deviations(closes: readonly number[], bar: number): number {
  const window = closes.slice(bar - 9, bar + 1).map((close) => Math.log(close / 50));
  const mean = window.reduce((sum, one) => sum + one, 0) / 10;
  const variance = window.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 10;
  return ((window.at(-1) as number) - mean) / Math.sqrt(variance);
}

test("sells the dear and buys the cheap one for the same money, until the ratio is at its mean", () => {
  const scores = dear.map((_, bar) => (bar < 9 ? Number.NaN : deviations(dear, bar)));
  expect(scores.findIndex((z) => Math.abs(z) > 2)).toBe(10);
  expect(scores.findIndex((z, bar) => bar > 10 && z <= 0)).toBe(12);
  expect(scores.findIndex((z, bar) => bar > 12 && Math.abs(z) > 2)).toBe(15);
  expect(scores.findIndex((z, bar) => bar > 15 && z >= 0)).toBe(17);
  const run = runStrategy(pairsSpread, [candlesOf(dear), still(19)], { params });
  expect(fillsOf(run)).toEqual([
    [11, "SYMBOL0", "sell", 38.461, 104], // 4,000 at 104
    [11, "SYMBOL1", "buy", 80, 50],
    [13, "SYMBOL0", "buy", 38.461, 101],
    [13, "SYMBOL1", "sell", 80, 50],
    [16, "SYMBOL0", "buy", 42.147, 96],
    [16, "SYMBOL1", "sell", 80.923, 50],
    [18, "SYMBOL0", "sell", 42.147, 101],
    [18, "SYMBOL1", "buy", 80.923, 50],
  ]);
});

test("the order in which the symbols are named only changes the names", () => {
  const run = runStrategy(pairsSpread, [still(19), candlesOf(dear)], { params });
  expect(run.result.trades.filter((trade) => trade.symbol === "SYMBOL1")).toMatchObject([
    { side: "short", qty: 38.461 },
    { side: "long", qty: 42.147 },
  ]);
});

test("beyond the stop it leaves, and does not come back before the ratio has been at its mean", () => {
  // Far away at bar 12: out at 13. The window then holds the distance, so |z| is between entry and stop again.
  const apart = [...dear.slice(0, 11), 104, 130, 133, 136, 140, 145, 150, 150];
  const run = runStrategy(pairsSpread, [candlesOf(apart), still(19)], {
    params: { lookback: 10, stopZ: 2.9 },
  });
  expect(deviations(apart, 12)).toBeGreaterThan(2.9);
  expect(fillsOf(run).map((fill) => fill.slice(0, 3))).toEqual([
    [11, "SYMBOL0", "sell"],
    [11, "SYMBOL1", "buy"],
    [13, "SYMBOL0", "buy"],
    [13, "SYMBOL1", "sell"],
  ]);
  expect(run.result.trades.map((trade) => trade.exitDetail)).toEqual(["apart", "apart"]);
});

test("a leg that the venue refuses takes the other one off again", () => {
  const run = runStrategy(pairsSpread, [candlesOf(dear), still(19)], {
    params,
    instrument: { maxQty: 60 },
  });
  expect(fillsOf(run).slice(0, 2)).toEqual([
    [11, "SYMBOL0", "sell", 38.461, 104],
    [12, "SYMBOL0", "buy", 38.461, 103],
  ]);
  expect(run.result.trades[0]?.exitDetail).toBe("legs differ");
  expect(run.result.openTrades).toEqual([]);
});

test("what is still to be filled of a leg is given up with the pair", () => {
  // A tenth of the volume fills: 10 of the 80 of the second leg per bar.
  const thin = still(19).map(
    (candle): Candle => [...(candle as readonly number[]).slice(0, 4), 100],
  );
  const run = runStrategy(pairsSpread, [candlesOf(dear.slice(0, 15)), thin.slice(0, 15)], {
    params,
    settings: { participationPct: 10 },
  });
  const second = fillsOf(run).filter((fill) => fill[1] === "SYMBOL1");
  expect(second).toEqual([
    [11, "SYMBOL1", "buy", 10, 50],
    [12, "SYMBOL1", "buy", 10, 50],
    [13, "SYMBOL1", "sell", 10, 50],
    [14, "SYMBOL1", "sell", 10, 50],
  ]);
  expect(run.backtest.engine.desk.orders(1)).toEqual([]);
});

test.each([0, 1])(
  "a bar that only one symbol has tells nothing of the pair: %d is missing",
  (gap) => {
    const series = [candlesOf(dear), still(19)].map((candles, symbol) =>
      candles.map((candle, bar): Candle => (symbol === gap && bar === 10 ? "gap" : candle)),
    );
    const run = runStrategy(pairsSpread, series, { params });
    // Without bar 10 the ratio goes 101, 103: still more than two deviations, one bar later.
    const without = [...dear.slice(0, 10), ...dear.slice(11)];
    expect(deviations(without, 10)).toBeGreaterThan(2);
    expect(fillsOf(run)[0]).toEqual([12, "SYMBOL0", "sell", 38.834, 103]);
  },
);

test("nothing is done while the ratio stands still", () => {
  const run = runStrategy(pairsSpread, [still(30), still(30)], {
    params: { ...params, entryZ: 0.5 },
  });
  expect(fillsOf(run)).toEqual([]);
});
