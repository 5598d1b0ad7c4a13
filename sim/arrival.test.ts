import { describe, expect, test } from "vitest";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import type { OrderChange } from "#engine/strategy/order-desk.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  barsOf,
  type Candle,
  configOf,
  type FixtureOptions,
  finished,
  HOUR,
  runMarket,
  runScript,
  type Script,
  START,
  symbolOf,
} from "#sim/testing/fixture.ts";

const flat: Candle = [100, 101, 99, 100, 1000];

/** Bar of the fill, side, quantity, price, liquidity. */
function fillsOf(
  candles: readonly Candle[],
  script: Script,
  options: FixtureOptions = {},
): unknown[] {
  return backtestResult(runScript(candles, script, options)).fills.map((fill) => [
    (fill.time - START) / HOUR,
    fill.side,
    fill.qty,
    fill.price,
    fill.liquidity,
  ]);
}

test("a limit amended to beyond the market takes at the price it meets, not at its own", () => {
  let ref = 0;
  const script: Script = {
    0: (ctx) => {
      ref = ctx.enterLong({ qty: 1, limit: 90 });
    },
    1: (ctx) => ctx.amend(ref, { price: 105 }),
  };
  expect(fillsOf([flat, flat, flat], script)).toEqual([[2, "buy", 1, 100, "taker"]]);
});

test("a resting limit whose size alone is amended stays a maker that needs a trade-through", () => {
  let ref = 0;
  const script: Script = {
    0: (ctx) => {
      ref = ctx.enterLong({ qty: 1, limit: 98 });
    },
    1: (ctx) => ctx.amend(ref, { qty: 2 }),
  };
  expect(fillsOf([flat, flat, [98, 99, 98, 99]], script)).toEqual([]);
  expect(fillsOf([flat, flat, [98, 99, 97.99, 99]], script)).toEqual([
    [3 - 1 / HOUR, "buy", 2, 98, "maker"],
  ]);
});

test("an amended stop whose trigger the open has passed fills at the open", () => {
  let ref = 0;
  const script: Script = {
    0: (ctx) => {
      ctx.enterLong({ qty: 1 });
      ref = ctx.order({ side: "sell", type: "stopMarket", trigger: 90, qty: 1, reduceOnly: true });
    },
    1: (ctx) => ctx.amend(ref, { trigger: 102 }),
  };
  expect(fillsOf([flat, flat, flat], script)[1]).toEqual([2, "sell", 1, 100, "taker"]);
});

test("an amended price above zero is demanded like that of a new order", () => {
  const amend = (change: { price?: number; trigger?: number }): Script => ({
    0: (ctx) => ctx.enterLong({ qty: 1, limit: 98 }),
    1: (ctx) => ctx.amend(ctx.orders[0]?.ref ?? 0, change),
  });
  expect(() => runScript([flat, flat], amend({ price: -1 }))).toThrow(/price above 0/);
});

test("every order meets the open, also when an earlier one takes others away", () => {
  // Two reduce-only orders leave with the position; the buy behind them is due at the same open.
  const script: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
    1: (ctx) => {
      const exit = { side: "sell", qty: 1, reduceOnly: true } as const;
      ctx.order({ ...exit, type: "limit", price: 130 });
      ctx.order({ ...exit, type: "limit", price: 131 });
      ctx.order({ side: "sell", type: "stopMarket", qty: 1, trigger: 95 });
      ctx.order({ side: "buy", type: "limit", price: 96, qty: 2 });
    },
  };
  const fills = fillsOf([flat, flat, flat, [92, 93, 91, 92]], script);
  expect(fills.slice(1)).toEqual([
    [3, "sell", 1, 92, "taker"],
    [3, "buy", 2, 96, "maker"],
  ]);
});

test("a stop triggers although the bar has no volume left, and fills with the next bar", () => {
  const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 10, stopLoss: 95 }) };
  const fills = fillsOf([flat, [100, 101, 94, 99, 100], [99, 100, 98, 99, 1000]], script, {
    settings: { participationPct: 10 },
  });
  expect(fills).toEqual([
    [1, "buy", 10, 100, "taker"],
    [2, "sell", 10, 99, "taker"],
  ]);
});

