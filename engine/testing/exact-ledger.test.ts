import { expect, test } from "vitest";
import { makeGrid } from "#engine/model/grid.ts";
import { ExactLedger } from "./exact-ledger.ts";
import { toNumber } from "./fraction.ts";

const instrument = {
  exchange: "bybit",
  symbol: "BTCUSDT",
  tick: makeGrid(0.1),
  lot: makeGrid(0.001),
  minQty: 0,
  maxQty: Number.POSITIVE_INFINITY,
  minNotional: 0,
  maxLeverage: 100,
  tiers: [],
  isPerpetual: true,
};

test("entries average, a reduction takes its share, a flip closes and opens", () => {
  const ledger = new ExactLedger([instrument], 1_000);
  ledger.fill({ symbol: 0, signedLots: 1_000, priceTicks: 1_000, fee: 0 });
  ledger.fill({ symbol: 0, signedLots: 1_000, priceTicks: 1_100, fee: 0 });
  expect(toNumber(ledger.entryValue(0))).toBe(210);
  ledger.fill({ symbol: 0, signedLots: -500, priceTicks: 1_200, fee: 0 });
  expect(toNumber(ledger.realised)).toBe(7.5);
  ledger.fill({ symbol: 0, signedLots: -2_500, priceTicks: 1_300, fee: 0.5 });
  expect(ledger.lots(0)).toBe(-1_000);
  expect(toNumber(ledger.realised)).toBe(45);
  expect(toNumber(ledger.entryValue(0))).toBe(130);
  ledger.fund(0.25);
  expect(toNumber(ledger.wallet)).toBe(1_044.75);
  expect(toNumber(ledger.equity([120]))).toBe(1_054.75);
});

test("three thirds of a position are the whole of it, to the last digit", () => {
  const ledger = new ExactLedger([instrument], 0);
  ledger.fill({ symbol: 0, signedLots: 3, priceTicks: 1_001, fee: 0 });
  for (let third = 0; third < 3; third++) {
    ledger.fill({ symbol: 0, signedLots: -1, priceTicks: 1_001, fee: 0 });
  }
  expect(ledger.realised).toEqual({ numerator: 0n, denominator: 1n });
  expect(ledger.entryValue(0)).toEqual({ numerator: 0n, denominator: 1n });
});

test("what is no execution is refused", () => {
  const ledger = new ExactLedger([instrument], 0);
  const fill = { symbol: 0, signedLots: 1, priceTicks: 1, fee: 0 };
  expect(() => ledger.fill({ ...fill, signedLots: 0 })).toThrow(/whole lots/);
  expect(() => ledger.fill({ ...fill, priceTicks: 1.5 })).toThrow(/whole ticks/);
  expect(() => ledger.fill({ ...fill, fee: Number.NaN })).toThrow(RangeError);
});
