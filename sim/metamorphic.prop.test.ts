import * as fc from "fast-check";
import { test } from "vitest";
import { doubledPrices, doubledSizes, mirrored } from "#sim/testing/metamorphic.ts";
import { runs } from "#sim/testing/seed.ts";

test("twice the prices on twice the tick give the same ticks and twice the money, to the bit", () => {
  fc.assert(doubledPrices, runs(80));
});

test("twice the size with linear costs and no limits gives twice the money, to the bit", () => {
  fc.assert(doubledSizes, runs(80));
});

test("a mirrored market mirrors every order and fill and leaves the money as it is", () => {
  fc.assert(mirrored, runs(80));
});
