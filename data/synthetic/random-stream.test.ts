import { expect, test } from "vitest";
import { RandomStream } from "./random-stream.ts";

function draws(
  seed: bigint,
  name: string,
  count: number,
  kind: "uniform" | "normal",
): Float64Array {
  const target = new Float64Array(count);
  const stream = new RandomStream(seed, name);
  if (kind === "uniform") stream.fillUniform(target, count);
  else stream.fillNormal(target, count);
  return target;
}

/** Distribution function of the normal law, by Simpson's rule. */
function normalShareBelow(x: number): number {
  const steps = 4_000;
  const start = -10;
  const width = (x - start) / steps;
  let sum = 0;
  for (let at = 0; at <= steps; at++) {
    const weight = at === 0 || at === steps ? 1 : at % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-0.5 * (start + at * width) ** 2);
  }
  return (sum * width) / 3 / Math.sqrt(2 * Math.PI);
}

test("the first draws of a stream are these on every machine", () => {
  expect([...draws(1n, "a", 3, "uniform")]).toEqual([
    0.7555567979071439, 0.695864248440664, 0.8921643185576854,
  ]);
  expect([...draws(1n, "a", 3, "normal")]).toEqual([
    -0.6784393308213224, -1.4858401808702935, -0.4795330667848952,
  ]);
  expect([...draws(2n ** 64n - 1n, "a", 1, "uniform")]).toEqual([0.04592627448098574]);
});

test.each(["uniform", "normal"] as const)("%s draws in parts equal draws in one go", (kind) => {
  const whole = draws(3n, "parts", 50_000, kind);
  const stream = new RandomStream(3n, "parts");
  const parts = new Float64Array(50_000);
  for (let at = 0; at < parts.length; at += 1_250) {
    const part = parts.subarray(at, at + 1_250);
    if (kind === "uniform") stream.fillUniform(part, part.length);
    else stream.fillNormal(part, part.length);
  }
  expect(parts).toEqual(whole);
});

test("streams of other names and other seeds are not alike", () => {
  const base = draws(7n, "a", 20_000, "normal");
  for (const other of [draws(7n, "b", 20_000, "normal"), draws(8n, "a", 20_000, "normal")]) {
    let sum = 0;
    for (let at = 0; at < base.length; at++) sum += (base[at] as number) * (other[at] as number);
    // Four standard deviations of the correlation of independent draws.
    expect(Math.abs(sum / base.length)).toBeLessThan(4 / Math.sqrt(base.length));
  }
});

test("uniform draws fill the open interval evenly", () => {
  const values = draws(11n, "even", 400_000, "uniform");
  const counts = new Float64Array(64);
  for (const value of values) {
    counts[Math.floor(value * 64)] = (counts[Math.floor(value * 64)] as number) + 1;
  }
  expect(values.reduce((low, value) => Math.min(low, value), 1)).toBeGreaterThan(0);
  expect(values.reduce((high, value) => Math.max(high, value), 0)).toBeLessThan(1);
  const expected = values.length / 64;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 63 degrees of freedom: mean 63, standard deviation 11.2.
  expect(chiSquare).toBeGreaterThan(63 - 45);
  expect(chiSquare).toBeLessThan(63 + 45);
});

test("normal draws follow the normal distribution, tails and joints of the layers included", () => {
  const values = draws(13n, "bell", 2_000_000, "normal");
  const edges = [-4, -3.654, -3, -2, -1, -0.25, 0, 0.25, 1, 2, 3, 3.654, 4];
  const below = new Float64Array(edges.length);
  for (const value of values) {
    for (let at = 0; at < edges.length; at++) {
      if (value < (edges[at] as number)) below[at] = (below[at] as number) + 1;
    }
  }
  for (const [at, edge] of edges.entries()) {
    const share = normalShareBelow(edge);
    const deviation = Math.sqrt(values.length * share * (1 - share));
    const off = ((below[at] as number) - values.length * share) / deviation;
    expect(Math.abs(off), `share below ${edge}`).toBeLessThan(4);
  }
});
