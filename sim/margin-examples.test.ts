import { describe, expect, test } from "vitest";
import { Position } from "#engine/ledger/position.ts";
import { makeGrid } from "#engine/model/grid.ts";
import type { MarginTier } from "#engine/model/instrument.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  bankruptcyPrice,
  feeToClose,
  hyperliquidLiquidationPrice,
  initialMargin,
  liquidationPrice,
  liquidationPriceOfRawUsd,
  type MarginTerms,
  maintenanceMargin,
  tierIndex,
} from "#sim/margin.ts";
import { type PositionState, positionValues } from "#sim/position-values.ts";
import { type Candle, fundingOf, runScript, type Script } from "#sim/testing/fixture.ts";

/** The numbers that the venues print beside their formulae; each test names the document. */

const still = (price: number): Candle => [price, price, price, price];
const one = (maintenancePct: number): readonly MarginTier[] => [
  { upTo: Number.POSITIVE_INFINITY, maintenancePct, maxLeverage: 100, deduction: 0 },
];
const onEntry: MarginTerms = { tiers: one(0.5), maintenanceOn: "entry" };

function isolated(changes: Partial<PositionState>): PositionState {
  return {
    side: 1,
    qty: 1,
    entryValue: 20_000,
    mark: 20_000,
    leverage: 50,
    marginMode: "isolated",
    backing: 400,
    claims: 0,
    closingFeePct: 0,
    ...changes,
  };
}

function held(qty: number, price: number): Position {
  const position = new Position(makeGrid(0.1));
  position.increase(Math.round(qty * 10), price);
  return position;
}

describe("Bybit, Liquidation Price (USDT Contract)", () => {
  test("example 1: a long of 1 BTC at 20,000 with 50x has 400, needs 100 and goes at 19,700", () => {
    expect(positionValues(onEntry, isolated({}))).toEqual({
      liquidationPrice: 19_700,
      bankruptcyPrice: 19_600,
      initialMargin: 400,
      maintenanceMargin: 100,
    });
  });

  test.each([
    ["example 2: the short with 3,000 of margin added", -1, 3_400, 23_300],
    ["example 3: the long after 200 of funding out of its margin", 1, 200, 19_900],
  ])("%s", (_, side, backing, price) => {
    const values = positionValues(onEntry, isolated({ side, backing }));
    expect(values.liquidationPrice).toBe(price);
    // The initial margin is that of the formula, whatever was added or taken.
    expect(values).toMatchObject({ initialMargin: 400, maintenanceMargin: 100 });
  });
});

test("Bybit, Bankruptcy Price (USDT Contract): 1 BTC at 10,000 with 50x ends at 9,800, the short at 10,200", () => {
  const margin = initialMargin(10_000, 50);
  expect(margin).toBe(200);
  expect(bankruptcyPrice(1, 1, 10_000, margin)).toBe(9_800);
  expect(bankruptcyPrice(-1, 1, 10_000, margin)).toBe(10_200);
});

describe("Bybit, Order Cost (USDT Contract)", () => {
  test.each([
    // The edition of 2026 and an earlier one with the taker fee of that time.
    ["1 BTC at 50,000 with 10x", 50_000, 10, 0.055, 5_000, 27.5, 24.75, 5_052.25],
    ["1 BTC at 10,000 with 50x", 10_000, 50, 0.075, 200, 7.5, 7.35, 214.85],
  ])("%s: initial margin, fee to open, fee to close, cost", (...row) => {
    const [, price, leverage, takerPct, margin, toOpen, toClose, cost] = row;
    expect(initialMargin(price, leverage)).toBe(margin);
    expect((price * takerPct) / 100).toBeCloseTo(toOpen, 10);
    const closing = feeToClose(1, price, leverage, takerPct);
    expect(closing).toBeCloseTo(toClose, 10);
    expect(margin + toOpen + closing).toBeCloseTo(cost, 10);
    // What an order that rests holds is the cost without the fee to close.
    const script: Script = {
      0: (ctx) => ctx.order({ side: "buy", type: "limit", price: price - 1, qty: 1 }),
    };
    const run = runScript([still(price), still(price)], script, {
      leverage,
      settings: { takerPct },
    });
    const { account } = run.exchange;
    expect(10_000 - account.available).toBeCloseTo(((margin + toOpen) * (price - 1)) / price, 8);
  });

  test("the fee to close of a sell order is on the higher bankruptcy price", () => {
    expect(feeToClose(-1, 50_000, 10, 0.055)).toBeCloseTo(30.25, 10);
  });
});

