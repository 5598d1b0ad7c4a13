import { describe, expect, test } from "vitest";
import type { BarColumns } from "#engine/market/bars.ts";
import { makeGrid } from "#engine/model/grid.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { RECORD } from "#engine/records/record-log.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { RecordRows } from "#engine/testing/record-rows.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  barsOf,
  type Candle,
  configOf,
  type FixtureOptions,
  finished,
  fundingOf,
  HOUR,
  runMarket,
  runScript,
  type Script,
  START,
  scripted,
  symbolOf,
} from "#sim/testing/fixture.ts";
import { enter, fills, flat, long, still } from "#sim/testing/sample.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/** A small sample for each row of the table of what the simulated exchange does, named by its number. */

test("row 14: a share of the volume, no fill without volume, no limit where it is unknown", () => {
  const bars: Candle[] = [flat, still(100, 10), still(101, 0), [102, 102, 102, 102]];
  expect(fills(bars, enter({ qty: 5 }), { participationPct: 10 })).toEqual([
    [1, "open", "buy", 1, 100, "entry"],
    [3, "open", "buy", 4, 102, "entry"],
  ]);
  // All orders of a symbol share the bar.
  const two: Script = {
    0: (ctx) => {
      ctx.order({ side: "buy", qty: 0.7 });
      ctx.order({ side: "buy", qty: 0.7 });
    },
  };
  expect(
    fills([flat, still(100, 10)], two, { participationPct: 10 }).map((fill) => fill[3]),
  ).toEqual([0.7, 0.3]);
});

test("row 15: maker and taker per fill, the liquidation fee apart", () => {
  const settings = { makerPct: 0.02, takerPct: 0.05, liquidationPct: 0.1 };
  const taken = backtestResult(runScript([flat, flat], long, { settings })).totals;
  expect(taken).toMatchObject({ feesTaker: 0.05, feesMaker: 0, liqFees: 0 });
  const made = backtestResult(
    runScript([flat, [100, 101, 97, 100, 10]], enter({ qty: 1, limit: 98 }), { settings }),
  ).totals;
  expect(made.feesMaker).toBeCloseTo(0.0196, 12);
  const lost = backtestResult(
    runScript([still(100), still(100), still(80)], long, { settings, leverage: 10 }),
  ).totals;
  // 0.1 % of the notional at the bankruptcy price of 90.
  expect(lost.liqFees).toBeCloseTo(0.09, 12);
});

describe("row 16: who pays funding", () => {
  const bars = Array.from({ length: 5 }, () => still(100));
  const funding = fundingOf([[3, 0.001]]);
  test.each([
    ["opened before the stamp", { 1: "enter" }, -0.1],
    ["opened at the stamp", { 2: "enter" }, 0],
    ["closed before the stamp", { 0: "enter", 1: "exit" }, 0],
    ["closed at the stamp", { 0: "enter", 2: "exit" }, -0.1],
  ] as const)("%s", (_, steps, paid) => {
    const script: Script = Object.fromEntries(
      Object.entries(steps).map(([bar, step]) => [
        bar,
        (ctx: SymbolContext) => (step === "enter" ? ctx.enterLong({ qty: 1 }) : ctx.exit()),
      ]),
    );
    const result = backtestResult(runScript(bars, script, { funding }));
    expect(result.totals.funding).toBeCloseTo(paid, 12);
  });

  test("a fill inside the bar that ends at the stamp counts as before it", () => {
    const script = enter({ qty: 1, limit: 98 });
    const dip: Candle[] = [flat, flat, [100, 101, 97, 100, 10], still(100), still(100)];
    expect(backtestResult(runScript(dip, script, { funding })).totals.funding).toBeCloseTo(
      -0.1,
      12,
    );
  });

  test("a stamp that the venue wrote some ms late means the full minute", () => {
    const late = { ...funding, time: funding.time.map((time) => time + 118) };
    const opened: Script = { 2: (ctx) => ctx.enterLong({ qty: 1 }) };
    expect(backtestResult(runScript(bars, opened, { funding: late })).totals.funding).toBe(0);
    const held = backtestResult(runScript(bars, long, { funding: late })).totals.funding;
    expect(held).toBeCloseTo(-0.1, 12);
  });

  test("several stamps inside one bar are all exchanged, late ones for the minute they mean", () => {
    const rates = {
      length: 3,
      time: Float64Array.from([5, 6, 7], (hour) => START + hour * HOUR + 118),
      rate: Float64Array.from([0.001, 0.001, 0.001]),
    };
    const fourHourly = barsOf([still(100), still(100), still(100)], 4 * HOUR);
    const strategy = defineStrategy({
      name: "first",
      description: "",
      onBar: (ctx) => {
        if (ctx.position.isFlat) ctx.enterLong({ qty: 1 });
      },
    });
    const symbol = symbolOf(fourHourly, { funding: rates });
    const backtest = finished(new Backtest(configOf([symbol], strategy)));
    expect(backtestResult(backtest).totals.funding).toBeCloseTo(-0.3, 12);
  });
});

