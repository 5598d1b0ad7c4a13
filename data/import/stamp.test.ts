import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bigEpochToMs, epochToMs, parseStamp } from "./stamp.ts";

const at = Date.UTC(2023, 8, 1, 12, 30);

test.each([
  ["1693571400", at],
  ["1693571400.0", at],
  ["1693571400.25", at + 250],
  ["1693571400000", at],
  ["1693571400000000", at],
  ["1693571400000000000", at],
  ["1693571459999999999", at + 59_999],
  ["1693571459999999", at + 59_999],
  ["20230901", Date.UTC(2023, 8, 1)],
  ["202309011230", at],
  ["20230901123000", at],
  ["2023-09-01", Date.UTC(2023, 8, 1)],
  ["2023-09-01 12:30", at],
  ["2023-09-01 12:30:00", at],
  ["2023-09-01T12:30:00Z", at],
  ["2023-09-01T12:30:00.123456Z", at + 123],
  ["2023-09-01 12:30:00.5", at + 500],
  ["2023-09-01 12:30:00+00:00", at],
  ["2023-09-01T14:30:00+02:00", at],
  ["2023-09-01T10:30:00-0200", at],
  ["2023-09-01 12:30:00 UTC", at],
  ["2023/09/01 12:30", at],
  ["2023.09.01 12:30", at],
  ["01.09.2023 12:30:00.000", at],
  ["20230901 123000", at],
  ["20230901 12:30", at],
  ["20230901T123000Z", at],
  ["2020-07-01 09-PM", Date.UTC(2020, 6, 1, 21)],
  ["2020-07-01 12-AM", Date.UTC(2020, 6, 1)],
  ["2020-07-01 12-PM", Date.UTC(2020, 6, 1, 12)],
  ["2020-07-01 9:05 AM", Date.UTC(2020, 6, 1, 9, 5)],
  ["1927-12-30", Date.UTC(1927, 11, 30)],
])("parseStamp(%j)", (text, expected) => {
  expect(parseStamp(text)).toBe(expected);
});

test.each([
  "",
  "0",
  "17",
  "64800000",
  "-1693571400000",
  "1e12",
  "0x18a50fb3d40",
  "NaN",
  "2023-02-30",
  "2023-13-01",
  "2023-09-01 24:00",
  "2023-09-01 12:60",
  "2020-07-01 13-PM",
  "2020-07-01 00-AM",
  "01/02/2023",
  "BTCUSDT",
  "2023-09-01 12:30:00+",
])("parseStamp(%j) is no time", (text) => {
  expect(parseStamp(text)).toBeNull();
});

test("each unit of one moment gives the same ms, and ISO text reads back", () => {
  const moments = fc.integer({ min: 1e11, max: 4.1e12 });
  fc.assert(
    fc.property(moments, (ms) => {
      const expected = ms;
      expect(epochToMs(ms)).toBe(expected);
      expect(epochToMs(ms * 1e3)).toBe(expected);
      expect(bigEpochToMs(BigInt(ms) * 1_000_000n + 999_999n)).toBe(expected);
      expect(epochToMs(Math.floor(ms / 1e3))).toBe(Math.floor(ms / 1e3) * 1e3);
      expect(parseStamp(new Date(ms).toISOString())).toBe(expected);
      expect(parseStamp(`${ms}000000`)).toBe(expected);
    }),
  );
});

test("parseStamp() never throws", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const result = parseStamp(text);
      expect(result === null || Number.isFinite(result)).toBe(true);
    }),
  );
});
