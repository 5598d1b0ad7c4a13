import { describe, expect, test } from "vitest";
import type { MarginTier } from "#engine/model/instrument.ts";
import type { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  type Candle,
  type FixtureOptions,
  runMarket,
  runScript,
  type Script,
  shortFills,
} from "#sim/testing/fixture.ts";

const still = (price: number): Candle => [price, price, price, price];
const down = (low: number): Candle => [100, 100, low, 100];
const buy = (qty: number): Script => ({ 0: (ctx) => ctx.enterLong({ qty }) });
const tiers: readonly MarginTier[] = [
  { upTo: 1_000, maintenancePct: 1, maxLeverage: 50, deduction: 0 },
  { upTo: 2_000, maintenancePct: 2, maxLeverage: 25, deduction: 10 },
  { upTo: Number.POSITIVE_INFINITY, maintenancePct: 5, maxLeverage: 10, deduction: 70 },
];

describe("down through the tiers", () => {
  const run = (last: Candle, options: FixtureOptions = {}, qty = 20): Backtest =>
    runScript([still(100), still(100), last], buy(qty), {
      leverage: 10,
      instrument: { tiers },
      ...options,
    });
  const steps = (backtest: Backtest): unknown[] =>
    shortFills(backtest)
      .slice(1)
      .map(([, , side, qty, price, reason]) => [side, qty, price, reason]);

  test("2,000 of the second tier: 91.50 takes half of it at 90, 91.00 the rest", () => {
    // Margin 200, maintenance 30 for the whole and 10 for the half.
    expect(steps(run(down(91.51)))).toEqual([]);
    expect(steps(run(down(91.5)))).toEqual([["sell", 10, 90, "liquidation"]]);
    expect(steps(run(down(91.01)))).toEqual([["sell", 10, 90, "liquidation"]]);
    expect(steps(run(down(91)))).toEqual([
      ["sell", 10, 90, "liquidation"],
      ["sell", 10, 90, "liquidation"],
    ]);
  });

  test("what is left keeps its own share of the margin, and the trade goes on", () => {
    const backtest = run(down(91.2));
    const [symbol] = backtest.exchange.symbols;
    expect(symbol).toMatchObject({ margin: 100, liquidation: 91 });
    expect(backtest.engine.liquidationPrices[0]).toBe(91);
    const { trades, openTrades, totals } = backtestResult(backtest);
    expect(trades).toEqual([]);
    expect(openTrades).toMatchObject([{ qty: 20, grossPnl: -100, side: "long" }]);
    expect(totals.liquidations).toBe(1);
    expect(backtest.engine.ledger.wallet).toBe(9_900);
    expect(backtest.exchange.account.free).toBe(9_800);
  });

  test("the fee is taken on what goes", () => {
    const backtest = run(down(91.2), { settings: { liquidationPct: 1 } });
    expect(backtestResult(backtest).totals.liqFees).toBe(9);
    // Without a free balance there is nothing to pay it with: the margin of the rest stays.
    const poor = run(down(91.2), { balance: 200, settings: { liquidationPct: 1 } });
    expect(backtestResult(poor).totals.liqFees).toBe(0);
    expect(poor.exchange.account.wallet).toBe(100);
    expect(poor.exchange.symbols[0]?.margin).toBe(100);
  });

  test("an open beyond all of them takes every step at once", () => {
    // Three tiers: 3,000 down to 2,000, to 1,000, to nothing.
    expect(steps(run(still(80), {}, 30))).toEqual([
      ["sell", 10, 90, "liquidation"],
      ["sell", 10, 90, "liquidation"],
      ["sell", 10, 90, "liquidation"],
    ]);
  });

  test("on mark the tier is that of the value at the mark", () => {
    const backtest = run(down(91), { settings: { maintenanceOn: "mark" } });
    // 20 × 100 − 200 − 10 over 20 × 0.98 is 91.3265; 1,000 of that are 10.949.
    expect(steps(backtest)).toEqual([["sell", 9.051, 90, "liquidation"]]);
  });

  test("short positions step as well, and `whole` does not step at all", () => {
    const short: Script = { 0: (ctx) => ctx.enterShort({ qty: 20 }) };
    const up = runScript([still(100), still(100), [100, 108.5, 100, 100]], short, {
      leverage: 10,
      instrument: { tiers },
    });
    expect(steps(up)).toEqual([["buy", 10, 110, "liquidation"]]);
    expect(steps(run(down(91.5), { settings: { liquidation: "whole" } }))).toEqual([
      ["sell", 20, 90, "liquidation"],
    ]);
  });

  test("stops stay with what is left, and end with it", () => {
    const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 20, stopLoss: 91.1 }) };
    const backtest = runScript([still(100), still(100), down(91.05)], script, {
      leverage: 10,
      instrument: { tiers },
    });
    expect(steps(backtest)).toEqual([
      ["sell", 10, 90, "liquidation"],
      ["sell", 10, 91.1, "stopLoss"],
    ]);
    const { trades, totals } = backtestResult(backtest);
    expect(trades).toMatchObject([{ qty: 20, exitPrice: 90.55, netPnl: -189 }]);
    // The stop was for 20: what it could not fill ends with the position.
    expect(totals.orders).toMatchObject({ placed: 2, cancelled: 1 });
  });
});

