import { describe, expect, test } from "vitest";
import { resample } from "#engine/market/resample.ts";
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
  runScript,
  type Script,
  type ShortFill,
  scripted,
  shortFills,
  symbolOf,
} from "#sim/testing/fixture.ts";
import { INTRABAR_MODES, type IntrabarMode } from "#sim/venue-settings.ts";

const flat: Candle = [100, 101, 99, 100, 1_000];

function fills(
  candles: readonly Candle[],
  script: Script,
  options: FixtureOptions = {},
): ShortFill[] {
  return shortFills(runScript(candles, script, options));
}

const WALKED = INTRABAR_MODES.filter((mode) => mode !== "detail");

describe("what rested before a bar is met at every level that the bar traded through", () => {
  test.each(WALKED)("a ladder of buy stops under a spike, %s", (intrabar) => {
    const script: Script = {
      0: (ctx) => {
        for (const trigger of [102, 104, 106]) {
          ctx.order({ side: "buy", type: "stopMarket", trigger, qty: 1 });
        }
      },
    };
    const spike: Candle = [100, 110, 99, 101, 1_000];
    const prices = fills([flat, spike], script, { settings: { intrabar } }).map((fill) => fill[4]);
    expect(prices).toEqual([102, 104, 106]);
  });

  test.each(WALKED)("a ladder of sell stops over a fall, %s", (intrabar) => {
    const script: Script = {
      0: (ctx) => {
        for (const trigger of [98, 96, 94]) {
          ctx.order({ side: "sell", type: "stopMarket", trigger, qty: 1 });
        }
      },
    };
    const fall: Candle = [100, 101, 90, 99, 1_000];
    const prices = fills([flat, fall], script, { settings: { intrabar } }).map((fill) => fill[4]);
    expect(prices).toEqual([98, 96, 94]);
  });

  test.each(WALKED)("a ladder of buy limits over a fall, %s", (intrabar) => {
    const script: Script = {
      0: (ctx) => {
        for (const price of [98, 96, 94]) ctx.order({ side: "buy", type: "limit", price, qty: 1 });
      },
    };
    const fall: Candle = [100, 101, 90, 99, 1_000];
    const prices = fills([flat, fall], script, { settings: { intrabar } }).map((fill) => fill[4]);
    expect(prices).toEqual([98, 96, 94]);
  });

  test.each(WALKED)("both sides of a grid, %s", (intrabar) => {
    const script: Script = {
      0: (ctx) => {
        ctx.order({ side: "buy", type: "limit", price: 98, qty: 1 });
        ctx.order({ side: "sell", type: "limit", price: 103, qty: 1 });
      },
    };
    const wide: Candle = [100, 105, 97, 100, 1_000];
    const prices = fills([flat, wide], script, { settings: { intrabar } }).map((fill) => fill[4]);
    expect(prices.toSorted((a, b) => a - b)).toEqual([98, 103]);
  });

  test("entries of a pyramid on stops", () => {
    const script: Script = {
      0: (ctx) => {
        ctx.enterLong({ qty: 1, stop: 102 });
        ctx.enterLong({ qty: 1, stop: 104, add: true });
      },
    };
    expect(fills([flat, [100, 110, 99, 101, 1_000]], script)).toEqual([
      [1, "inside", "buy", 1, 102, "entry"],
      [1, "inside", "buy", 1, 104, "entry"],
    ]);
  });
});

describe("what an entry inside the bar brings along acts after it alone", () => {
  const enter: Script = {
    0: (ctx) => ctx.enterLong({ qty: 10, limit: 98, takeProfit: 104, stopLoss: 90 }),
  };

  test("under worst the target needs the close to confirm it", () => {
    expect(fills([flat, [100, 105, 97, 100, 1_000]], enter)).toEqual([
      [1, "inside", "buy", 10, 98, "entry"],
    ]);
    expect(fills([flat, [100, 105, 97, 105, 1_000]], enter)[1]).toEqual([
      1,
      "inside",
      "sell",
      10,
      104,
      "takeProfit",
    ]);
  });

  test.each(["limit", "takeProfitMarket"] as const)(
    "a reduce-only %s that rested beside the entry is such a target too",
    (type) => {
      const level = type === "limit" ? { price: 105 } : { trigger: 105 };
      const script: Script = {
        0: (ctx) => {
          ctx.order({ side: "buy", type: "limit", price: 100, qty: 1 });
          ctx.order({ side: "sell", type, ...level, qty: 1, reduceOnly: true });
        },
      };
      const calm: Candle = [101, 102, 100.5, 101, 1_000];
      expect(fills([calm, [101, 106, 99, 101, 1_000]], script)).toEqual([
        [1, "inside", "buy", 1, 100, "entry"],
      ]);
      expect(fills([calm, [101, 107, 99, 106, 1_000]], script)).toHaveLength(2);
    },
  );

  test("a ladder that fills after the detour leaves the target to the close as well", () => {
    const script: Script = {
      0: (ctx) => {
        ctx.enterLong({ qty: 1, stop: 102, takeProfit: 108 });
        ctx.order({ side: "buy", type: "stopMarket", trigger: 104, qty: 1 });
      },
    };
    expect(fills([flat, [100, 110, 99, 101, 1_000]], script)).toEqual([
      [1, "inside", "buy", 1, 102, "entry"],
      [1, "inside", "buy", 1, 104, "entry"],
    ]);
  });
});

