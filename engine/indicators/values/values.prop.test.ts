import * as fc from "fast-check";
import { expect, test } from "vitest";
import { anyValues } from "#engine/indicators/testing/arbitraries.ts";
import * as oracle from "#engine/indicators/testing/oracles.ts";
import { Delay } from "./delay.ts";
import { Ema } from "./ema.ts";
import { MeanDeviation } from "./mean-deviation.ts";
import { RollingMax, RollingMin } from "./rolling-extreme.ts";
import { RollingPercentile } from "./rolling-percentile.ts";
import { RollingStd } from "./rolling-std.ts";
import { Sma } from "./sma.ts";
import { Wma } from "./wma.ts";

interface Rolling {
  next(value: number): number;
}

const feed = (kernel: Rolling, values: readonly number[]): number[] =>
  values.map((value) => kernel.next(value));

const periods = fc.integer({ min: 1, max: 40 });

/** The largest distance from 0 in each window, which bounds what rounding can do to a mean. */
const size = (values: readonly number[], n: number): number[] =>
  oracle.rolling(values, n, (window) => Math.max(...window.map(Math.abs)));

/** Where two series differ by more than 1e-9 of the value, or 1e-12 of the scale. */
function differences(
  got: readonly number[],
  wanted: readonly number[],
  scale: readonly number[],
): readonly string[] {
  return wanted.flatMap((value, index) => {
    const actual = got[index] as number;
    const allowed = 1e-9 * Math.max(Math.abs(value), 1e-3 * (scale[index] as number));
    const same = Number.isNaN(value) ? Number.isNaN(actual) : Math.abs(actual - value) <= allowed;
    return same ? [] : [`${index}: ${actual}, not ${value}`];
  });
}

const means: readonly (readonly [
  string,
  (n: number) => Rolling,
  (xs: readonly number[], n: number) => number[],
])[] = [
  ["Sma", (n) => new Sma(n), oracle.sma],
  ["Wma", (n) => new Wma(n), oracle.wma],
];
test.each(means)(
  "%s agrees with the mean of each window, also after something huge left",
  (_, make, slow) => {
    fc.assert(
      fc.property(anyValues, periods, (values, n) => {
        expect(differences(feed(make(n), values), slow(values, n), size(values, n))).toEqual([]);
      }),
    );
  },
);

test("RollingStd agrees with two passes over each window to 1e-9 of the deviation itself", () => {
  fc.assert(
    fc.property(anyValues, periods, (values, n) => {
      const wanted = oracle.std(values, n);
      expect(differences(feed(new RollingStd(n), values), wanted, wanted)).toEqual([]);
    }),
  );
});

test("RollingStd keeps its digits on a price level a billion times its deviation", () => {
  const noise = Array.from({ length: 200 }, (_, i) => ((i * 7919) % 101) / 1e6);
  const low = feed(new RollingStd(20), noise);
  const high = feed(
    new RollingStd(20),
    noise.map((value) => value + 2 ** 16),
  );
  // The level itself rounds the values to 2^-36, about 1.5e-11.
  low.slice(19).forEach((value, i) => {
    expect(Math.abs((high[19 + i] as number) - value)).toBeLessThan(2e-11);
  });
});

test("RollingStd and MeanDeviation are exactly 0, and means exactly the value, where values are equal", () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
      periods,
      anyValues,
      (value, n, before) => {
        const flat = Array.from({ length: n }, () => value);
        const last = (kernel: Rolling): number =>
          feed(kernel, [...before, ...flat]).at(-1) as number;
        expect(last(new RollingStd(n))).toBe(0);
        expect(last(new MeanDeviation(n))).toBe(0);
        // -0 + 0 is 0.
        expect(last(new Sma(n))).toBe(value + 0);
        expect(last(new Wma(n))).toBe(value + 0);
        expect(feed(new Ema(n), flat).at(-1)).toBe(value + 0);
      },
    ),
  );
});

test("MeanDeviation agrees with the definition", () => {
  fc.assert(
    fc.property(anyValues, periods, (values, n) => {
      const wanted = oracle.rolling(values, n, (window) => {
        const middle = window.reduce((sum, value) => sum + value, 0) / n;
        return window.reduce((sum, value) => sum + Math.abs(value - middle), 0) / n;
      });
      expect(differences(feed(new MeanDeviation(n), values), wanted, size(values, n))).toEqual([]);
    }),
  );
});

test("RollingMax, RollingMin and RollingPercentile give values of the window itself", () => {
  fc.assert(
    fc.property(anyValues, periods, fc.integer({ min: 0, max: 100 }), (values, n, percent) => {
      expect(feed(new RollingMax(n), values)).toEqual(oracle.max(values, n));
      // The negated zeros of RollingMin are zeros.
      const lowest = feed(new RollingMin(n), values);
      expect(lowest.map((value) => value + 0)).toEqual(
        oracle.min(values, n).map((value) => value + 0),
      );
      const got = feed(new RollingPercentile(n, percent), values);
      expect(differences(got, oracle.percentile(values, n, percent), size(values, n))).toEqual([]);
    }),
  );
});

test("Ema agrees with the recursion from the mean of the first values", () => {
  fc.assert(
    fc.property(anyValues, periods, (values, n) => {
      // An exponential mean never forgets: its scale is the largest value so far.
      const scale = values.map((_, i) => Math.max(...values.slice(0, i + 1).map(Math.abs)));
      expect(differences(feed(new Ema(n), values), oracle.ema(values, n), scale)).toEqual([]);
    }),
  );
});

const all: readonly (readonly [string, (n: number) => Rolling])[] = [
  ["Sma", (n) => new Sma(n)],
  ["Wma", (n) => new Wma(n)],
  ["Ema", (n) => new Ema(n)],
  ["RollingStd", (n) => new RollingStd(n)],
  ["MeanDeviation", (n) => new MeanDeviation(n)],
  ["RollingMax", (n) => new RollingMax(n)],
  ["RollingMin", (n) => new RollingMin(n)],
  ["RollingPercentile", (n) => new RollingPercentile(n, 50)],
];
test.each(all)("%s forgets everything before a value that is not finite", (_, make) => {
  fc.assert(
    fc.property(
      anyValues,
      anyValues,
      periods,
      fc.constantFrom(NaN, Infinity, -Infinity),
      (before, after, n, hole) => {
        const kernel = make(n);
        feed(kernel, before);
        expect(kernel.next(hole)).toBeNaN();
        expect(feed(kernel, after)).toEqual(feed(make(n), after));
      },
    ),
  );
});

test("Sma is itself again after sums beyond the largest double", () => {
  const kernel = new Sma(3);
  feed(kernel, [1.7e308, 1.7e308, -1.7e308, 1.7e308]);
  expect(feed(kernel, [1, 2, 3, 4, 5, 6, 7, 8]).slice(-4)).toEqual([4, 5, 6, 7]);
});

test("Delay returns what was fed before, NaN and all", () => {
  expect(feed(new Delay(2), [1, NaN, 3, 4, 5])).toEqual([NaN, NaN, 1, NaN, 3]);
  expect(feed(new Delay(0), [1, 2])).toEqual([1, 2]);
});
