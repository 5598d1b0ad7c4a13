import * as fc from "fast-check";
import { expect, test } from "vitest";
import { exact, type Fill, MARK, sameInAnyOrder } from "./testing/confluence.ts";

test("I7: the same executions in any order leave the same size, fees and equity", () => {
  fc.assert(sameInAnyOrder);
});

test("the entry price is no sum: it depends on the order of the executions", () => {
  const buy = (priceTicks: number): Fill => ({ signedLots: 10, priceTicks, fee: 0 });
  const sell: Fill = { signedLots: -10, priceTicks: 60_000, fee: 0 };
  const [one, other] = [
    exact([buy(50_000), sell, buy(70_000)]),
    exact([buy(50_000), buy(70_000), sell]),
  ];
  expect(one.entryValue(0)).not.toEqual(other.entryValue(0));
  expect(one.equity([MARK])).toEqual(other.equity([MARK]));
});
