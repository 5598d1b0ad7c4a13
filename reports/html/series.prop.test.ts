import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type BarColumns, sliceBars } from "#engine/market/bars.ts";
import { MONTH_MS } from "#engine/market/interval.ts";
import { sampleBars } from "#reports/testing/sample-bars.ts";
import { aggregateBars } from "./aggregate-bars.ts";
import { loadBrowserFiles } from "./testing/browser-module.ts";
import { findSegments } from "./time-segments.ts";

const browser = loadBrowserFiles("format.js", "columns.js", "series.js", "time-axis.js");
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Ascending times on a step with gaps. */
const gappyTimes = fc
  .array(fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 40 })), {
    minLength: 1,
    maxLength: 200,
  })
  .map((steps) => {
    let time = Date.UTC(2024, 0, 1);
    return Float64Array.from(steps, (step) => {
      time += step * MINUTE_MS;
      return time;
    });
  });

function indexOf(time: Float64Array): InstanceType<typeof browser.TimeIndex> {
  const { rows, times } = findSegments(time, time.length, MINUTE_MS);
  return new browser.TimeIndex(rows, times, MINUTE_MS, time.length);
}

test("times come back from segments, and rows from times", () => {
  fc.assert(
    fc.property(gappyTimes, fc.integer({ min: -5, max: 9000 }), (time, minutes) => {
      const index = indexOf(time);
      expect(Array.from(time, (_, row) => index.timeAt(row))).toEqual([...time]);
      const at = (time[0] as number) + minutes * 30_000;
      expect(index.rowAt(at)).toBe(time.findLastIndex((value) => value <= at));
    }),
  );
});

test("extremes are those of a plain scan", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 400 }),
      fc.nat(399),
      fc.nat(399),
      (values, a, b) => {
        const from = Math.min(a, b) % values.length;
        const to = Math.max(from, Math.max(a, b) % values.length);
        const [low, high] = new browser.Extremes(Int32Array.from(values)).of(from, to);
        const part = values.slice(from, to + 1);
        expect(values[low]).toBe(Math.min(...part));
        expect(values[high]).toBe(Math.max(...part));
        expect(low >= from && low <= to && high >= from && high <= to).toBe(true);
      },
    ),
  );
});

test("the points of a pane hold the extremes of every pixel, in order of time", () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 500, max: 4000 }), (seed, length) => {
      const bars = sampleBars({
        seed,
        length,
        intervalMs: MINUTE_MS,
        from: 0,
        tick: 0.1,
        price: 500,
      });
      const index = indexOf(bars.time);
      const extremes = new browser.Extremes(bars.close);
      const width = 40;
      const to = (bars.time[length - 1] as number) + MINUTE_MS;
      const points = browser.pointsIn(index, bars.close, extremes, 0, to, width, 1);
      expect(points.length).toBeLessThanOrEqual(4 * width + 2);
      const times = points.map(({ x }) => x);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      for (let column = 0; column < width; column++) {
        const start = (to * column) / width;
        const end = (to * (column + 1)) / width;
        const inside = [...bars.close].filter((_, row) => {
          const time = bars.time[row] as number;
          return time > start && time <= end;
        });
        const shown = points.filter(({ x }) => x > start && x <= end).map(({ y }) => y);
        expect(Math.min(...shown)).toBe(Math.min(...inside));
        expect(Math.max(...shown)).toBe(Math.max(...inside));
      }
    }),
    { numRuns: 30 },
  );
});

test("a range with few rows is drawn row by row, with one more on either side", () => {
  const time = Float64Array.from({ length: 100 }, (_, row) => row * MINUTE_MS);
  const values = Float64Array.from(time, (_, row) => row);
  const extremes = new browser.Extremes(values);
  const points = browser.pointsIn(indexOf(time), values, extremes, 630_000, 930_000, 100, 2);
  expect(points.map(({ y }) => y)).toEqual([20, 22, 24, 26, 28, 30, 32]);
});