describe("a bar that opens at an extreme is at that extreme", () => {
  const modes: readonly IntrabarMode[] = ["worst", "best", "adaptive", "ohlc", "olhc"];

  test.each(modes)(
    "the mark liquidates a short in a bar that falls from its open, %s",
    (intrabar) => {
      const script: Script = { 0: (ctx) => ctx.enterShort({ qty: 10 }) };
      const candles: Candle[] = [flat, flat, [100, 100, 99, 99.5, 1_000]];
      const marks: Candle[] = [flat, [100, 100, 100, 100], [100, 102, 100, 100]];
      const run = runScript(candles, script, { marks, leverage: 50, settings: { intrabar } });
      expect(shortFills(run)[1]).toEqual([2, "inside", "buy", 10, 102, "liquidation"]);
    },
  );

  test.each(modes)(
    "the mark liquidates a long in a bar that rises from its open, %s",
    (intrabar) => {
      const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 10 }) };
      const candles: Candle[] = [flat, flat, [100, 101, 100, 100.5, 1_000]];
      const marks: Candle[] = [flat, [100, 100, 100, 100], [100, 100, 98, 100]];
      const run = runScript(candles, script, { marks, leverage: 50, settings: { intrabar } });
      expect(shortFills(run)[1]).toEqual([2, "inside", "sell", 10, 98, "liquidation"]);
    },
  );
});

describe("a bar in which the position ends", () => {
  const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 50, takeProfit: 105 }) };

  test("its low before the exit belongs to the trade and to the equity's low", () => {
    const run = runScript([flat, flat, [100, 110, 81, 106, 1_000]], script);
    const { trades, equity } = backtestResult(run);
    expect(trades[0]).toMatchObject({ mae: -19, mfe: 5 });
    expect(Array.from(equity.equityLow)).toEqual([10_000, 9_950, 9_050]);
    expect(equity.equity[2]).toBe(10_250);
  });

  test("what came after the exit does not", () => {
    const best = runScript([flat, flat, [100, 110, 81, 106, 1_000]], script, {
      settings: { intrabar: "best" },
    });
    const { trades, equity } = backtestResult(best);
    expect(trades[0]).toMatchObject({ mae: -1, mfe: 5 });
    expect(equity.equityLow[2]).toBe(10_000);
  });

  test("a liquidation is at no distance from its price", () => {
    const run = runScript(
      [flat, flat, [100, 100, 80, 85, 1_000]],
      {
        0: (ctx) => ctx.enterLong({ qty: 10 }),
      },
      { leverage: 10 },
    );
    const { totals } = backtestResult(run);
    expect([totals.liquidations, run.recorder.minLiqDistance]).toEqual([1, 0]);
  });
});

test("what a coarse tick leaves of the margin at the bankruptcy price goes with the liquidation fee", () => {
  const script: Script = { 0: (ctx) => ctx.enterShort({ qty: 10 }) };
  const candles: Candle[] = [
    [99, 99, 99, 99, 1_000],
    [99, 99, 99, 99, 1_000],
    [99, 120, 99, 115, 1_000],
  ];
  const run = runScript(candles, script, {
    leverage: 10,
    instrument: { tick: { step: 1, numerator: 1, denominator: 1 } },
  });
  // The margin is 99; the bankruptcy price of 108.9 is no tick, and 108 alone would lose 90 of it.
  expect(shortFills(run)[1]).toEqual([2, "inside", "buy", 10, 108, "liquidation"]);
  expect(backtestResult(run).totals.liqFees).toBeCloseTo(9, 9);
  expect(run.exchange.account.wallet).toBeCloseTo(10_000 - 99, 9);
});

test("under fillAt close a position of this close has not lived through the bar", () => {
  const deep: Candle = [100, 100, 50, 100, 1_000];
  const run = runScript(
    [flat, deep, flat],
    { 1: (ctx) => ctx.enterLong({ qty: 10 }) },
    {
      settings: { fillAt: "close" },
    },
  );
  expect(Array.from(backtestResult(run).equity.equityLow)).toEqual([10_000, 10_000, 9_990]);
});