test("row 17: funding is on the mark at the stamp", () => {
  const bars = [still(100), still(100), still(110), still(110)];
  const marks = [still(100), still(100), still(104), still(104)];
  const funding = fundingOf([[2, 0.001]]);
  const paid = (options: FixtureOptions): number =>
    backtestResult(runScript(bars, long, { funding, ...options })).totals.funding;
  expect(paid({ marks })).toBeCloseTo(-0.104, 12);
  expect(paid({})).toBeCloseTo(-0.11, 12);
});

test("row 19: the mark liquidates, the last price only where there is no mark", () => {
  const bars = [still(100), still(100), [100, 100, 85, 100, 10], still(100)] as Candle[];
  const calm = bars.map(() => still(100));
  const wild = [still(100), still(100), [100, 100, 85, 100], still(100)] as Candle[];
  const count = (options: FixtureOptions, candles = bars): number =>
    backtestResult(runScript(candles, long, { leverage: 10, ...options })).totals.liquidations;
  expect(count({})).toBe(1);
  expect(count({ marks: calm })).toBe(0);
  expect(count({ marks: wild }, calm)).toBe(1);
});

describe("row 20: liquidation and stop in one bar", () => {
  const options = { leverage: 10 };
  test("the one nearer to the open fires first", () => {
    // Liquidation at 90.50.
    const bars: Candle[] = [still(100), still(100), [100, 100, 85, 100, 10]];
    expect(fills(bars, enter({ qty: 1, stopLoss: 91 }), {}, options)[1]?.slice(4)).toEqual([
      91,
      "stopLoss",
    ]);
    expect(fills(bars, enter({ qty: 1, stopLoss: 90.4 }), {}, options)[1]?.slice(4)).toEqual([
      90,
      "liquidation",
    ]);
  });

  test("at one and the same level the liquidation is first", () => {
    const bars: Candle[] = [still(100), still(100), [100, 100, 85, 100, 10]];
    expect(fills(bars, enter({ qty: 1, stopLoss: 90.5 }), {}, options)[1]?.slice(4)).toEqual([
      90,
      "liquidation",
    ]);
  });

  test("an open beyond the liquidation price liquidates before any stop", () => {
    const bars: Candle[] = [still(100), still(100), still(89)];
    expect(fills(bars, enter({ qty: 1, stopLoss: 95 }), {}, options)[1]?.slice(4)).toEqual([
      90,
      "liquidation",
    ]);
    const gap: Candle[] = [still(100), still(100), still(91)];
    expect(fills(gap, enter({ qty: 1, stopLoss: 95 }), {}, options)[1]?.slice(4)).toEqual([
      91,
      "stopLoss",
    ]);
  });
});

