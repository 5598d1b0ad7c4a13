import * as fc from "fast-check";
import { test } from "vitest";
import {
  naming,
  poisoning,
  prefix,
  repetition,
  shortWay,
  stepping,
} from "#sim/testing/determinism-properties.ts";
import { doubledPrices, doubledSizes, mirrored } from "#sim/testing/metamorphic.ts";
import { moneyOfOne, moneyOfSeveral, solvency } from "#sim/testing/money-properties.ts";
import { bandEncloses, finerInsideBand, orderTerms } from "#sim/testing/order-properties.ts";
import { runs } from "#sim/testing/seed.ts";

/** The properties of the fast tests on many more runs. */
test.each([
  { name: "repetition", property: repetition, count: 400 },
  { name: "stepping", property: stepping, count: 400 },
  { name: "short way", property: shortWay, count: 1_500 },
  { name: "prefix", property: prefix, count: 1_200 },
  { name: "poisoning", property: poisoning, count: 1_200 },
  { name: "naming", property: naming, count: 1_500 },
  { name: "doubled prices", property: doubledPrices, count: 1_000 },
  { name: "doubled sizes", property: doubledSizes, count: 1_000 },
  { name: "mirrored", property: mirrored, count: 1_000 },
  { name: "money of one symbol", property: moneyOfOne, count: 3_000 },
  { name: "money of several symbols", property: moneyOfSeveral, count: 1_500 },
  { name: "terms of orders", property: orderTerms, count: 3_000 },
  { name: "ambiguity band", property: bandEncloses, count: 3_000 },
  { name: "finer candles inside the band", property: finerInsideBand, count: 3_000 },
  { name: "solvency", property: solvency, count: 1_500 },
])("$name holds on $count random runs", ({ property, count }) => {
  fc.assert(property as fc.IProperty<unknown>, runs(count));
});