test("a fill in a bar without volume has no infinite impact", () => {
  const slippage = { kind: "spreadImpact", halfSpreadBps: 1, impactBps: 100 } as const;
  const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, stop: 105 }) };
  const fills = fillsOf([flat, [110, 111, 109, 110, 0]], script, {
    settings: { slippage, participationPct: null },
  });
  expect(fills).toEqual([[1, "buy", 1, 110.02, "taker"]]);
});

test("a command sent inside a longer bar does not act in it, whatever else fills there", () => {
  const hourly: Candle[] = Array.from({ length: 12 }, () => flat);
  const fourHourly: Candle[] = [flat, [100, 110, 90, 100, 1000], [104, 105, 103, 104, 1000]];
  const strategy = defineStrategy({
    name: "hourly-on-both",
    description: "Orders ETH by the hours of BTC",
    scope: "portfolio",
    onBars: (ctx) => {
      const eth = ctx.symbols[1];
      if (ctx.time === START + 4 * HOUR)
        eth?.order({ side: "buy", type: "limit", price: 95, qty: 1 });
      // In the middle of the second bar of ETH; its limit fills later in that bar, at an hour nobody knows.
      if (ctx.time === START + 6 * HOUR) eth?.order({ side: "buy", qty: 2 });
    },
  });
  const symbols = [
    symbolOf(barsOf(hourly), {}, "BTCUSDT"),
    symbolOf(barsOf(fourHourly, 4 * HOUR), {}, "ETHUSDT"),
  ];
  const backtest = finished(new Backtest(configOf(symbols, strategy)));
  const fills = backtestResult(backtest).fills.map((fill) => [
    (fill.time - START) / HOUR,
    fill.qty,
    fill.price,
  ]);
  expect(fills).toEqual([
    [8 - 1 / HOUR, 1, 95],
    [8, 2, 104],
  ]);
});

test("what leaves a position makes room for what enters another at the same open", () => {
  const leave: Script = {
    0: (ctx) => ctx.enterLong({ qty: 100 }),
    2: (ctx) => ctx.exit(),
  };
  const enter: Script = { 2: (ctx) => ctx.enterLong({ qty: 100 }) };
  const bars = [flat, flat, flat, flat, flat];
  for (const [first, second] of [
    [leave, enter],
    [enter, leave],
  ] as const) {
    const backtest = runMarket([
      { symbol: "AAA", candles: bars, script: first },
      { symbol: "BBB", candles: bars, script: second },
    ]);
    const result = backtestResult(backtest);
    expect(result.totals.orders.rejected).toEqual({});
    expect(result.fills).toHaveLength(3);
  }
});

test("liquidations of all symbols come before the resting orders of any at one open", () => {
  const base: Candle = [100, 101, 99, 100, 1000];
  const crash: Candle = [80, 81, 79, 80, 1000];
  const backtest = runMarket(
    [
      {
        symbol: "AAA",
        candles: [base, base, crash],
        script: { 0: (ctx) => ctx.enterLong({ qty: 1, limit: 82 }) },
      },
      {
        symbol: "BBB",
        candles: [base, base, crash],
        script: { 0: (ctx) => ctx.enterLong({ qty: 10 }) },
      },
    ],
    { leverage: 10, balance: 1000 },
  );
  const reasons = backtestResult(backtest).fills.map((fill) => fill.reason);
  expect(reasons).toEqual(["entry", "liquidation", "entry"]);
});

test("latency: cancel and amend act at the first open after their arrival, not before", () => {
  const ref = { value: 0 };
  const place = (then: Script): Script => ({
    0: (ctx) => {
      ref.value = ctx.enterLong({ qty: 1, limit: 96 });
    },
    ...then,
  });
  const late = { settings: { latencyMs: 1 } };
  const gap: Candle = [95, 97, 94, 96, 1000];
  // The cancel leaves at the close of bar 2; the open of bar 3 gaps through the limit first.
  const cancel = place({ 2: (ctx) => ctx.cancel(ref.value) });
  expect(fillsOf([flat, flat, flat, gap], cancel, late)).toEqual([[3, "buy", 1, 96, "maker"]]);
  expect(fillsOf([flat, flat, flat, gap], cancel)).toEqual([]);
  expect(fillsOf([flat, flat, flat, flat, gap], cancel, late)).toEqual([]);
  const amend = place({ 2: (ctx) => ctx.amend(ref.value, { price: 90 }) });
  expect(fillsOf([flat, flat, flat, gap], amend, late)).toEqual([[3, "buy", 1, 96, "maker"]]);
  expect(fillsOf([flat, flat, flat, flat, gap], amend, late)).toEqual([]);
});