test("row 21: a liquidation is at the bankruptcy price, takes the rest of the margin and is the venue's word", () => {
  const records = new RecordRows();
  const symbol = symbolOf(barsOf([still(100), still(100), still(85), still(85)]));
  const config = configOf([symbol], scripted(long), {
    leverage: 10,
    settings: { liquidationPct: 0.1 },
  });
  const backtest = finished(new Backtest({ ...config, recordSink: records.sink }));
  expect(backtestResult(backtest).trades).toMatchObject([
    { exitPrice: 90, grossPnl: -10, fees: 0.09, exitReason: "liquidation" },
  ]);
  const row = records.rows.find(([kind]) => kind === RECORD.liquidation);
  // No order of ours stands behind it.
  expect(row?.slice(2, 7)).toEqual([0, 0, 0, -1_000, 9_000]);
  expect(backtestResult(backtest).totals.orders).toMatchObject({ placed: 1, filled: 1 });
  // Off the tick it is rounded inside the margin.
  const odd = fills(
    [still(100), still(100), still(85)],
    long,
    {},
    {
      leverage: 3,
      instrument: { tick: makeGrid(0.01) },
      marks: [still(100), still(100), still(60)],
    },
  );
  expect(odd[1]?.[4]).toBe(66.67);
});

test("row 23: equity ends at zero, never below it", () => {
  const result = backtestResult(
    runScript([still(100), still(100), still(10), still(10)], enter({ qty: 100 }), {
      leverage: 10,
      balance: 1_000,
      settings: { liquidationPct: 1 },
    }),
  );
  expect(Math.min(...result.equity.equity)).toBe(0);
});

describe("row 24: several symbols at one time", () => {
  test("the symbol that comes first by its id gets what only one can have", () => {
    const parts = (["ZZZ", "AAA"] as const).map((symbol) => ({
      symbol,
      candles: [flat, flat, flat],
      script: enter({ qty: 60 }),
    }));
    for (const order of [parts, [...parts].reverse()]) {
      const result = backtestResult(runMarket(order));
      expect(result.fills.map((fill) => fill.symbol)).toEqual(["AAA"]);
      expect(result.totals.orders.rejected).toEqual({ insufficientMargin: 1 });
    }
  });

  test("so it is with orders that rest, and with those that are due at one open", () => {
    const resting = enter({ qty: 60, limit: 95 });
    const waiting: Script = {
      0: (ctx) => ctx.order({ side: "buy", type: "takeProfitMarket", trigger: 95, qty: 60 }),
    };
    const run = (script: Script, isReversed: boolean): ReturnType<typeof backtestResult> => {
      const candles = [flat, flat, still(90)];
      const parts = (["ZZZ", "AAA"] as const).map((symbol) => ({ symbol, candles, script }));
      return backtestResult(runMarket(isReversed ? parts.reverse() : parts));
    };
    for (const isReversed of [false, true]) {
      const rested = run(resting, isReversed);
      expect(rested.fills.map((fill) => fill.symbol)).toEqual(["AAA"]);
      expect(rested.totals.orders.rejected).toEqual({ insufficientMargin: 1 });
      const waited = run(waiting, isReversed);
      expect(waited.fills.map((fill) => fill.symbol)).toEqual(["AAA"]);
      expect(waited.totals.orders).toMatchObject({ filled: 1, cancelled: 1 });
    }
  });

  test("a decision sees the closes of all symbols at that time, and the equity values them at once", () => {
    const seen: number[][] = [];
    const strategy = defineStrategy({
      name: "watcher",
      description: "",
      scope: "portfolio",
      onBars: (ctx) => {
        seen.push(ctx.symbols.map((one) => one.bar.close));
      },
    });
    const bars = (shift: number): BarColumns =>
      barsOf([still(100 + shift), still(101 + shift), still(102 + shift)]);
    // Named in another order than that of the ids: a portfolio sees them as named.
    const symbols = [symbolOf(bars(50), {}, "BBB"), symbolOf(bars(0), {}, "AAA")];
    finished(new Backtest(configOf(symbols, strategy)));
    expect(seen).toEqual([
      [150, 100],
      [151, 101],
      [152, 102],
    ]);
  });

  test("funding comes before the opens of the same time, for all symbols", () => {
    const funding = fundingOf([[2, 0.5]]);
    const backtest = runMarket(
      [
        {
          symbol: "AAA",
          candles: [flat, flat, flat, flat],
          script: { 1: (ctx) => ctx.enterLong({ qty: 60 }) },
        },
        { symbol: "BBB", candles: [flat, flat, flat, flat], script: enter({ qty: 50 }), funding },
      ],
      { balance: 10_000 },
    );
    // BBB pays 2,500 at the open of bar 2, so AAA can not have its 6,000 there.
    expect(backtestResult(backtest).totals.orders.rejected).toEqual({ insufficientMargin: 1 });
  });
});

