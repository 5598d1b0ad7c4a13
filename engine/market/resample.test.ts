import { expect, test } from "vitest";
import { type BarColumns, makeBars } from "./bars.ts";
import { MONTH_MS } from "./interval.ts";
import { canResample, resample } from "./resample.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** Bars at the given times; the n-th has open n, high n + 10, low n − 10, close n + 1, volume n. */
function barsAt(intervalMs: number, times: readonly number[]): BarColumns {
  const bars = makeBars(intervalMs, times.length);
  times.forEach((time, index) => {
    const n = index + 1;
    bars.time[index] = time;
    bars.open[index] = n;
    bars.high[index] = n + 10;
    bars.low[index] = n - 10;
    bars.close[index] = n + 1;
    bars.volume[index] = n;
  });
  return bars;
}

function rows(bars: BarColumns): number[][] {
  return Array.from({ length: bars.length }, (_, index) =>
    [bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume].map(
      (column) => column[index] as number,
    ),
  );
}

test("resample() takes first open, extremes, last close and the sum of volumes", () => {
  const bars = barsAt(
    MINUTE,
    [0, 1, 2, 3, 4, 5].map((n) => n * MINUTE),
  );
  const { bars: longer, incomplete } = resample(bars, 3 * MINUTE);
  expect(longer.intervalMs).toBe(3 * MINUTE);
  expect(rows(longer)).toEqual([
    [0, 1, 13, -9, 4, 6],
    [3 * MINUTE, 4, 16, -6, 7, 15],
  ]);
  expect(incomplete).toEqual([]);
});

test("resample() leaves out bars that miss one source bar, at the edges and inside", () => {
  const minutes = [2, 3, 4, 5, 6, 8, 9, 10, 11, 12];
  const bars = barsAt(
    MINUTE,
    minutes.map((n) => n * MINUTE),
  );
  const { bars: longer, incomplete } = resample(bars, 3 * MINUTE);
  expect(rows(longer).map(([time]) => (time as number) / MINUTE)).toEqual([3, 9]);
  expect(incomplete).toEqual([
    { time: 0, missing: 2 },
    { time: 6 * MINUTE, missing: 1 },
    { time: 12 * MINUTE, missing: 2 },
  ]);
});

test("resample() says nothing of longer bars without any source bar: they were a gap before", () => {
  const { bars, incomplete } = resample(
    barsAt(MINUTE, [0, MINUTE, 10 * MINUTE, 11 * MINUTE]),
    2 * MINUTE,
  );
  expect(bars.length).toBe(2);
  expect(incomplete).toEqual([]);
});

test("resample() begins weeks on Monday", () => {
  const wednesday = Date.UTC(2025, 9, 1);
  const bars = barsAt(
    DAY,
    Array.from({ length: 14 }, (_, n) => wednesday + n * DAY),
  );
  const { bars: weeks, incomplete } = resample(bars, WEEK);
  expect(rows(weeks).map(([time]) => time)).toEqual([Date.UTC(2025, 9, 6)]);
  expect(incomplete).toEqual([
    { time: Date.UTC(2025, 8, 29), missing: 2 },
    { time: Date.UTC(2025, 9, 13), missing: 5 },
  ]);
});

test("resample() keeps an unknown volume unknown and does not touch the prices", () => {
  const bars = barsAt(MINUTE, [0, MINUTE, 2 * MINUTE, 3 * MINUTE]);
  bars.volume[1] = NaN;
  const { bars: longer } = resample(bars, 2 * MINUTE);
  expect(Array.from(longer.volume)).toEqual([NaN, 7]);
  expect(Array.from(longer.high)).toEqual([12, 14]);
});

test("resample() does not complete a bar with a source bar that is off the grid", () => {
  const bars = barsAt(MINUTE, [0, MINUTE + 1, 2 * MINUTE, 3 * MINUTE]);
  const { bars: longer, incomplete } = resample(bars, 2 * MINUTE);
  expect(rows(longer).map(([time]) => time)).toEqual([2 * MINUTE]);
  expect(incomplete).toEqual([{ time: 0, missing: 1 }]);
});

test("resample() of no bars is no bars", () => {
  expect(resample(makeBars(MINUTE, 0), HOUR)).toMatchObject({
    bars: { length: 0 },
    incomplete: [],
  });
});

test.each([
  [MINUTE, MINUTE, true],
  [MINUTE, HOUR, true],
  [DAY, WEEK, true],
  [3 * DAY, WEEK, false],
  [3 * DAY, 3 * WEEK, false],
  [WEEK, 2 * WEEK, true],
  [10 * MINUTE, 45 * MINUTE, false],
  [HOUR, MINUTE, false],
  [DAY, MONTH_MS, false],
  [HOUR, MONTH_MS, false],
  [MONTH_MS, MONTH_MS, false],
  [MONTH_MS, 2 * MONTH_MS, false],
])("canResample(%d, %d) is %s", (source, target, expected) => {
  expect(canResample(source, target)).toBe(expected);
});
