import { describe, expect, test } from "vitest";
import type { MarginTier } from "#engine/model/instrument.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  type Candle,
  type FixtureOptions,
  runMarket,
  runScript,
  type Script,
} from "#sim/testing/fixture.ts";

const flat: Candle = [100, 100, 100, 100];
const bars = [flat, flat, flat, flat];

function limit(ctx: SymbolContext, side: "buy" | "sell", qty: number, price: number): void {
  ctx.order({ side, type: "limit", qty, price });
}

/** Margin that the orders of the only symbol hold at the end, and how many were refused for what. */
function reserved(script: Script, options: FixtureOptions = {}): [number, unknown] {
  const run = runScript(bars, script, { leverage: 10, ...options });
  const { account, symbols } = run.exchange;
  const held = account.orderMargin(symbols[0] as (typeof symbols)[0]);
  expect(account.available).toBeCloseTo(account.free - held, 9);
  return [held, backtestResult(run).totals.orders.rejected];
}

describe("what resting orders hold", () => {
  test("value / leverage and the fee to open", () => {
    const script: Script = { 0: (ctx) => limit(ctx, "buy", 10, 90) };
    expect(reserved(script)).toEqual([90, {}]);
    expect(reserved(script, { settings: { takerPct: 0.1 } })[0]).toBeCloseTo(90.9, 10);
  });

  test("of buys and sells the side that needs more", () => {
    const script: Script = {
      0: (ctx) => {
        limit(ctx, "buy", 10, 90);
        limit(ctx, "buy", 10, 80);
        limit(ctx, "sell", 12, 110);
      },
    };
    expect(reserved(script)).toEqual([170, {}]);
    expect(reserved({ 0: (ctx) => limit(ctx, "sell", 12, 110) })).toEqual([132, {}]);
  });

  test("nothing for what waits for its trigger, only reduces or only closes", () => {
    const script: Script = {
      0: (ctx) => {
        ctx.enterLong({ qty: 10 });
        ctx.order({ side: "buy", type: "stopMarket", trigger: 120, qty: 500 });
        ctx.order({ side: "buy", type: "stopLimit", trigger: 120, price: 125, qty: 500 });
        ctx.order({ side: "sell", type: "limit", price: 120, qty: 10, reduceOnly: true });
      },
      1: (ctx) => limit(ctx, "sell", 10, 115),
    };
    expect(reserved(script)).toEqual([0, {}]);
  });

  test("of what turns the position around, the part beyond what closing sets free", () => {
    const long: Script = { 0: (ctx) => ctx.enterLong({ qty: 10 }) };
    // Closing 10 gives 100 back and 100 of profit at 110.
    expect(reserved({ ...long, 1: (ctx) => limit(ctx, "sell", 20, 110) })[0]).toBe(0);
    // Opening 30 at 110 needs 330.
    expect(reserved({ ...long, 1: (ctx) => limit(ctx, "sell", 40, 110) })[0]).toBeCloseTo(130, 9);
  });

  test("a partial fill moves its share from the order to the position", () => {
    const run = runScript(
      [flat, [100, 100, 89, 100, 40], flat],
      { 0: (ctx) => limit(ctx, "buy", 10, 90) },
      { leverage: 10, settings: { participationPct: 10 } },
    );
    const { account, symbols } = run.exchange;
    expect(symbols[0]?.margin).toBe(36);
    expect(10_000 - account.available).toBeCloseTo(90, 9);
  });

  test("an end gives it back: cancelled, filled elsewhere in its group, amended to less", () => {
    const orders = (ctx: SymbolContext): number => ctx.orders[0]?.ref ?? 0;
    const one: Script = { 0: (ctx) => limit(ctx, "buy", 10, 90) };
    expect(reserved({ ...one, 1: (ctx) => ctx.cancel(orders(ctx)) })[0]).toBe(0);
    expect(reserved({ ...one, 1: (ctx) => ctx.amend(orders(ctx), { qty: 4 }) })[0]).toBe(36);
    expect(reserved({ ...one, 1: (ctx) => ctx.amend(orders(ctx), { price: 50 }) })[0]).toBe(50);
    const group: Script = {
      0: (ctx) => {
        ctx.order({ side: "buy", type: "limit", price: 90, qty: 10, oco: "a" });
        ctx.order({ side: "buy", type: "limit", price: 99.99, qty: 4, oco: "a" });
      },
    };
    const run = runScript([flat, [100, 100, 99, 100], flat], group, { leverage: 10 });
    expect(run.exchange.symbols[0]?.orders).toEqual([]);
    expect(run.exchange.account.available).toBeCloseTo(10_000 - 39.996, 9);
  });
});