function pricesOf(bars: BarColumns): Parameters<typeof browser.candlesIn>[0] {
  const { open, high, low, close } = bars;
  const extremes = new browser.Extremes(low, high);
  return { open, high, low, close, scale: 1, index: indexOf(bars.time), extremes };
}

test.each([MINUTE_MS, 5 * MINUTE_MS, 60 * MINUTE_MS, DAY_MS, 7 * DAY_MS, MONTH_MS])(
  "candles of %d ms are those that the bars aggregate to",
  (length) => {
    const from = Date.UTC(2024, 1, 27);
    const whole = sampleBars({
      seed: 9,
      length: 20_000,
      intervalMs: MINUTE_MS,
      from,
      tick: 0.5,
      price: 900,
    });
    const bars = sliceBars(whole, 777, 19_000);
    const last = (bars.time[bars.length - 1] as number) + MINUTE_MS;
    const candles = browser.candlesIn(pricesOf(bars), bars.time[0]!, last, length);
    const expected = aggregateBars(bars, length);
    expect(candles.map(({ start }) => start)).toEqual([...expected.time]);
    for (const name of ["open", "high", "low", "close"] as const) {
      expect(candles.map((candle) => candle[name])).toEqual([...expected[name]]);
    }
  },
);

test.each([
  [3 * 3_600_000, MINUTE_MS, "1m"],
  [DAY_MS, MINUTE_MS, "5m"],
  [30 * DAY_MS, MINUTE_MS, "4h"],
  [365 * DAY_MS, MINUTE_MS, "1w"],
  [9000 * DAY_MS, MINUTE_MS, "1M"],
  [90_000 * DAY_MS, MINUTE_MS, "1M"],
  [DAY_MS, 7 * MINUTE_MS, "7m"],
  [3650 * DAY_MS, 7 * DAY_MS, "1M"],
])("a view of %d ms of bars of %d ms shows %s", (span, source, expected) => {
  const length = browser.barLength(span, 300, source);
  expect(browser.format.interval(length)).toBe(expected);
});

test("drawdown is measured from the highest value so far", () => {
  expect([...browser.drawdownOf(Int32Array.of(100, 50, 100, 200, 150))]).toEqual([
    0, -50, 0, 0, -25,
  ]);
  expect([...browser.drawdownOf(Int32Array.of(10, -10))]).toEqual([0, -200]);
});

test.each([
  [Date.UTC(2024, 0, 1, 5), Date.UTC(2024, 0, 1, 17), 900],
  [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 9), 900],
  [Date.UTC(2020, 3, 7), Date.UTC(2024, 0, 9), 900],
  [Date.UTC(1990, 3, 7), Date.UTC(2024, 0, 9), 300],
  [Date.UTC(2024, 0, 1, 5), Date.UTC(2024, 0, 1, 5, 1), 900],
])("the ticks from %d to %d leave room for their labels", (from, to, width) => {
  const ticks = browser.timeTicks(from, to, width);
  const pixels = ticks.map(({ value }) => ((value - from) / (to - from)) * width);
  expect(pixels.length).toBeGreaterThan(0);
  for (const [at, px] of pixels.entries()) {
    expect(px).toBeGreaterThanOrEqual(34);
    expect(px).toBeLessThanOrEqual(width - 34);
    expect(at === 0 ? 100 : px - pixels[at - 1]!).toBeGreaterThan(70);
  }
});

test("the date stands at the first tick and at midnight", () => {
  const ticks = browser.timeTicks(Date.UTC(2024, 0, 1, 17), Date.UTC(2024, 0, 2, 9), 900);
  const labels = ticks.map(({ label }) => label.join(" ").trim());
  expect(labels).toEqual([
    "18:00 2024-01-01",
    "20:00",
    "22:00",
    "00:00 2024-01-02",
    "02:00",
    "04:00",
    "06:00",
    "08:00",
  ]);
});
