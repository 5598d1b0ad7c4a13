import { expect, test } from "vitest";
import { expectSameTrades, type SharedBar } from "./testing/compare-with-oracle.ts";

const HOUR = 3_600_000;

/**
 * A random walk in steps of `stepTicks`, at most `reach` of them per bar, with a missing bar here and there.
 */
function randomSeries(seed: number, stepTicks: number, reach: number): readonly SharedBar[] {
  let state = seed;
  // Numerical Recipes' generator; only that it repeats matters here.
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const ticks = (steps: number): number => Math.max(reach, steps) * stepTicks;
  let level = 20 * reach;
  let time = Date.UTC(2024, 0, 1);
  return Array.from({ length: 400 }, (): SharedBar => {
    time += HOUR * (below(40) === 0 ? 3 : 1);
    const open = level + below(3) - 1;
    level = open + below(2 * reach + 1) - reach;
    return {
      time,
      openTicks: ticks(open),
      closeTicks: ticks(level),
      highTicks: ticks(Math.max(open, level) + 1),
      lowTicks: ticks(Math.min(open, level) - 1),
    };
  });
}

function countSameTrades(fast: number, slow: number, stepTicks: number, reach: number): number {
  let trades = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const bars = randomSeries(seed, stepTicks, reach);
    for (const direction of ["both", "long", "short"] as const) {
      for (const sizePermille of [500, 375]) {
        trades += expectSameTrades(bars, HOUR, { fast, slow, direction, sizePermille });
      }
    }
  }
  return trades;
}

// Whole prices, and periods whose averages meet at whole numbers and quarters: doubles hold those exactly, so that
// the averages touch often and both sides have to see it.
test.each([
  [1, 2],
  [2, 3],
  [3, 7],
  [4, 16],
  [9, 4],
])("sma-cross makes the oracle's trades where averages touch: %d/%d", (fast, slow) => {
  expect(countSameTrades(fast, slow, 100, 6)).toBeGreaterThan(500);
});

// Prices of two decimals in wide steps: averages that meet at a tenth of a cent, where doubles of one and the same
// mean may differ by their last bit, are rare enough to be absent here.
test.each([
  [5, 20],
  [10, 30],
  [30, 10],
])("sma-cross makes the oracle's trades on prices of two decimals: %d/%d", (fast, slow) => {
  expect(countSameTrades(fast, slow, 1, 700)).toBeGreaterThan(300);
});
