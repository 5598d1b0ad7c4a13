import { expect, test } from "vitest";
import { expectSameTrades, type SharedBar } from "./testing/compare-with-oracle.ts";

const HOUR = 3_600_000;

/** Small steps of whole ticks around a wandering level: averages meet often, and sometimes exactly. */
function randomSeries(seed: number, length: number): readonly SharedBar[] {
  let state = seed;
  // Numerical Recipes' generator; only that it repeats matters here.
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  let level = 5_000 + below(5_000);
  let time = Date.UTC(2024, 0, 1);
  return Array.from({ length }, (): SharedBar => {
    time += HOUR * (below(40) === 0 ? 1 + below(5) : 1);
    const openTicks = Math.max(500, level + below(9) - 4);
    level = Math.max(500, openTicks + below(41) - 20);
    return {
      time,
      openTicks,
      closeTicks: level,
      highTicks: Math.max(openTicks, level) + below(10),
      lowTicks: Math.min(openTicks, level) - below(10),
    };
  });
}

const PAIRS = [
  [1, 2],
  [2, 3],
  [3, 7],
  [5, 20],
  [10, 30],
  [20, 10],
] as const;

test.each(PAIRS)(
  "sma-cross makes the trades of the oracle on random series: %d/%d",
  (fast, slow) => {
    let trades = 0;
    for (let seed = 1; seed <= 6; seed++) {
      const bars = randomSeries(seed, 400);
      for (const direction of ["both", "long", "short"] as const) {
        for (const sizePct of [50, 37.5]) {
          trades += expectSameTrades(bars, HOUR, { fast, slow, direction, sizePct });
        }
      }
    }
    expect(trades).toBeGreaterThan(100);
  },
);