describe("Bybit, Maintenance Margin (USDT Contract)", () => {
  const tiers: readonly MarginTier[] = [
    { upTo: 1_000, maintenancePct: 2, maxLeverage: 25, deduction: 0 },
    { upTo: 2_000, maintenancePct: 2.5, maxLeverage: 20, deduction: 5 },
    { upTo: 3_000, maintenancePct: 3, maxLeverage: 16, deduction: 15 },
    { upTo: 4_000, maintenancePct: 3.5, maxLeverage: 14, deduction: 30 },
    { upTo: 5_000, maintenancePct: 4, maxLeverage: 12, deduction: 50 },
  ];

  test("100 contracts at a mark of 35 are worth 3,500 and need 92.5", () => {
    const terms: MarginTerms = { tiers, maintenanceOn: "mark" };
    const state = isolated({ qty: 100, entryValue: 3_000, mark: 35, leverage: 10, backing: 300 });
    expect(positionValues(terms, state).maintenanceMargin).toBeCloseTo(92.5, 12);
    expect(tierIndex(tiers, 3_500)).toBe(3);
  });

  test.each([
    [1_000, 20],
    [2_000, 45],
    [3_000, 75],
    [4_000, 110],
    [5_000, 150],
  ])("the slices up to %d sum up to %d", (value, margin) => {
    expect(maintenanceMargin(tiers, value)).toBeCloseTo(margin, 12);
  });
});

describe("Bybit, P&L calculations (USDT Contract)", () => {
  test("0.5 at 5,000 and 0.3 at 6,000 have an average entry of 5,375", () => {
    const position = held(0.5, 5_000);
    position.increase(3, 6_000);
    expect(position.entryPrice).toBeCloseTo(5_375, 10);
  });

  test("0.2 long from 7,000 to 7,500 is +100, 0.4 short from 6,000 to 5,000 is +400", () => {
    expect(held(0.2, 7_000).unrealised(7_500)).toBeCloseTo(100, 10);
    expect(held(-0.4, 6_000).unrealised(5_000)).toBeCloseTo(400, 10);
  });

  test("the position margin of that long with 10x is 140 and 0.693 to close it: a return of 71.07 %", () => {
    const state = { qty: 0.2, entryValue: 1_400, leverage: 10, backing: 140, mark: 7_500 };
    const plain = positionValues(onEntry, isolated(state));
    const kept = positionValues(onEntry, isolated({ ...state, closingFeePct: 0.055 }));
    expect(plain.initialMargin).toBe(140);
    expect(kept.initialMargin - plain.initialMargin).toBeCloseTo(0.693, 12);
    expect(kept.maintenanceMargin - plain.maintenanceMargin).toBeCloseTo(0.693, 12);
    expect(Math.floor((100 / kept.initialMargin) * 10_000) / 100).toBe(71.07);
  });

  test("the short closes with 400 − 1.32 − 1.10 − 2.10 = 395.48", () => {
    const bars = [still(6_000), still(6_000), still(6_000), still(5_000), still(5_000)];
    const script: Script = {
      0: (ctx) => ctx.enterShort({ qty: 0.4 }),
      2: (ctx) => ctx.exit(),
    };
    const run = runScript(bars, script, {
      settings: { takerPct: 0.055 },
      funding: fundingOf([[2, -0.000875]]),
    });
    const [trade] = backtestResult(run).trades;
    expect(trade).toMatchObject({ grossPnl: 400 });
    expect(trade?.fees).toBeCloseTo(2.42, 10);
    expect(trade?.funding).toBeCloseTo(-2.1, 10);
    expect(trade?.netPnl).toBeCloseTo(395.48, 10);
  });
});

