import * as fc from "fast-check";
import { test } from "vitest";
import { moneyOfOne, moneyOfSeveral, solvency } from "#sim/testing/money-properties.ts";
import { runs } from "#sim/testing/seed.ts";

test("the ledger equals the exact fold of its records, the venue's books and the sum of its trades", () => {
  fc.assert(moneyOfOne, runs(150));
});

test("the same holds for several symbols on one account", () => {
  fc.assert(moneyOfSeveral, runs(100));
});

test("isolated margin keeps the wallet above the margin of all positions, so equity stays above zero", () => {
  fc.assert(solvency, runs(150));
});
