import { expect, test } from "vitest";
import { compareOutcome } from "#sim/scenario/compare-outcome.ts";
import { FLAT_POSITION } from "#sim/scenario/outcome-positions.ts";
import type { Expectation } from "#sim/scenario/scenario.ts";
import type { ScenarioOutcome } from "#sim/scenario/scenario-outcome.ts";
import { instrumentOf } from "#sim/testing/fixture.ts";

const outcome: ScenarioOutcome = {
  fills: [
    { bar: 1, order: "entry", side: "buy", qty: 1, price: 100, fee: 0, liquidity: "taker" },
    { bar: 2, order: "stop", side: "sell", qty: 1, price: 92, fee: 0, liquidity: "taker" },
  ],
  trades: [],
  orders: { entry: "filled", stop: "filled" },
  position: FLAT_POSITION,
  final: { balance: 9992, equity: 9992, feesPaid: 0, fundingPaid: 0, liquidations: 0 },
  equity: [10_000, null, 9992],
  aged: [],
  rejects: [],
};

function differences(expectation: Expectation, tolerance = 1e-9, isMulti = false) {
  const symbol = {
    instrument: instrumentOf(),
    candles: [],
    mark: null,
    index: null,
    detail: null,
    funding: [],
  };
  return compareOutcome(expectation, outcome, { tolerance, symbols: [symbol], isMulti });
}

test("what is not written is not checked", () => {
  expect(differences({})).toEqual([]);
  expect(differences({ fills: [{}, { price: 92 }], orders: {}, position: {} })).toEqual([]);
});

test("a list is compared whole: a row too few and a row too many are differences", () => {
  expect(differences({ fills: [{ bar: 1 }] })).toEqual([
    { path: "fills[1]", expected: null, actual: outcome.fills[1] },
  ]);
  expect(differences({ rejects: [{ order: "x" }] })).toEqual([
    { path: "rejects[0]", expected: { order: "x" }, actual: null },
  ]);
  expect(differences({ trades: [] })).toEqual([]);
});

test("each cell that differs is named", () => {
  expect(differences({ fills: [{ order: "entry", price: 101 }, { side: "buy" }] })).toEqual([
    { path: "fills[0].price", expected: 101, actual: 100 },
    { path: "fills[1].side", expected: "buy", actual: "sell" },
  ]);
  expect(differences({ orders: { stop: "cancelled" }, final: { balance: 1 } })).toEqual([
    { path: "orders.stop", expected: "cancelled", actual: "filled" },
    { path: "final.balance", expected: 1, actual: 9992 },
  ]);
  expect(differences({ orders: { other: "filled" } })).toEqual([
    { path: "orders.other", expected: "filled", actual: null },
  ]);
});

test("null is a value of prices, and not checked in the equity", () => {
  expect(differences({ position: { entryPrice: null } })).toEqual([]);
  expect(differences({ position: { entryPrice: 100 } })).toEqual([
    { path: "position.entryPrice", expected: 100, actual: null },
  ]);
  expect(differences({ equity: [null, null, 9992] })).toEqual([]);
  expect(differences({ equity: [10_000, 1, 9992] })).toEqual([
    { path: "equity[1]", expected: 1, actual: null },
  ]);
  expect(differences({ equity: [10_000, null] })).toEqual([
    { path: "equity[2]", expected: null, actual: 9992 },
  ]);
  expect(differences({ equity: [10_000, null, 9992, 5] })).toHaveLength(1);
});

test("the tolerance is relative, and absolute where zero is expected", () => {
  expect(differences({ final: { balance: 9992 * (1 + 0.9e-9) } })).toEqual([]);
  expect(differences({ final: { balance: 9992 * (1 + 1.1e-9) } })).toHaveLength(1);
  expect(differences({ final: { balance: 10_000 } }, 1e-3)).toEqual([]);
  expect(differences({ position: { qty: 1e-10 } })).toHaveLength(1);
  expect(differences({ final: { feesPaid: 0 } })).toEqual([]);
});

test("where several symbols are named, a row without one is about the first", () => {
  expect(differences({ fills: [{ bar: 1 }, { bar: 2 }] }, 1e-9, true)).toEqual([
    { path: "fills[0].symbol", expected: "BTCUSDT", actual: null },
    { path: "fills[1].symbol", expected: "BTCUSDT", actual: null },
  ]);
});