describe("Hyperliquid, trading/liquidations", () => {
  const terms: MarginTerms = { tiers: one(2), maintenanceOn: "mark" };

  test.each([
    ["long", 1, 2_755.1],
    ["short", -1, 3_235.29],
  ])(
    "1 ETH at 3,000 with 10x of at most 25x: margin 300, maintenance 60, the %s goes at %d",
    (...row) => {
      const [, side, price] = row;
      const state = isolated({ side, entryValue: 3_000, mark: 3_000, leverage: 10, backing: 300 });
      const values = positionValues(terms, state);
      expect(values).toMatchObject({ initialMargin: 300, maintenanceMargin: 60 });
      expect(values.liquidationPrice).toBeCloseTo(price, 2);
      // The form of the documentation, with 240 available.
      const written = hyperliquidLiquidationPrice(3_000, side, 1, 240, 0.02);
      expect(values.liquidationPrice).toBeCloseTo(written, 9);
    },
  );

  test("at 2,755.10 the margin is 300 − 244.90 = 55.10, two per cent of the price", () => {
    const price = liquidationPrice(terms, 1, 1, 3_000, 300);
    expect(3_000 - price).toBeCloseTo(244.9, 2);
    expect(300 - (3_000 - price)).toBeCloseTo(55.1, 2);
    expect(price * 0.02).toBeCloseTo(55.1, 2);
  });

  test("0.0335 ETH with a raw USD of −95.059824 and at most 50x go at 2,866.269", () => {
    const price = liquidationPriceOfRawUsd(-95.059824, 1, 0.0335, 0.01);
    // Printed: 2866.26936529, from a raw USD with more digits than are printed.
    expect(price).toBeCloseTo(2_866.26936529, 4);
    const onMark: MarginTerms = { tiers: one(1), maintenanceOn: "mark" };
    expect(liquidationPrice(onMark, 1, 0.0335, 95.059824 + 5, 5)).toBeCloseTo(price, 9);
  });
});

test("Hyperliquid, trading/margin-tiers: half the initial margin at the maximum leverage, deductions that close the gaps", () => {
  const btc: readonly MarginTier[] = [
    { upTo: 150e6, maintenancePct: 1.25, maxLeverage: 40, deduction: 0 },
    { upTo: Number.POSITIVE_INFINITY, maintenancePct: 2.5, maxLeverage: 20, deduction: 1_875_000 },
  ];
  expect(maintenanceMargin(btc, 150e6)).toBe(1_875_000);
  // 150 M at 1.25 % and 50 M at 2.5 %.
  expect(maintenanceMargin(btc, 200e6)).toBe(3_125_000);
});

describe("funding", () => {
  const pay = (rate: number, price: number, fundingOn: "mark" | "index"): number => {
    const bars = [still(10_100), still(10_100), still(10_100), still(10_100)];
    const run = runScript(
      bars,
      { 0: (ctx) => ctx.enterLong({ qty: 1 }) },
      {
        balance: 100_000,
        funding: fundingOf([[2, rate]]),
        settings: { fundingOn },
        index: bars.map(() => still(price)),
        marks: bars.map(() => still(10_050)),
      },
    );
    return backtestResult(run).totals.funding;
  };

  test("Hyperliquid, trading/funding: 0.95 % in eight hours on an oracle of 10,000 are 11.875 every hour", () => {
    expect(pay(0.0095 / 8, 10_000, "index")).toBeCloseTo(-11.875, 10);
  });

  test("Bybit, Funding Fee Calculation: on the mark price, whatever the index says", () => {
    expect(pay(0.0001, 10_000, "mark")).toBeCloseTo(-1.005, 10);
  });
});

describe("cross margin by hand", () => {
  const cross = (changes: Partial<PositionState>): PositionState =>
    isolated({ marginMode: "cross", backing: 1_000, ...changes });

  test("a wallet of 1,000 carries a long of 1 at 20,000 down to 19,100, bankrupt at 19,000", () => {
    expect(positionValues(onEntry, cross({ mark: 19_500 }))).toEqual({
      liquidationPrice: 19_100,
      bankruptcyPrice: 19_000,
      initialMargin: 400,
      maintenanceMargin: 100,
    });
  });

  test.each([
    ["long", 1, 19_000 / 0.995],
    ["short", -1, 21_000 / 1.005],
  ])("on mark the %s goes where equity is half a per cent of the value", (_, side, price) => {
    const terms: MarginTerms = { tiers: one(0.5), maintenanceOn: "mark" };
    const values = positionValues(terms, cross({ side, mark: 19_500 }));
    expect(values.liquidationPrice).toBeCloseTo(price, 9);
    expect(values.initialMargin).toBe(390);
    expect(values.maintenanceMargin).toBe(97.5);
  });

  test("maintenance margins of other positions go before", () => {
    const values = positionValues(onEntry, cross({ claims: 300 }));
    expect(values).toMatchObject({ liquidationPrice: 19_400, bankruptcyPrice: 19_000 });
  });

  test("a long that no price liquidates has no liquidation price", () => {
    const values = positionValues(onEntry, cross({ backing: 30_000 }));
    expect(values).toMatchObject({ liquidationPrice: null, bankruptcyPrice: null });
  });

  test("nothing is printed of a flat position", () => {
    expect(positionValues(onEntry, cross({ side: 0, qty: 0 }))).toEqual({
      liquidationPrice: null,
      bankruptcyPrice: null,
      initialMargin: 0,
      maintenanceMargin: 0,
    });
  });
});
