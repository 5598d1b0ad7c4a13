import * as fc from "fast-check";
import { test } from "vitest";
import { bandEncloses, finerInsideBand, orderTerms } from "#sim/testing/order-properties.ts";
import { runs } from "#sim/testing/seed.ts";

test("reduce-only never flips, a group fills once, fill-or-kill fills all or nothing", () => {
  fc.assert(orderTerms, runs(150));
});

test("the ambiguity band encloses the net, and the totals explain it", () => {
  fc.assert(bandEncloses, runs(150));
});

test("a bracket on finer candles ends inside the band of the coarse ones", () => {
  fc.assert(finerInsideBand, runs(150));
});
