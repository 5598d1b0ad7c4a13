import { expect, test } from "vitest";
import { sampleBars } from "#data/testing/sample-bars.ts";
import { makeBars } from "#engine/market/bars.ts";
import { barsWithoutMark, barsWithoutVolume } from "./uncovered-bars.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const at = (hour: number): number => START + hour * HOUR;
const BARS = sampleBars(24, { start: START, intervalMs: HOUR });

/** Mark candles that open at these hours. */
function marks(hours: number, ...opens: readonly number[]) {
  const bars = makeBars(hours * HOUR, opens.length);
  opens.forEach((hour, row) => {
    bars.time[row] = at(hour);
  });
  return bars;
}

test.each<[string, ReturnType<typeof marks> | null, number, number | null]>([
  ["none", null, 24, 0],
  ["no rows", marks(1), 24, 0],
  ["candles elsewhere", marks(1, 100, 101), 24, 0],
  ["the first three hours", marks(1, 0, 1, 2), 21, 3],
  ["the last three hours", marks(1, 21, 22, 23), 21, 0],
  ["longer candles over everything", marks(8, 0, 8, 16), 0, null],
  ["longer candles with a hole", marks(8, 0, 16), 8, 8],
  ["a longer candle from before", marks(8, -4, 4, 12), 4, 20],
  ["half of each bar", marks(0.5, ...BARS.time.map((_, hour) => hour)), 24, 0],
  ["both halves of the first bar, one of the second", marks(0.5, 0, 0.5, 1.5), 23, 1],
])("barsWithoutMark() of 24 bars with %s", (_name, given, count, first) => {
  expect(barsWithoutMark(BARS, given, START)).toEqual({
    count,
    first: first === null ? null : at(first),
    total: 24,
  });
});

test("bars that only warm up are not counted", () => {
  expect(barsWithoutMark(BARS, null, at(20))).toEqual({ count: 4, first: at(20), total: 4 });
});

test("barsWithoutVolume() counts unknown volumes, not zeros", () => {
  const bars = sampleBars(10, { start: START, intervalMs: HOUR, unknownVolumeEvery: 4 });
  bars.volume[1] = 0;
  expect(barsWithoutVolume(bars, at(1))).toEqual({ count: 2, first: at(4), total: 9 });
});
