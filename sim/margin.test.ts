import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MarginTier } from "#engine/model/instrument.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  bankruptcyPrice,
  liquidationPrice,
  type MarginTerms,
  maintenanceMargin,
  tierOf,
} from "#sim/margin.ts";
import { type Candle, fundingOf, runScript, type Script } from "#sim/testing/fixture.ts";
import { runs } from "#sim/testing/seed.ts";

/** Tiers with the deductions that make the margin continuous. */
function tiersOf(
  bounds: readonly (readonly [upTo: number, maintenancePct: number])[],
): MarginTier[] {
  let deduction = 0;
  return bounds.map(([upTo, maintenancePct], at) => {
    const before = bounds[at - 1];
    if (before !== undefined) deduction += (before[0] * (maintenancePct - before[1])) / 100;
    return { upTo, maintenancePct, maxLeverage: 50 / maintenancePct, deduction };
  });
}

const one = (maintenancePct: number): readonly MarginTier[] =>
  tiersOf([[Number.POSITIVE_INFINITY, maintenancePct]]);
const long: Script = { 0: (ctx) => ctx.enterLong({ qty: 1 }) };
const short: Script = { 0: (ctx) => ctx.enterShort({ qty: 1 }) };
const still = (price: number): Candle => [price, price, price, price];

describe("Bybit's published examples", () => {
  const entry: MarginTerms = { tiers: one(0.5), maintenanceOn: "entry" };
  const mark: MarginTerms = { tiers: one(0.5), maintenanceOn: "mark" };

  test("maintenance margin of 3,500 over five tiers is 92.5", () => {
    // Help centre, "Maintenance Margin (USDT Contract)": 1000 at 2 %, 1000 at 2.5 %, 1000 at 3 %, 500 at 3.5 %.
    const tiers = tiersOf([
      [1_000, 2],
      [2_000, 2.5],
      [3_000, 3],
      [4_000, 3.5],
      [5_000, 4],
    ]);
    expect(tiers.map((tier) => tier.deduction)).toEqual([0, 5, 15, 30, 50]);
    expect(maintenanceMargin(tiers, 3_500)).toBeCloseTo(92.5, 10);
    expect(tierOf(tiers, 1e9).maintenancePct).toBe(4);
  });

  test("bankruptcy of 1 at 10,000 with 50x is at 9,800, of the short at 10,200", () => {
    // Help centre, "Bankruptcy Price (USDT Contract)".
    expect(bankruptcyPrice(1, 1, 10_000, 200)).toBe(9_800);
    expect(bankruptcyPrice(-1, 1, 10_000, 200)).toBe(10_200);
  });

  test.each([
    // Help centre, "Liquidation Price (USDT Contract)".
    ["long with 50x", entry, 1, 400, 19_700],
    ["short with 3,000 of margin added", entry, -1, 3_400, 23_300],
    ["long after 200 of funding out of the margin", entry, 1, 200, 19_900],
    // The same condition with the maintenance margin on the mark price.
    ["long on mark", mark, 1, 400, 19_698.4925],
    ["short on mark", mark, -1, 400, 20_298.5075],
  ] as const)("1 at 20,000: %s", (_, terms, side, margin, price) => {
    expect(liquidationPrice(terms, side, 1, 20_000, margin)).toBeCloseTo(price, 4);
  });

  test.each([
    ["long", long, "entry", 19_700, 19_600],
    ["short", short, "entry", 20_300, 20_400],
    ["long", long, "mark", 19_698.4925, 19_600],
    ["short", short, "mark", 20_298.5075, 20_400],
  ] as const)("as a run: %s with maintenance on %s", (...row) => {
    const [, script, maintenanceOn, liquidation, bankruptcy] = row;
    const options = { leverage: 50, settings: { maintenanceOn } } as const;
    const run = runScript([still(20_000), still(20_000)], script, options);
    const [symbol] = run.exchange.symbols;
    expect(symbol?.margin).toBe(400);
    expect(symbol?.bankruptcy).toBe(bankruptcy);
    expect(symbol?.liquidation).toBeCloseTo(liquidation, 4);
    expect(run.engine.liquidationPrices[0]).toBe(symbol?.liquidation);
    // One tick before the price nothing happens, at it everything.
    const side = script === long ? 1 : -1;
    const near = Math.round(liquidation * 100) / 100 + side * 0.01;
    const beyond = Math.round(liquidation * 100) / 100 - side * 0.01;
    const reach = (price: number): Candle => [
      20_000,
      Math.max(20_000, price),
      Math.min(20_000, price),
      20_000,
    ];
    const at = (price: number): number =>
      backtestResult(runScript([still(20_000), still(20_000), reach(price)], script, options))
        .totals.liquidations;
    expect([at(near), at(beyond)]).toEqual([0, 1]);
  });
});

