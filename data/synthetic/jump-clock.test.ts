import { expect, test } from "vitest";
import { JumpClock } from "./jump-clock.ts";
import { RandomStream } from "./random-stream.ts";

const HOUR_MS = 3_600_000;
const YEAR_HOURS = 8_760;
const JUMPS = { commonPerYear: 0, ownPerYear: 0, meanSize: 0.3, downShare: 0.6 };

function jump(perYear: number, multipliers: readonly number[], regimes: Uint8Array): Float64Array {
  const target = new Float64Array(regimes.length);
  const stream = new RandomStream(1n, "jump");
  new JumpClock(JUMPS, perYear, { multipliers, stream }).fill(
    target,
    regimes.length,
    regimes,
    HOUR_MS,
  );
  return target;
}

test("jumps come at their rate, with their mean size and their share of falls", () => {
  const years = 400;
  const target = jump(20, [1], new Uint8Array(years * YEAR_HOURS));
  const sizes = target.filter((size) => size !== 0);
  // 8,000 expected; four standard deviations are 4.5 %.
  expect(sizes.length / (years * 20)).toBeGreaterThan(0.95);
  expect(sizes.length / (years * 20)).toBeLessThan(1.05);
  const mean = sizes.reduce((sum, size) => sum + Math.abs(size), 0) / sizes.length;
  expect(mean).toBeGreaterThan(0.285);
  expect(mean).toBeLessThan(0.315);
  const down = sizes.reduce((count, size) => count + (size < 0 ? 1 : 0), 0) / sizes.length;
  expect(down).toBeGreaterThan(0.57);
  expect(down).toBeLessThan(0.63);
});

test("the regime multiplies the rate, and a rate of 0 gives none", () => {
  const regimes = new Uint8Array(200 * YEAR_HOURS).map((_, at) => at % 2);
  const target = jump(20, [0, 2], regimes);
  const counts = [0, 0];
  for (const [at, size] of target.entries()) {
    if (size !== 0) counts[at % 2] = (counts[at % 2] as number) + 1;
  }
  expect(counts[0]).toBe(0);
  expect(counts[1]).toBeGreaterThan(3_700);
  expect(counts[1]).toBeLessThan(4_300);
  expect(jump(0, [1], new Uint8Array(YEAR_HOURS)).some((size) => size !== 0)).toBe(false);
});