describe("resting orders go first", () => {
  const script: Script = {
    0: (ctx) => {
      ctx.enterLong({ qty: 10 });
      ctx.order({ side: "buy", type: "limit", price: 50, qty: 1 });
      ctx.order({ side: "sell", type: "limit", price: 150, qty: 10, reduceOnly: true });
      ctx.order({ side: "buy", type: "stopMarket", trigger: 150, qty: 1 });
    },
  };
  const candles = [still(100), still(100), down(90)];

  test("isolated: those of the symbol that hold margin", () => {
    const market = runMarket(
      [
        { symbol: "AAA", candles, script },
        { symbol: "BBB", candles: candles.map(() => still(100)), script },
      ],
      { leverage: 10 },
    );
    const [hit, other] = market.exchange.symbols;
    expect(hit?.orders.map((order) => order.triggerTicks)).toEqual([15_000]);
    expect(other?.orders).toHaveLength(3);
  });

  test("cross: those of every symbol", () => {
    const market = runMarket(
      [
        { symbol: "AAA", candles: [still(100), still(100), down(10)], script },
        {
          symbol: "BBB",
          candles: candles.map(() => still(100)),
          script: { 0: script[0] as never },
        },
      ],
      { leverage: 10, balance: 600, settings: { marginMode: "cross" } },
    );
    expect(market.exchange.symbols.flatMap((one) => one.orders.length)).toEqual([1, 1]);
    expect(market.exchange.account.bankruptcies).toBe(1);
  });
});

describe("cross margin", () => {
  test("the position beyond its first tier is reduced, the other one stays", () => {
    const market = runMarket(
      [
        {
          symbol: "AAA",
          candles: [still(100), still(100), down(91.2)],
          script: buy(20),
          instrument: { tiers },
        },
        { symbol: "BBB", candles: [1, 2, 3].map(() => still(100)), script: buy(1) },
      ],
      { leverage: 10, balance: 210, settings: { marginMode: "cross" } },
    );
    // AAA's maintenance is 30, BBB's 0.50: 30.50 of equity are reached at 91.025.
    expect(backtestResult(market).totals.liquidations).toBe(0);
    const hit = runMarket(
      [
        {
          symbol: "AAA",
          candles: [still(100), still(100), down(91)],
          script: buy(20),
          instrument: { tiers },
        },
        { symbol: "BBB", candles: [1, 2, 3].map(() => still(100)), script: buy(1) },
      ],
      { leverage: 10, balance: 210, settings: { marginMode: "cross" } },
    );
    // Half of AAA with its share: 30.50 × 30 / 30.50 over 20 below the mark of 91.025.
    expect(shortFills(hit)[2]).toEqual([2, "inside", "sell", 10, 89.53, "liquidation"]);
    expect(hit.exchange.symbols.map((one) => one.position.qty)).toEqual([10, 1]);
    expect(hit.exchange.account.bankruptcies).toBe(0);
  });
});