describe("Hyperliquid's published examples", () => {
  test("1 ETH at 3,000 with 10x of at most 25x: long at 2,755.10, short at 3,235.29", () => {
    const terms: MarginTerms = { tiers: one(2), maintenanceOn: "mark" };
    const price = liquidationPrice(terms, 1, 1, 3_000, 300);
    expect(price).toBeCloseTo(2_755.102, 3);
    // There the margin is 300 − 244.90 = 55.10 = 2755.10 × 0.02.
    expect(300 - (3_000 - price)).toBeCloseTo(price * 0.02, 9);
    expect(liquidationPrice(terms, -1, 1, 3_000, 300)).toBeCloseTo(3_235.294, 3);
  });

  test("the account of the documentation: ETH 0.0335, raw USD −95.059824, at most 50x", () => {
    const terms: MarginTerms = { tiers: one(1), maintenanceOn: "mark" };
    // The raw USD of a long is its margin less what it cost.
    expect(liquidationPrice(terms, 1, 0.0335, 95.059824 + 5, 5)).toBeCloseTo(2_866.26938, 3);
  });

  test("as a run", () => {
    const options = {
      leverage: 10,
      instrument: { tiers: one(2) },
      settings: { maintenanceOn: "mark" },
    } as const;
    const run = runScript([still(3_000), still(3_000)], long, options);
    expect(run.exchange.symbols[0]?.liquidation).toBeCloseTo(2_755.102, 3);
    const other = runScript([still(3_000), still(3_000)], short, options);
    expect(other.exchange.symbols[0]?.liquidation).toBeCloseTo(3_235.294, 3);
  });

  test("mainnet's BTC tiers are continuous: 40x up to 150 M, then 20x", () => {
    const tiers = tiersOf([
      [150e6, 1.25],
      [Number.POSITIVE_INFINITY, 2.5],
    ]);
    expect(tiers[1]?.deduction).toBe(1_875_000);
    expect(maintenanceMargin(tiers, 150e6)).toBe(1_875_000);
    expect(maintenanceMargin(tiers, 150e6 + 1)).toBeCloseTo(1_875_000.025, 3);
  });
});

