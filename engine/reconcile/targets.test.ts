import * as fc from "fast-check";
import { expect, test } from "vitest";
import { targetKey } from "#engine/model/target.ts";
import { targetsToReconcile } from "./targets.ts";

const none = { enabled: [], notFlat: [], openIntents: [], aged: [] };

function keysOf(
  use: Partial<typeof none | Readonly<Record<keyof typeof none, readonly string[]>>>,
) {
  return targetsToReconcile({ ...none, ...use }).map(targetKey);
}

test("I16: a target with anything left of ours is reconciled, enabled or not", () => {
  expect(keysOf({})).toEqual([]);
  expect(keysOf({ enabled: ["bybit:paper"] })).toEqual(["bybit:paper"]);
  expect(keysOf({ notFlat: ["bybit:paper"] })).toEqual(["bybit:paper"]);
  expect(keysOf({ openIntents: ["bybit:paper"] })).toEqual(["bybit:paper"]);
  expect(keysOf({ aged: ["bybit:paper"] })).toEqual(["bybit:paper"]);
});

test("I16: names of every age are accepted, each target comes once, sorted", () => {
  const use = {
    enabled: ["hyperliquid:mainnet", "bybit:both"],
    notFlat: ["bybit:demo", "Hyperliquid:LIVE"],
    aged: ["hyperliquid:testnet"],
  };
  expect(keysOf(use)).toEqual([
    "bybit:live",
    "bybit:paper",
    "hyperliquid:live",
    "hyperliquid:paper",
  ]);
});

test("I16: the set is the union of its four sources, whatever they are", () => {
  const names = fc.array(
    fc.constantFrom("bybit:paper", "bybit:live", "hyperliquid:paper", "hyperliquid:live"),
    { maxLength: 4 },
  );
  const property = fc.property(
    names,
    names,
    names,
    names,
    (enabled, notFlat, openIntents, aged) => {
      const union = new Set([...enabled, ...notFlat, ...openIntents, ...aged]);
      expect(keysOf({ enabled, notFlat, openIntents, aged })).toEqual([...union].sort());
    },
  );
  fc.assert(property);
});

test("a name that is no target is refused", () => {
  expect(() => keysOf({ aged: ["bybit"] })).toThrow('"bybit" is no target');
});
