import { expect, test } from "vitest";
import { equityRun } from "#reports/testing/equity-run.ts";
import { bootstrapLossShare } from "./block-bootstrap.ts";
import { computeSummary } from "./compute-summary.ts";
import { expectedMaxSharpe, probabilisticSharpe } from "./evidence-metrics.ts";
import { normalCdf, normalQuantile } from "./normal-distribution.ts";
import { RandomStream } from "./random-stream.ts";

test("the deflated Sharpe ratio of the published example", () => {
  // Bailey and López de Prado 2014: annual Sharpe 2.5 over 1250 days of 250 a year, 100 trials.
  const sharpe = 2.5 / Math.sqrt(250);
  const threshold = expectedMaxSharpe({ count: 100, srVariance: 0.5 / 250 });
  const variance = 1 + 3 * sharpe + (9 / 4) * sharpe * sharpe;
  expect(threshold).toBeCloseTo(0.1132, 4);
  expect(probabilisticSharpe({ sharpe, threshold, count: 1250, variance })).toBeCloseTo(0.9004, 4);
});

test("trials lower the confidence, one trial has none, equal trials change nothing", () => {
  const equity = Array.from({ length: 101 }, (_, day) => 1000 + day + 8 * Math.sin(day));
  const options = { gates: true, seed: 1 };
  const run = equityRun(equity);
  const trials = { count: 20, srVariance: 0.002 };
  const { metrics } = computeSummary(run, { ...options, trials });
  expect(metrics.dsr).toBeLessThan(metrics.psr as number);
  const one = computeSummary(run, { ...options, trials: { count: 1, srVariance: 0 } });
  expect(one.reasons.dsr).toBe("no-trials");
  const equal = computeSummary(run, { ...options, trials: { count: 20, srVariance: 0 } });
  expect(equal.metrics.dsr).toBe(equal.metrics.psr);
});

test.each([
  [0, 0.5],
  [1, 0.8413447460685429],
  [1.96, 0.9750021048517796],
  [-1.96, 0.024997895148220435],
  [-5, 2.866515718791939e-7],
  [-8, 6.22096057427178e-16],
  [40, 1],
  [-40, 0],
])("Φ(%d) is %d", (x, share) => {
  expect(Math.abs(normalCdf(x) - share)).toBeLessThan(1e-14);
});

test.each([
  [0.5, 0],
  [0.975, 1.959963984540054],
  [0.99, 2.3263478740408408],
  [1e-10, -6.361340902404056],
  [1 - 1e-6, 4.753424308817087],
])("Φ⁻¹(%d) is %d", (share, x) => {
  expect(normalQuantile(share)).toBeCloseTo(x, 8);
});

test("Φ⁻¹ undoes Φ", () => {
  for (let x = -6; x <= 5; x += 0.25) expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, 8);
});

test("the bootstrap repeats with its seed and moves with another", () => {
  const returns = Float64Array.from({ length: 200 }, (_, day) => Math.sin(day * 7) / 100 + 0.0005);
  const share = bootstrapLossShare(returns, 7);
  expect(bootstrapLossShare(returns, 7)).toBe(share);
  expect(bootstrapLossShare(returns, 8)).not.toBe(share);
  expect(Number.isInteger(Math.round(share * 10_000 * 1e6) / 1e6)).toBe(true);
});

test("the bootstrap of gains only, losses only, nothing but zeroes, and one return", () => {
  expect(bootstrapLossShare(new Float64Array(50).fill(0.01), 1)).toBe(0);
  expect(bootstrapLossShare(new Float64Array(50).fill(-0.01), 1)).toBe(1);
  expect(bootstrapLossShare(new Float64Array(50), 1)).toBe(1);
  expect(bootstrapLossShare(Float64Array.of(0.01), 1)).toBe(0);
});

test("the bootstrap of independent returns is near the normal p-value of their mean", () => {
  const random = new RandomStream(5);
  const returns = Float64Array.from({ length: 1000 }, () => {
    let total = -6;
    for (let draw = 0; draw < 12; draw++) total += random.next();
    return total / 100;
  });
  const mean = returns.reduce((a, b) => a + b, 0) / 1000;
  const shifted = returns.map((value) => value - mean + 0.01 / Math.sqrt(1000));
  // The mean lies one standard error above zero: Φ(−1) = 0.159.
  expect(bootstrapLossShare(shifted, 3)).toBeGreaterThan(0.13);
  expect(bootstrapLossShare(shifted, 3)).toBeLessThan(0.19);
});

test("neighbours stay together: opposite returns in pairs cancel more often than when drawn alone", () => {
  const pairs = Float64Array.from({ length: 512 }, (_, day) => (day % 2 ? -0.01 : 0.0101));
  const halves = pairs.toSorted();
  // Blocks of eight keep the pairs; sorted returns form long blocks of one sign, whose mean varies much more.
  expect(bootstrapLossShare(pairs, 1)).toBeLessThan(bootstrapLossShare(halves, 1));
});

test("the stream is xoshiro128** with splitmix64 seeding", () => {
  const stream = new RandomStream(0);
  const words = Array.from({ length: 4 }, () => stream.nextUint32());
  expect(words).toEqual([3737715805, 2584255861, 2876756834, 3286328325]);
  for (let draw = 0; draw < 1000; draw++) {
    const value = stream.next();
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThan(1);
    expect(stream.index(6)).toBeLessThan(6);
  }
});