test("latency: a cancel or amend sent with its order reaches the venue after it", () => {
  for (const latencyMs of [0, 1, HOUR, 3 * HOUR]) {
    const script: Script = {
      0: (ctx) => {
        const gone = ctx.order({ side: "buy", type: "limit", price: 90, qty: 1 });
        ctx.cancel(gone);
        const moved = ctx.order({ side: "buy", type: "limit", price: 80, qty: 1 });
        ctx.amend(moved, { price: 91, qty: 2 });
      },
    };
    const backtest = runScript([flat, flat, flat, flat, flat], script, { settings: { latencyMs } });
    expect(
      backtest.exchange.symbols[0]?.orders.map((one) => [one.priceTicks, one.qtyLots]),
    ).toEqual([[9_100, 2_000]]);
    expect(backtestResult(backtest).totals.orders).toMatchObject({ placed: 2, cancelled: 1 });
  }
});

test("latency: protection is in force in the bar of its entry while it takes less than a bar to arrive", () => {
  const dip: Candle = [100, 101, 90, 96, 1000];
  const market: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 }) };
  const late = { settings: { latencyMs: 1 } };
  expect(fillsOf([flat, dip, flat], market, late)[1]).toEqual([
    2 - 1 / HOUR,
    "sell",
    1,
    95,
    "taker",
  ]);
  const limit: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, limit: 98, stopLoss: 95 }) };
  expect(fillsOf([flat, dip, flat], limit, late)[1]).toEqual([
    2 - 1 / HOUR,
    "sell",
    1,
    95,
    "taker",
  ]);
  const slow = { settings: { latencyMs: HOUR } };
  const next: Candle = [94, 95, 93, 94, 1000];
  expect(fillsOf([flat, flat, dip, next], limit, slow)[1]).toEqual([3, "sell", 1, 94, "taker"]);
});

describe("a limit that is marketable when it arrives", () => {
  const thin: Candle = [100, 100.5, 99.5, 100, 20];
  const tenth = { settings: { participationPct: 10 } };

  test("takes on at the market with what its first bar left, never at its own price", () => {
    const script: Script = {
      0: (ctx) => ctx.order({ side: "buy", type: "limit", price: 150, qty: 5 }),
    };
    expect(fillsOf([thin, thin, [101, 101, 101, 101, 1000]], script, tenth)).toEqual([
      [1, "buy", 2, 100, "taker"],
      [2, "buy", 3, 101, "taker"],
    ]);
  });

  test("rests once the market has left it", () => {
    const script: Script = {
      0: (ctx) => ctx.order({ side: "buy", type: "limit", price: 100.2, qty: 5 }),
    };
    const away: Candle = [101, 102, 100.5, 101, 1000];
    const back: Candle = [101, 102, 100, 101, 1000];
    expect(fillsOf([thin, thin, away, back], script, tenth)).toEqual([
      [1, "buy", 2, 100, "taker"],
      [4 - 1 / HOUR, "buy", 3, 100.2, "maker"],
    ]);
  });

  test("waits for volume as a taker", () => {
    const script: Script = {
      0: (ctx) => ctx.order({ side: "buy", type: "limit", price: 110, qty: 1 }),
    };
    const empty: Candle = [100, 100, 100, 100, 0];
    expect(fillsOf([thin, empty, [101, 101, 101, 101, 1000]], script, tenth)).toEqual([
      [2, "buy", 1, 101, "taker"],
    ]);
  });
});

