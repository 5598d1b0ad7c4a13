import * as fc from "fast-check";
import { expect, test } from "vitest";
import { csvNumber, csvText, isoTime } from "./csv-text.ts";

test.each([
  [1e-7, "0.0000001"],
  [1.5e-9, "0.0000000015"],
  [-2.25e-10, "-0.000000000225"],
  [1e21, "1000000000000000000000"],
  [1.2345e25, "12345000000000000000000000"],
  [-1.5e22, "-15000000000000000000000"],
  [0.1 + 0.2, "0.30000000000000004"],
  [5e-324, `0.${"0".repeat(323)}5`],
  [42, "42"],
  [NaN, ""],
  [null, ""],
])("csvNumber(%d) is %s", (value, expected) => {
  expect(csvNumber(value)).toBe(expected);
});

test("csvNumber() has no exponent and parses to the same double", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = csvNumber(value);
      expect(text).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(text) === value).toBe(true);
    }),
  );
});

test("csvText() quotes what would break a line", () => {
  expect(['a"b', "a,b", "a\nb", "plain", ""].map(csvText)).toEqual([
    '"a""b"',
    '"a,b"',
    '"a\nb"',
    "plain",
    "",
  ]);
  expect(csvText(null)).toBe("");
});

test("isoTime() leaves out milliseconds that are zero", () => {
  expect(isoTime(Date.UTC(2025, 9, 1, 0, 5))).toBe("2025-10-01T00:05:00Z");
  expect(isoTime(Date.UTC(2025, 9, 1) + 7)).toBe("2025-10-01T00:00:00.007Z");
});
