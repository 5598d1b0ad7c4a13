import * as fc from "fast-check";
import { expect, test } from "vitest";
import { priceDecimals } from "./price-decimals.ts";

test.each([
  [[100, 2500], 0],
  [[100.5, 2], 1],
  [[0.1, 0.25, 3], 2],
  [[0.00001234], 8],
  [[1 / 3], 12],
  [[], 0],
])("priceDecimals(%j) is %d", (prices, expected) => {
  expect(priceDecimals([Float64Array.from(prices)])).toBe(expected);
});

test("priceDecimals() is the number of decimals that were written", () => {
  const price = fc.tuple(fc.integer({ min: 1, max: 9_999_999 }), fc.integer({ min: 0, max: 8 }));
  fc.assert(
    fc.property(fc.array(price, { minLength: 1 }), (list) => {
      const texts = list.map(([units, decimals]) => (units / 10 ** decimals).toFixed(decimals));
      const written = texts.map(
        (text) => (text.includes(".") ? text.replace(/0+$/, "").split(".")[1] : "") ?? "",
      );
      expect(priceDecimals([Float64Array.from(texts, Number)])).toBe(
        Math.max(...written.map(({ length }) => length)),
      );
    }),
  );
});

test("priceDecimals() goes on from what is known already", () => {
  expect(priceDecimals([Float64Array.of(1)], 3)).toBe(3);
});