describe("what the margin does not carry is refused on arrival", () => {
  const refused = { insufficientMargin: 1 };

  test("the second order of a side, not the other side", () => {
    const both = (side: "buy" | "sell"): Script => ({
      0: (ctx) => {
        limit(ctx, "buy", 600, 90);
        limit(ctx, side, 600, side === "buy" ? 90 : 110);
      },
    });
    expect(reserved(both("buy"))).toEqual([5_400, refused]);
    expect(reserved(both("sell"))).toEqual([6_600, {}]);
  });

  test("an order at market leaves alone what rests, whatever the symbol", () => {
    const script: Script = {
      0: (ctx) => limit(ctx, "buy", 600, 90),
      1: (ctx) => ctx.order({ side: "buy", qty: 500 }),
    };
    expect(reserved(script)[1]).toEqual(refused);
    const candles = bars;
    const market = runMarket(
      [
        { symbol: "AAA", candles, script: { 0: (ctx) => limit(ctx, "buy", 600, 90) } },
        { symbol: "BBB", candles, script: { 1: (ctx) => ctx.enterLong({ qty: 500 }) } },
      ],
      { leverage: 10 },
    );
    expect(backtestResult(market).totals.orders.rejected).toEqual(refused);
  });

  test("a stop that goes off is refused then, and its limit too", () => {
    const stops: Script = {
      0: (ctx) => {
        limit(ctx, "buy", 600, 90);
        ctx.order({ side: "buy", type: "stopMarket", trigger: 105, qty: 500 });
      },
    };
    const run = runScript([flat, flat, [100, 106, 100, 106]], stops, { leverage: 10 });
    expect(backtestResult(run).fills).toEqual([]);
    expect(backtestResult(run).totals.orders).toMatchObject({ cancelled: 1, rejected: {} });
  });

  test("an amend that enlarges, not one that does not", () => {
    const run = (change: { readonly price?: number; readonly qty?: number }): unknown => {
      const script: Script = {
        0: (ctx) => limit(ctx, "buy", 1_000, 90),
        1: (ctx) => ctx.amend(ctx.orders[0]?.ref ?? 0, change),
      };
      const { symbols } = runScript(bars, script, { leverage: 10 }).exchange;
      return [symbols[0]?.orders[0]?.qtyLots, symbols[0]?.orders[0]?.priceTicks];
    };
    expect(run({ qty: 1_200 })).toEqual([1_000_000, 9_000]);
    expect(run({ qty: 1_100 })).toEqual([1_100_000, 9_000]);
    expect(run({ qty: 1_200, price: 80 })).toEqual([1_200_000, 8_000]);
  });

  test("the margin of a resting order is its own: a market order between does not take it", () => {
    const script: Script = {
      0: (ctx) => limit(ctx, "buy", 300, 90),
      1: (ctx) => ctx.order({ side: "buy", qty: 200 }),
      2: (ctx) => ctx.order({ side: "buy", qty: 50 }),
    };
    const run = runScript([flat, flat, flat, flat, [100, 100, 89, 95]], script, { leverage: 5 });
    const { fills, totals } = backtestResult(run);
    // 10,000 − 5,400 − 4,000 are not enough for another 1,000.
    expect(fills.map((fill) => fill.qty)).toEqual([200, 300]);
    expect(totals.orders.rejected).toEqual(refused);
  });
});

describe("tiers bound the size at a leverage", () => {
  const tiers: readonly MarginTier[] = [
    { upTo: 10_000, maintenancePct: 1, maxLeverage: 50, deduction: 0 },
    { upTo: 20_000, maintenancePct: 2, maxLeverage: 20, deduction: 100 },
    { upTo: Number.POSITIVE_INFINITY, maintenancePct: 5, maxLeverage: 10, deduction: 700 },
  ];
  const options = (leverage: number): FixtureOptions => ({ leverage, instrument: { tiers } });
  const tooHigh = { leverageTooHigh: 1 };

  test.each([
    [50, 100, {}],
    [50, 100.001, tooHigh],
    [20, 200, {}],
    [20, 200.001, tooHigh],
    [10, 900, {}],
    [60, 0.001, tooHigh],
  ])("at %dx a position of %d at 100", (leverage, qty, rejected) => {
    const market: Script = { 0: (ctx) => ctx.enterLong({ qty }) };
    expect(reserved(market, options(leverage))[1]).toEqual(rejected);
    const resting: Script = { 0: (ctx) => limit(ctx, "sell", qty, 100) };
    expect(reserved(resting, options(leverage))[1]).toEqual(rejected);
  });

  test("resting orders of the side and the position count together, what closes does not", () => {
    const script: Script = {
      0: (ctx) => {
        ctx.enterLong({ qty: 50 });
        limit(ctx, "buy", 40, 90);
      },
      1: (ctx) => {
        limit(ctx, "buy", 30, 90);
        limit(ctx, "sell", 140, 110);
      },
    };
    expect(reserved(script, options(50))[1]).toEqual(tooHigh);
  });
});
