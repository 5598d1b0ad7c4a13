import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseNumber, parseRate } from "./parse-number.ts";

test.each([
  ["1", 1],
  ["-0.5", -0.5],
  ["+3", 3],
  [".5", 0.5],
  ["5.", 5],
  [" 7 ", 7],
  ["1e5", 1e5],
  ["2.5E-3", 0.0025],
  ["0", 0],
  ["0.00", 0],
  ["-0", -0],
  ["inf", Infinity],
  ["-Infinity", -Infinity],
])("parseNumber(%j) is %d", (text, value) => {
  expect(parseNumber(text)).toBe(value);
});

test.each(["", "  ", "NaN", "nan", "null", "NULL", "None", "N/A", "-"])(
  "parseNumber(%j) is missing",
  (text) => {
    expect(parseNumber(text)).toBeNaN();
  },
);

test.each(["abc", "0x10", "0b1", "0o7", "1,5", "1.234,5", "1 000", "1_000", "1.2.3", "--1", "$5"])(
  "parseNumber(%j) is no number",
  (text) => {
    expect(parseNumber(text)).toBeUndefined();
  },
);

test("parseNumber() gives back every double exactly", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      // The text of -0 is "0".
      expect(parseNumber(String(value))).toBe(value === 0 ? 0 : value);
    }),
  );
});

test("parseNumber() reads decimal text as the nearest double", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.nat(12), (digits, decimals) => {
      const text = digits.toString().padStart(decimals + 1, "0");
      const cut = text.length - decimals;
      const decimal = `${text.slice(0, cut)}.${text.slice(cut)}`;
      expect(parseNumber(decimal)).toBe(Number.parseFloat(decimal));
    }),
  );
});

test("parseRate() takes percent as it is written", () => {
  expect(parseRate("0.01%")).toBe(0.0001);
  expect(parseRate("-0.0075 %")).toBe(-0.000075);
  expect(parseRate("0.0001")).toBe(0.0001);
  expect(parseRate("1%%")).toBeUndefined();
});