test("liquidation at the open comes before a stop, whether it was placed or moved there", () => {
  const gap: Candle = [90.2, 92, 90, 91, 1000];
  const enter = (stopLoss: number) => (ctx: SymbolContext) => ctx.enterLong({ qty: 10, stopLoss });
  const moved: Script = { 0: enter(80), 2: (ctx) => ctx.protect({ stopLoss: 95 }) };
  for (const script of [{ 0: enter(95) }, moved]) {
    const run = runScript([flat, flat, flat, gap], script, { leverage: 10 });
    expect(backtestResult(run).totals.liquidations).toBe(1);
  }
});

describe("an amend is held to the limits of a new order", () => {
  const small = { instrument: { maxQty: 2, minQty: 0.5 } };
  const run = (change: OrderChange) => {
    const answers: boolean[] = [];
    let ref = 0;
    const script: Script = {
      0: (ctx) => {
        ref = ctx.order({ side: "buy", type: "limit", price: 90, qty: 1 });
      },
      1: (ctx) => answers.push(ctx.amend(ref, change)),
    };
    const fills = fillsOf([flat, flat, [100, 100, 89, 90, 1000]], script, small);
    return [answers, fills.map((fill) => (fill as readonly unknown[])[2])];
  };

  test("a size beyond the maximum or below the minimum is refused, the order stays", () => {
    expect(run({ qty: 50 })).toEqual([[false], [1]]);
    expect(run({ qty: 0.1 })).toEqual([[false], [1]]);
    expect(run({ qty: 2 })).toEqual([[true], [2]]);
  });

  test.each([0, -3, Number.NaN])("a size of %s is a mistake of the strategy", (qty) => {
    expect(() => run({ qty })).toThrow("An order is amended to a qty above 0");
  });

  test("an order whose size comes down to what has filled is filled", () => {
    let ref = 0;
    const script: Script = {
      0: (ctx) => {
        ref = ctx.order({ side: "buy", type: "limit", price: 99.9, qty: 5 });
      },
      1: (ctx) => ctx.amend(ref, { qty: 2 }),
    };
    const thin: Candle = [100, 100, 99.5, 100, 20];
    const run = runScript([flat, thin, flat], script, { settings: { participationPct: 10 } });
    expect(backtestResult(run).totals.orders).toMatchObject({ filled: 1, cancelled: 0 });
  });
});

test("two amends on their way end at the last one, also when it goes back", () => {
  const script: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 }),
    1: (ctx) => {
      ctx.protect({ stopLoss: 97 });
      ctx.protect({ stopLoss: 95 });
    },
  };
  for (const latencyMs of [0, 1]) {
    const backtest = runScript([flat, flat, flat, flat], script, { settings: { latencyMs } });
    expect(backtest.exchange.symbols[0]?.orders.map((one) => one.triggerTicks)).toEqual([9_500]);
  }
});

test("under fillAt close the volume that the open took is gone at the close of that bar", () => {
  // 6 of 10 at the close of bar 0 and 4 at the open of bar 1, whose share is 10: 6 are left at its close.
  const fills = fillsOf(
    [
      [100, 101, 99, 100, 60],
      [100, 101, 99, 100, 100],
      [100, 101, 99, 100, 1000],
    ],
    {
      0: (ctx) => ctx.enterLong({ qty: 10 }),
      1: (ctx) => ctx.enterLong({ qty: 8, add: true }),
    },
    { settings: { fillAt: "close", participationPct: 10 } },
  );
  expect(fills.map((fill) => (fill as number[]).slice(0, 3))).toEqual([
    [1, "buy", 6],
    [1, "buy", 4],
    [2, "buy", 6],
    [2, "buy", 2],
  ]);
});

test("at one and the same level a stop acts before a limit, whichever came first", () => {
  const script: Script = {
    0: (ctx) => {
      ctx.order({ side: "sell", type: "limit", price: 105, qty: 1 });
      ctx.order({ side: "buy", type: "stopMarket", trigger: 105, qty: 2 });
    },
  };
  const settings = { intrabar: "ohlc" } as const;
  expect(fillsOf([flat, [100, 106, 99, 100]], script, { settings })).toEqual([
    [2 - 1 / HOUR, "buy", 2, 105, "taker"],
    [2 - 1 / HOUR, "sell", 1, 105, "maker"],
  ]);
});
