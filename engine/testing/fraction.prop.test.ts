import * as fc from "fast-check";
import { expect, test } from "vitest";
import { add, makeFraction, multiply, subtract, toFraction, toNumber } from "./fraction.ts";

const double = fc
  .double({ min: -1e12, max: 1e12, noNaN: true })
  .map((value) => (Math.abs(value) < 1e-300 ? 0 : value));

test("a double is a fraction exactly, and comes back", () => {
  const property = fc.property(double, (value) => {
    expect(toNumber(toFraction(value))).toBe(value + 0);
  });
  fc.assert(property);
  expect(toFraction(0.5)).toEqual({ numerator: 1n, denominator: 2n });
  expect(toFraction(0.1).denominator).toBe(2n ** 55n);
  expect(() => toFraction(Number.NaN)).toThrow(RangeError);
});

test("arithmetic is that of the rational numbers", () => {
  const fraction = fc
    .tuple(fc.bigInt(-(10n ** 9n), 10n ** 9n), fc.bigInt(1n, 10n ** 9n))
    .map(([numerator, denominator]) => makeFraction(numerator, denominator));
  fc.assert(
    fc.property(fraction, fraction, fraction, (a, b, c) => {
      expect(subtract(add(a, b), b)).toEqual(a);
      expect(multiply(a, add(b, c))).toEqual(add(multiply(a, b), multiply(a, c)));
    }),
  );
  expect(makeFraction(2n, -4n)).toEqual({ numerator: -1n, denominator: 2n });
  expect(() => makeFraction(1n, 0n)).toThrow(RangeError);
});
