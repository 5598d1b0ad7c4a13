import { expect, test } from "vitest";
import { LogVariance } from "./log-variance.ts";
import { RandomStream } from "./random-stream.ts";
import { makeSeasonalLogVariance, SEASON_SLOT_MS, seasonSlot } from "./seasonality.ts";
import { correlate } from "./statistics.ts";
import { VarianceMix } from "./variance-mix.ts";

const MINUTE_MS = 60_000;

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function makeLogVariance(stepMs: number, count: number, leverage = 0): LogVariance {
  return new LogVariance([{ timeScaleMs: 100 * MINUTE_MS, variance: 0.5 }], {
    seed: 1n,
    name: "variance",
    stepMs,
    countMax: count,
    leverage,
  });
}

test.each([
  [MINUTE_MS, 400_000],
  [30 * MINUTE_MS, 200_000],
])("LogVariance at steps of %i ms has mean variance 1", (stepMs, count) => {
  const target = new Float64Array(count);
  const none = new Float64Array(count);
  makeLogVariance(stepMs, count).fill(target, count, { shocks: none, jumps: none });
  expect(mean(target.map(Math.exp))).toBeGreaterThan(0.95);
  expect(mean(target.map(Math.exp))).toBeLessThan(1.05);
});

test("LogVariance falls to 1/e of its correlation after its time scale", () => {
  const count = 400_000;
  const target = new Float64Array(count);
  const none = new Float64Array(count);
  makeLogVariance(MINUTE_MS, count).fill(target, count, { shocks: none, jumps: none });
  expect(correlate(target, target, 100)).toBeCloseTo(Math.exp(-1), 1);
  expect(correlate(target, target, 300)).toBeCloseTo(Math.exp(-3), 1);
});

test("LogVariance rises after a fall with negative leverage, and after a jump", () => {
  const count = 50_000;
  const shocks = new Float64Array(count);
  new RandomStream(2n, "shocks").fillNormal(shocks, count);
  const none = new Float64Array(count);
  const target = new Float64Array(count);
  makeLogVariance(MINUTE_MS, count, -0.5).fill(target, count, { shocks, jumps: none });
  const change = target.map((value, at) => (target[at + 1] ?? value) - value);
  expect(correlate(shocks, change)).toBeLessThan(-0.4);

  const calm = target.slice();
  const jumps = none.slice();
  jumps[10] = -0.5;
  makeLogVariance(MINUTE_MS, count, -0.5).fill(target, count, { shocks, jumps });
  expect(target.subarray(0, 11)).toEqual(calm.subarray(0, 11));
  expect((target[11] as number) - (calm[11] as number)).toBeCloseTo(1, 12);
});

test.each([6, 9, 30])(
  "VarianceMix with %i degrees of freedom has the moments of Student's t",
  (df) => {
    const count = 400_000;
    const target = new Float64Array(count);
    const streams = { normal: new RandomStream(3n, "n"), uniform: new RandomStream(3n, "u") };
    new VarianceMix(df, streams).fill(target, count);
    expect(mean(target)).toBeGreaterThan(0.98);
    expect(mean(target)).toBeLessThan(1.02);
    const second = mean(target.map((value) => value * value));
    const exact = (df - 2) / (df - 4);
    expect(second / exact).toBeGreaterThan(0.85);
    expect(second / exact).toBeLessThan(1.15);
  },
);

test("VarianceMix does not depend on how its draws are cut, and is 1 without tails", () => {
  const make = () =>
    new VarianceMix(5, { normal: new RandomStream(4n, "n"), uniform: new RandomStream(4n, "u") });
  const whole = new Float64Array(5_000);
  make().fill(whole, 5_000);
  const cut = make();
  const parts = new Float64Array(5_000);
  for (let at = 0; at < 5_000; at += 250) cut.fill(parts.subarray(at, at + 250), 250);
  expect(parts).toEqual(whole);

  const streams = { normal: new RandomStream(4n, "n"), uniform: new RandomStream(4n, "u") };
  new VarianceMix(Number.POSITIVE_INFINITY, streams).fill(whole, 5_000);
  expect(new Set(whole)).toEqual(new Set([1]));
});

test("the seasonal variance has mean 1, its peak in the American session and its low at the weekend", () => {
  const table = makeSeasonalLogVariance();
  expect(mean(table.map(Math.exp))).toBeCloseTo(1, 12);
  const peak = table.indexOf(Math.max(...table));
  expect(peak % 48).toBe(28);
  const low = table.indexOf(Math.min(...table));
  expect(Math.floor(low / 48)).toBe(5);
});

test("seasonSlot() starts the week on Monday, before 1970 too", () => {
  expect(seasonSlot(Date.UTC(2024, 0, 1))).toBe(0);
  expect(seasonSlot(Date.UTC(2024, 0, 1, 13, 30))).toBe(27);
  expect(seasonSlot(Date.UTC(2024, 0, 7, 23, 59))).toBe(335);
  expect(seasonSlot(Date.UTC(1969, 11, 28, 23, 59))).toBe(335);
  expect(seasonSlot(Date.UTC(1969, 11, 29))).toBe(0);
  expect(SEASON_SLOT_MS).toBe(30 * MINUTE_MS);
});