test("row 25: a trade open at the end is marked, listed apart and in the equity", () => {
  const result = backtestResult(
    runScript([still(100), still(100), still(107)], long, { settings: { takerPct: 0.1 } }),
  );
  expect(result.trades).toEqual([]);
  expect(result.openTrades).toMatchObject([
    { closedAt: null, exitPrice: null, exitReason: null, grossPnl: 7, netPnl: 6.9, bars: 1 },
  ]);
  expect(result.equity.equity.at(-1)).toBeCloseTo(10_006.9, 9);
  expect(result.fills).toHaveLength(1);
});

describe("row 27: an intent takes its way, also where nothing is lost", () => {
  /** Status of every transition of the first intent. */
  function wayOf(
    script: Script,
    settings: Partial<VenueSettings>,
    bars: readonly Candle[],
  ): string[] {
    const records = new RecordRows();
    const config = configOf([symbolOf(barsOf(bars))], scripted(script), { settings });
    finished(new Backtest({ ...config, recordSink: records.sink }));
    const names = Object.keys(STATUS);
    const [intent] = records.rows;
    return records.rows
      .filter(
        (row) => row[0] === RECORD.transition && row[4] === intent?.[4] && row[3] === intent?.[3],
      )
      .map((row) => `${names[row[5] as number]}@${((row[1] as number) - START) / HOUR}`);
  }

  test("a market order is written down, sent, accepted and filled, each at its time", () => {
    expect(wayOf(long, {}, [flat, flat])).toEqual([
      "persisted@1",
      "sent@1",
      "accepted@1",
      "filled@1",
    ]);
    expect(wayOf(long, { latencyMs: HOUR }, [flat, flat, flat])).toEqual([
      "persisted@1",
      "sent@1",
      "accepted@2",
      "filled@2",
    ]);
  });

  test("an order still on its way at the end is neither filled nor forgotten", () => {
    expect(wayOf(long, { latencyMs: 5 * HOUR }, [flat, flat])).toEqual(["persisted@1", "sent@1"]);
  });

  test("a refusal by risk never leaves, one by the venue comes back", () => {
    const tiny = enter({ qty: 0.001 });
    const records = new RecordRows();
    const symbol = symbolOf(barsOf([flat, flat]), { instrument: { minNotional: 5 } });
    finished(new Backtest({ ...configOf([symbol], scripted(tiny)), recordSink: records.sink }));
    expect(records.rows.map((row) => [row[0], row[5]]).slice(1)).toEqual([
      [RECORD.transition, STATUS.rejected],
    ]);
    expect(wayOf(enter({ qty: 101 }), {}, [flat, flat])).toEqual([
      "persisted@1",
      "sent@1",
      "rejected@1",
    ]);
  });

  test("a cancel passes through cancelling, an amend through amending and back", () => {
    const bars = [flat, flat, flat, flat, flat];
    const script: Script = {
      ...enter({ qty: 1, limit: 90 }),
      1: (ctx) => ctx.amend(ctx.orders[0]?.ref ?? 0, { price: 91 }),
      2: (ctx) => ctx.cancelAll(),
    };
    expect(wayOf(script, {}, bars)).toEqual([
      "persisted@1",
      "sent@1",
      "accepted@1",
      "amending@2",
      "accepted@2",
      "cancelling@3",
      "cancelled@3",
    ]);
    expect(wayOf(script, { latencyMs: 1 }, bars).at(-1)).toBe("cancelled@3");
  });
});
