import * as fc from "fast-check";
import { expect, test } from "vitest";
import { portableExp } from "./portable-exp.ts";
import { portableLn } from "./portable-ln.ts";

const ULP = 2 ** -52;

test("portableExp() is within two units in the last place of the platform's", () => {
  fc.assert(
    fc.property(fc.double({ min: -690, max: 690, noNaN: true }), (x) => {
      expect(Math.abs(portableExp(x) / Math.exp(x) - 1)).toBeLessThanOrEqual(2 * ULP);
    }),
    { numRuns: 2_000 },
  );
});

test("portableLn() is within two units in the last place of the platform's", () => {
  fc.assert(
    fc.property(fc.double({ min: 2 ** -1022, max: 1e308, noNaN: true }), (x) => {
      const exact = Math.log(x);
      const limit = 2 * ULP * Math.max(1, Math.abs(exact));
      expect(Math.abs(portableLn(x) - exact)).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 2_000 },
  );
});

test("portableLn() holds close to 1 and around √2, where its two branches meet", () => {
  for (const base of [1, Math.SQRT2, Math.SQRT1_2, 2, 0.5]) {
    for (let step = -50; step <= 50; step++) {
      const x = base * (1 + step * ULP);
      expect(Math.abs(portableLn(x) - Math.log(x))).toBeLessThanOrEqual(2 * ULP);
    }
  }
});

test("exact points are exact, and the argument is clamped where the result would leave the range", () => {
  expect(portableExp(0)).toBe(1);
  expect(portableLn(1)).toBe(0);
  expect(portableExp(5_000)).toBe(portableExp(700));
  expect(portableExp(-5_000)).toBe(portableExp(-700));
});

test("the digits are these on every machine", () => {
  expect([1, -0.3, 10.75, -33.125].map(portableExp)).toEqual([
    2.7182818284590455, 0.7408182206817179, 46_630.028453524326, 4.111452592548034e-15,
  ]);
  expect([2, 0.1, 12_345.678, 1e-9].map(portableLn)).toEqual([
    0.6931471805599453, -2.3025850929940455, 9.421061321291832, -20.72326583694641,
  ]);
});