describe("tiers", () => {
  const tiers = fc
    .array(
      fc.record({ width: fc.integer({ min: 1, max: 1e6 }), step: fc.integer({ min: 0, max: 20 }) }),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((rows) => {
      let upTo = 0;
      let rate = 0.4;
      const bounds = rows.map((row, at) => {
        upTo += row.width;
        rate += row.step / 10;
        return [at === rows.length - 1 ? Number.POSITIVE_INFINITY : upTo, rate] as const;
      });
      return tiersOf(bounds);
    });

  test("the maintenance margin is continuous at every bound and never falls", () => {
    const property = fc.property(tiers, fc.nat(5e6), fc.nat(1e6), (list, value, more) => {
      expect(maintenanceMargin(list, value + more)).toBeGreaterThanOrEqual(
        maintenanceMargin(list, value),
      );
      list.slice(0, -1).forEach((tier) => {
        const left = maintenanceMargin(list, tier.upTo);
        const right = maintenanceMargin(list, tier.upTo * (1 + 1e-12));
        expect(right - left).toBeLessThanOrEqual(1e-9 * Math.max(1, left));
      });
    });
    fc.assert(property, runs(200));
  });

  test("at the liquidation price on mark exactly the maintenance margin is left", () => {
    const property = fc.property(
      tiers,
      fc.constantFrom(1, -1),
      fc.integer({ min: 1, max: 5e6 }),
      fc.integer({ min: 2, max: 100 }),
      (list, side, entryValue, leverage) => {
        const margin = entryValue / leverage;
        const price = liquidationPrice(
          { tiers: list, maintenanceOn: "mark" },
          side,
          1,
          entryValue,
          margin,
        );
        if (price === 0) return;
        const left = margin + side * (price - entryValue);
        expect(Math.abs(left - maintenanceMargin(list, price))).toBeLessThanOrEqual(
          1e-9 * entryValue,
        );
      },
    );
    fc.assert(property, runs(500));
  });

  test("on entry the tier is that of the position's entry value", () => {
    const property = fc.property(
      tiers,
      fc.constantFrom(1, -1),
      fc.integer({ min: 1, max: 5e6 }),
      (list, side, value) => {
        const margin = value / 10;
        const price = liquidationPrice(
          { tiers: list, maintenanceOn: "entry" },
          side,
          1,
          value,
          margin,
        );
        const expected = value - side * (margin - maintenanceMargin(list, value));
        expect(price).toBeCloseTo(Math.max(0, expected), 6);
      },
    );
    fc.assert(property, runs(200));
  });

  test("a long without leverage is liquidated at no price above that of its maintenance", () => {
    expect(liquidationPrice({ tiers: one(0.5), maintenanceOn: "mark" }, 1, 1, 100, 100)).toBe(0);
    expect(liquidationPrice({ tiers: one(0.5), maintenanceOn: "entry" }, 1, 1, 100, 150)).toBe(0);
  });
});

describe("margin of a run", () => {
  test("adds lock their initial margin, reductions free their share", () => {
    const run = runScript(
      [still(100), still(100), still(110), still(120), still(120)],
      {
        0: (ctx) => ctx.enterLong({ qty: 10 }),
        1: (ctx) => ctx.enterLong({ qty: 10, add: true }),
        2: (ctx) => ctx.exit({ qty: 5 }),
      },
      { leverage: 10, balance: 1_000 },
    );
    const [symbol] = run.exchange.symbols;
    // 100 + 110, less a quarter; realised 5 × (120 − 105).
    expect(symbol?.margin).toBeCloseTo(157.5, 10);
    expect(run.exchange.account.wallet).toBe(1_075);
    expect(run.exchange.account.available).toBeCloseTo(917.5, 10);
  });

  test("funding is size × mark × rate, longs pay a positive rate and shorts receive it", () => {
    const options = {
      funding: fundingOf([[2, 0.0001]]),
      marks: [still(100), still(100), still(102), still(102)],
    };
    const bars = [still(100), still(100), still(105), still(105)];
    const funding = (script: Script): number =>
      backtestResult(runScript(bars, script, options)).totals.funding;
    expect(funding(long)).toBeCloseTo(-0.0102, 12);
    expect(funding(short)).toBeCloseTo(0.0102, 12);
  });

  test("Hyperliquid's hourly funding is an eighth of the rate of eight hours on the oracle price", () => {
    // Documentation: premium 1 %, F = 0.95 % per 8 h, so 0.11875 % of 10,000 every hour.
    const rate = 0.0095 / 8;
    const bars = Array.from({ length: 5 }, () => still(10_000));
    const run = runScript(bars, long, {
      balance: 100_000,
      funding: fundingOf([2, 3, 4].map((bar) => [bar, rate])),
    });
    expect(backtestResult(run).totals.funding).toBeCloseTo(-3 * 11.875, 9);
  });

  test("a position that grows pays for what it was at the stamp, not for what it became", () => {
    const bars = Array.from({ length: 5 }, () => still(100));
    const run = runScript(
      bars,
      { ...long, 2: (ctx) => ctx.enterLong({ qty: 9, add: true }) },
      {
        funding: fundingOf([
          [2, 0.001],
          [3, 0.001],
          [4, 0.001],
        ]),
      },
    );
    // 1 at bar 2; the fill at the open of bar 3 counts as after that stamp; 10 at bar 4.
    expect(backtestResult(run).totals.funding).toBeCloseTo(-0.1 - 0.1 - 1, 12);
  });

  test("an exit that neither margin nor balance can bear becomes a liquidation", () => {
    // The mark stands still, so nothing is liquidated by it; the last price goes through bankruptcy at 90.
    const run = runScript(
      [still(100), still(100), [100, 100, 80, 80], still(80)],
      { 0: (ctx) => ctx.enterLong({ qty: 100, stopLoss: 85 }) },
      { leverage: 10, balance: 1_000, marks: Array.from({ length: 4 }, () => still(100)) },
    );
    const result = backtestResult(run);
    expect(result.trades).toMatchObject([
      { exitReason: "liquidation", exitPrice: 90, netPnl: -1_000 },
    ]);
    expect(result.equity.equity.at(-1)).toBe(0);
    expect(result.totals.orders).toMatchObject({ filled: 1, cancelled: 1 });
    // With money to spare the same stop is an ordinary, dear exit.
    const rich = runScript(
      [still(100), still(100), [100, 100, 80, 80], still(80)],
      { 0: (ctx) => ctx.enterLong({ qty: 100, stopLoss: 85 }) },
      { leverage: 10, balance: 2_000, marks: Array.from({ length: 4 }, () => still(100)) },
    );
    expect(backtestResult(rich).trades).toMatchObject([{ exitReason: "stopLoss", netPnl: -1_500 }]);
  });

  test("a liquidation ends the protection and what holds margin; a waiting entry opens a new position", () => {
    const run = runScript(
      [still(100), still(100), [100, 100, 88, 89], still(89), still(89)],
      {
        0: (ctx) => {
          ctx.enterLong({ qty: 1, takeProfit: 120 });
          ctx.order({ side: "buy", type: "limit", price: 89.5, qty: 1 });
          ctx.order({ side: "buy", type: "takeProfitMarket", trigger: 89, qty: 1 });
        },
      },
      { leverage: 10 },
    );
    const result = backtestResult(run);
    expect(result.trades).toMatchObject([{ exitReason: "liquidation", exitPrice: 90 }]);
    expect(result.openTrades).toMatchObject([{ entryPrice: 89, qty: 1 }]);
    expect(result.totals.orders).toMatchObject({ filled: 2, cancelled: 2 });
    expect(run.exchange.symbols[0]?.orders).toEqual([]);
  });
});