describe("Hyperliquid", () => {
  const flatTier: readonly MarginTier[] = [
    { upTo: Number.POSITIVE_INFINITY, maintenancePct: 2, maxLeverage: 25, deduction: 0 },
  ];
  const run = (qty: number, last: Candle, options: FixtureOptions = {}): Backtest =>
    runScript([still(100), still(100), last, still(100)], buy(qty), {
      leverage: 10,
      balance: 100_000,
      instrument: { tiers: flatTier },
      ...options,
      settings: { liquidation: "hyperliquid", maintenanceOn: "mark", ...options.settings },
    });
  const steps = (backtest: Backtest): unknown[] =>
    shortFills(backtest)
      .slice(1)
      .map(([bar, , , qty, price]) => [bar, qty, price]);

  test("up to 100,000 the position goes at the market, and what is left of the margin comes back", () => {
    // 1,000 × 100 at 10x: 90,000 / (1,000 × 0.98) = 91.8367.
    const backtest = run(1_000, down(91.5));
    expect(steps(backtest)).toEqual([[2, 1_000, 91.83]]);
    expect(backtest.exchange.account.free).toBeCloseTo(100_000 - 8_170, 6);
    expect(backtestResult(backtest).totals.liqFees).toBe(0);
  });

  test("above it a fifth goes first, the margin stays with the rest, and within the cooldown all of it", () => {
    const first = run(2_000, down(91.5));
    expect(steps(first)).toEqual([[2, 400, 91.83]]);
    const [symbol] = first.exchange.symbols;
    expect(symbol?.margin).toBeCloseTo(20_000 - 400 * 8.17, 6);
    expect(symbol?.liquidation).toBeCloseTo((160_000 - 16_732) / (1_600 * 0.98), 6);
    expect(steps(run(2_000, down(91)))).toEqual([
      [2, 400, 91.83],
      [2, 1_600, 91.36],
    ]);
  });

  test("below two thirds of the maintenance margin the backstop takes position and margin", () => {
    // Left of 20,000 at 90.50: 1,000; two thirds of 3,620 are 2,413.33.
    const backtest = run(2_000, still(90.5));
    expect(steps(backtest)).toEqual([[2, 2_000, 90]]);
    expect(backtest.exchange.account.free).toBe(80_000);
    // At 91.40: 2,800 of 3,656, so the market has it.
    expect(steps(run(2_000, still(91.4)))[0]).toEqual([2, 400, 91.4]);
  });

  test("slippage counts, but not beyond bankruptcy", () => {
    const fixed = (bps: number): unknown =>
      steps(run(1_000, down(91.5), { settings: { slippage: { kind: "fixed", bps } } }))[0];
    // Bought at 100.10: 90,090 / 980 = 91.9286, sold for a tenth of a per cent less.
    expect(fixed(10)).toEqual([2, 1_000, 91.82]);
    // Bought at 103 on 10,300: liquidated at 94.59, three per cent below is beyond 92.70.
    expect(fixed(300)).toEqual([2, 1_000, 92.7]);
  });

  test("cross: the largest goes to the market until the rest is safe", () => {
    const market = runMarket(
      [
        { symbol: "AAA", candles: [still(100), still(100), down(80)], script: buy(500) },
        { symbol: "BBB", candles: [1, 2, 3].map(() => still(100)), script: buy(100) },
      ],
      {
        leverage: 25,
        balance: 4_000,
        instrument: { tiers: flatTier },
        settings: { marginMode: "cross", liquidation: "hyperliquid", maintenanceOn: "mark" },
      },
    );
    const [, , sold, ...rest] = shortFills(market);
    // 500 × 100 − 4,000 + 50 over 500 × 0.995 with the tier of the fixture.
    expect(sold?.slice(2)).toEqual(["sell", 500, 92.56, "liquidation"]);
    expect(rest).toEqual([]);
    expect(market.exchange.account.equity).toBeCloseTo(4_000 - 500 * 7.44, 6);
    expect(market.exchange.account.bankruptcies).toBe(0);
  });
});
