import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  floorToInterval,
  floorToMonth,
  formatInterval,
  MONTH_MS,
  parseInterval,
} from "./interval.ts";

test.each([
  ["1m", 60_000],
  ["45m", 2_700_000],
  ["4h", 14_400_000],
  ["1d", 86_400_000],
  ["3d", 259_200_000],
  ["1w", 604_800_000],
  ["1M", MONTH_MS],
])("%s is %i ms and back", (word, ms) => {
  expect(parseInterval(word)).toBe(ms);
  expect(formatInterval(ms)).toBe(word);
});

test.each(["", "5", "m", "0m", "1.5h", "-1m", "2M", "5 m", "1y"])("%j is refused", (word) => {
  expect(() => parseInterval(word)).toThrow(/is not an interval/);
});

test.each(["30d", "720h", " 30d "])("%j is no calendar month and is refused", (word) => {
  expect(() => parseInterval(word)).toThrow(
    expect.objectContaining({ code: "E_USAGE", hint: expect.stringContaining("1M") }),
  );
});

test("formatInterval() takes the shortest word", () => {
  expect(formatInterval(3_600_000)).toBe("1h");
  expect(formatInterval(5_400_000)).toBe("90m");
  expect(formatInterval(1_500)).toBe("1500ms");
});

test("floorToInterval() starts weeks on Monday and months on the first", () => {
  const at = Date.UTC(2024, 1, 29, 13, 37);
  expect(floorToInterval(at, parseInterval("1h"))).toBe(Date.UTC(2024, 1, 29, 13));
  expect(floorToInterval(at, parseInterval("1w"))).toBe(Date.UTC(2024, 1, 26));
  expect(floorToInterval(at, MONTH_MS)).toBe(Date.UTC(2024, 1, 1));
});

test("floorToMonth() agrees with the calendar of the platform", () => {
  fc.assert(
    fc.property(fc.integer({ min: -2_208_988_800_000, max: 7_258_118_400_000 }), (time) => {
      const date = new Date(time);
      expect(floorToMonth(time)).toBe(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
    }),
  );
});