test("the trailing rule counts the whole bar of the entry, as the scenario format has it", () => {
  const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 10, limit: 98 }) };
  const rules = { trailing: { pct: 2 } };
  const entry: Candle = [100, 104, 97, 103, 1_000];
  const later: Candle = [103, 103, 101.5, 102, 1_000];
  // 104 less 2 %, rounded down.
  expect(fills([flat, entry, later], script, { rules })[1]).toEqual([
    2,
    "inside",
    "sell",
    10,
    101.92,
    "trailing",
  ]);
});

test("under finer candles exit rules follow the strategy's own bars", () => {
  const fine = barsOf(
    [
      ...[0, 1, 2, 3].map((): Candle => [100, 100, 100, 100]),
      [100, 110, 100, 110],
      [110, 110, 104, 106],
      [106, 107, 106, 107],
      [107, 107, 107, 107],
      [107, 107, 104, 104],
    ],
    HOUR / 4,
  );
  const own = resample(fine, HOUR).bars;
  const strategy = scripted({ 0: (ctx) => ctx.enterLong({ qty: 1 }) });
  const options = { rules: { trailing: { pct: 5 } } };
  const symbol = { ...symbolOf(fine), strategyBars: own };
  const run = finished(new Backtest(configOf([symbol], strategy, options)));
  // The high of 110 counts from the close of its hour on, not from that of its quarter: 110 less 5 % is 104.5.
  expect(shortFills(run).map(([bar, , side, , price]) => [bar, side, price])).toEqual([
    [1, "buy", 100],
    [2, "sell", 104.5],
  ]);
});

describe("initial risk", () => {
  const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 30, stopLoss: 95 }) };
  const stopped: Candle[] = [
    [100, 100, 100, 100, 100],
    [100, 100, 100, 100, 100],
    [100, 100, 100, 100, 100],
    [100, 100, 100, 100, 100],
    [100, 100, 94, 94, 1_000],
  ];

  test.each([null, 10])("a trade stopped out whole has lost one R, participation %s", (pct) => {
    const run = runScript(stopped, script, { settings: { participationPct: pct } });
    const { trades } = backtestResult(run);
    expect(trades[0]).toMatchObject({ qty: 30, netPnl: -150, initialRisk: 150 });
  });

  test("an add by another order leaves it as it was", () => {
    const added: Script = {
      ...script,
      1: (ctx) => ctx.enterLong({ qty: 10, add: true }),
    };
    const { trades } = backtestResult(runScript(stopped, added));
    expect(trades[0]).toMatchObject({ qty: 40, initialRisk: 150 });
  });
});

test("a low that the mark did not share takes no more than the liquidation price would", () => {
  const wick: Candle = [100, 103.5, 60, 103, 1_000];
  const marks: Candle[] = [flat, flat, [100, 103, 97, 103]];
  const held: Script = { 0: (ctx) => ctx.enterLong({ qty: 90 }) };
  const closed: Script = { 0: (ctx) => ctx.enterLong({ qty: 90, takeProfit: 103 }) };
  const lows = [held, closed].map((script) => {
    const options = { marks, leverage: 10, balance: 1_000 };
    return backtestResult(runScript([flat, flat, wick], script, options)).equity.equityLow[2];
  });
  expect(lows[0]).toBeGreaterThan(0);
  expect(lows[1]).toBeCloseTo(lows[0] as number, 9);
});

describe("a position larger than the largest order", () => {
  const options: FixtureOptions = { instrument: { maxQty: 1.5 }, balance: 100_000 };
  const still: Candle = [100, 100, 100, 100, 1e6];
  const grow = (entries: number): Script =>
    Object.fromEntries(
      Array.from({ length: entries }, (_, bar) => [
        bar,
        (ctx: SymbolContext) => ctx.enterLong({ qty: 1, add: true }),
      ]),
    );

  test("is stopped out whole", () => {
    const fall: Candle[] = [
      [99, 99, 90, 90, 1e6],
      [90, 90, 80, 80, 1e6],
    ];
    const run = runScript([still, still, still, still, still, ...fall], grow(4), {
      ...options,
      rules: { stopLossPct: 5 },
    });
    expect(shortFills(run).at(-1)).toEqual([5, "inside", "sell", 4, 95, "stopLoss"]);
    expect(run.engine.ledger.positions[0]?.qtyLots).toBe(0);
  });

  test("is followed by its trailing stop", () => {
    const rise: Candle[] = [
      [100, 140, 100, 140, 1e6],
      [139, 139, 105, 105, 1e6],
    ];
    const run = runScript([still, still, still, ...rise], grow(2), {
      ...options,
      rules: { trailing: { pct: 5 } },
    });
    expect(shortFills(run).at(-1)).toEqual([4, "inside", "sell", 2, 133, "trailing"]);
  });
});
