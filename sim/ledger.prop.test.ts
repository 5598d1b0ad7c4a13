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

test("the wallet stays above the isolated margin of all positions, and the equity above zero in either mode", () => {
  fc.assert(solvency, runs(150));
});
