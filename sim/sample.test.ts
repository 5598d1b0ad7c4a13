import { describe, expect, test } from "vitest";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  barsOf,
  type Candle,
  configOf,
  finished,
  HOUR,
  runScript,
  type Script,
  START,
  scripted,
  shortFills,
  symbolOf,
} from "#sim/testing/fixture.ts";
import { enter, fills, flat, long, still } from "#sim/testing/sample.ts";
import type { IntrabarMode } from "#sim/venue-settings.ts";

/** A small sample for each row of the table of what the simulated exchange does, named by its number. */

describe("row 1: stop and target in one candle", () => {
  const script = enter({ qty: 1, stopLoss: 95, takeProfit: 110 });
  const nearLow: Candle = [100, 112, 94, 100, 1_000];
  const nearHigh: Candle = [100, 111, 85, 100, 1_000];
  const tie: Candle = [100, 111, 89, 100, 1_000];
  test.each<readonly [IntrabarMode, Candle, number]>([
    ["worst", nearLow, 95],
    ["worst", nearHigh, 95],
    ["best", nearLow, 110],
    ["best", nearHigh, 110],
    ["ohlc", nearLow, 110],
    ["olhc", nearHigh, 95],
    ["adaptive", nearLow, 95],
    ["adaptive", nearHigh, 110],
    ["adaptive", tie, 95],
  ])("%s, %j: %d", (intrabar, candle, price) => {
    expect(fills([flat, flat, candle], script, { intrabar })[1]?.[4]).toBe(price);
  });

  test("the bar counts as ambiguous, and the band holds both outcomes around the chosen one", () => {
    const bandOf = (intrabar: IntrabarMode): unknown =>
      backtestResult(runScript([flat, flat, nearLow], script, { settings: { intrabar } })).band;
    const bounds = { pessimistic: { net: -5 }, optimistic: { net: 10 } };
    for (const intrabar of ["worst", "best", "ohlc", "olhc", "adaptive"] as const) {
      expect(bandOf(intrabar)).toEqual({ ambiguousBars: 1, ambiguousTrades: 1, ...bounds });
    }
  });

  test("finer candles decide: nothing is ambiguous when the walk shows which came first", () => {
    const fine = barsOf(
      [
        ...Array.from({ length: 8 }, () => flat),
        [100, 112, 100, 111],
        [111, 111, 94, 100],
        flat,
        flat,
      ],
      HOUR / 4,
    );
    const hourly = barsOf([flat, flat, nearLow]);
    const symbol = { ...symbolOf(fine), strategyBars: hourly };
    const result = backtestResult(finished(new Backtest(configOf([symbol], scripted(script)))));
    expect(result.trades).toMatchObject([{ exitPrice: 110, exitReason: "takeProfit" }]);
    expect(result.band.ambiguousBars).toBe(0);
  });
});

test("row 2: a gap through a stop fills at the open with slippage, never better", () => {
  const slippage = { kind: "fixed", bps: 10 } as const;
  const stop = enter({ qty: 1, stopLoss: 95 });
  expect(fills([flat, flat, still(92)], stop, { slippage })[1]).toEqual([
    2,
    "open",
    "sell",
    1,
    // 92 less 10 bp is 91.908, down to the tick
    91.9,
    "stopLoss",
  ]);
  const buyStop = enter({ qty: 1, stop: 105 });
  expect(fills([flat, still(108)], buyStop, { slippage })[0]?.[4]).toBe(108.11);
});

test("row 3: a gap through a limit or target fills at the limit; limitImprove gives the open", () => {
  const script = enter({ qty: 1, takeProfit: 105 });
  expect(fills([flat, flat, still(108)], script)[1]?.[4]).toBe(105);
  expect(fills([flat, flat, still(108)], script, { limitImprove: true })[1]?.[4]).toBe(108);
});

test("row 4: a limit touched but not crossed rests; touch is a switch; resting orders pay the maker fee", () => {
  const script = enter({ qty: 1, limit: 98 });
  const touched: Candle = [99, 99, 98, 99, 1_000];
  expect(fills([flat, flat, touched], script)).toEqual([]);
  const rich = { makerPct: 0.02, takerPct: 0.055 };
  const result = backtestResult(
    runScript([flat, flat, touched], script, { settings: { ...rich, limitFill: "touch" } }),
  );
  expect(result.fills).toMatchObject([{ price: 98, liquidity: "maker", fee: 98 * 0.0002 }]);
});

describe("row 5: a decision at the close of a bar trades in the next", () => {
  const rising: Candle[] = [still(100), still(101), still(102), still(103), still(104)];
  test.each([
    [0, 101],
    [1, 101],
    [HOUR - 1, 101],
    [HOUR, 102],
    [HOUR + 1, 102],
    [3 * HOUR, 104],
  ])(
    "with %d ms of latency it fills at the open of the bar of its arrival: %d",
    (latencyMs, price) => {
      expect(fills(rising, long, { latencyMs })[0]?.[4]).toBe(price);
    },
  );

  test("fillAt close fills at the close that decided", () => {
    expect(fills(rising, long, { fillAt: "close" })[0]).toEqual([
      1,
      "open",
      "buy",
      1,
      100,
      "entry",
    ]);
  });

  test("under fillAt close latency still decides the bar of arrival", () => {
    const late = { fillAt: "close", latencyMs: 1 } as const;
    expect(fills(rising, long, late)[0]).toEqual([1, "open", "buy", 1, 101, "entry"]);
  });

  test("the first decision is the one at the start of the period, its fill the first open in it", () => {
    const decided: number[] = [];
    const strategy = defineStrategy({
      name: "watcher",
      description: "",
      onBar: (ctx) => {
        decided.push((ctx.time - START) / HOUR);
        ctx.enterLong({ qty: 1 });
      },
    });
    const config = configOf([symbolOf(barsOf(rising))], strategy);
    const backtest = finished(new Backtest({ ...config, from: START + 2 * HOUR }));
    expect(decided).toEqual([2, 3, 4, 5]);
    expect(shortFills(backtest)).toEqual([[2, "open", "buy", 1, 102, "entry"]]);
    expect(backtestResult(backtest).equity.length).toBe(3);
  });

  test("a resting order counts from the open of the bar of its arrival", () => {
    const dip: Candle = [100, 101, 97, 100, 1_000];
    const script = enter({ qty: 1, limit: 98 });
    expect(fills([flat, dip, flat], script, { latencyMs: HOUR / 2 })).toHaveLength(1);
    expect(fills([flat, dip, flat], script, { latencyMs: HOUR })).toHaveLength(0);
  });
});

test("row 6: stop and target are active from the entry on", () => {
  const script = enter({ qty: 1, stopLoss: 95, takeProfit: 105 });
  expect(fills([flat, [100, 106, 96, 100, 1_000]], script)[1]).toEqual([
    1,
    "inside",
    "sell",
    1,
    105,
    "takeProfit",
  ]);
  const limit = enter({ qty: 1, limit: 98, stopLoss: 95, takeProfit: 105 });
  expect(fills([flat, [100, 106, 97, 104, 1_000]], limit)).toHaveLength(1);
  expect(fills([flat, [100, 106, 97, 105.5, 1_000]], limit)[1]?.[4]).toBe(105);
  expect(fills([flat, [100, 106, 94, 105.5, 1_000]], limit)[1]?.[4]).toBe(95);
});

test("row 7: a trailing stop ratchets on completed bars; inside a bar the level from before it holds", () => {
  const rules = { trailing: { pct: 10 } };
  const bars: Candle[] = [flat, [100, 120, 95, 118, 1_000], [118, 140, 109, 135, 1_000]];
  expect(fills(bars, long, {}, { rules })).toHaveLength(1);
  const lower: Candle[] = [...bars.slice(0, 2), [118, 140, 107, 135, 1_000]];
  expect(fills(lower, long, {}, { rules })[1]).toEqual([2, "inside", "sell", 1, 108, "trailing"]);
});

test("row 8: high and low trigger, not closes", () => {
  const script = enter({ qty: 1, stopLoss: 95 });
  expect(fills([flat, flat, [100, 101, 95, 100, 1_000]], script)[1]?.[4]).toBe(95);
  const target: Script = {
    ...long,
    1: (ctx) =>
      ctx.order({ side: "sell", type: "takeProfitMarket", trigger: 105, qty: 1, reduceOnly: true }),
  };
  expect(fills([flat, flat, [100, 105, 99, 100, 1_000]], target)[1]).toEqual([
    2,
    "inside",
    "sell",
    1,
    105,
    "takeProfit",
  ]);
});

test("row 9: candles are never altered", () => {
  const bars = barsOf([flat, [103, 104, 102, 103, 10], "gap", [99, 100, 98, 99, 0]]);
  const copy = structuredClone(bars);
  finished(new Backtest(configOf([symbolOf(bars)], scripted(enter({ qty: 1, stopLoss: 95 })))));
  expect(bars).toEqual(copy);
});

test("row 10: a gap has no fills and no bars", () => {
  const seen: number[] = [];
  const strategy = defineStrategy({
    name: "watcher",
    description: "",
    onBar: (ctx) => {
      seen.push((ctx.time - START) / HOUR);
    },
  });
  const bars = barsOf([flat, flat, "gap", "gap", flat]);
  const backtest = finished(new Backtest(configOf([symbolOf(bars)], strategy)));
  expect(seen).toEqual([1, 2, 5]);
  expect(backtest.recorder.columns().length).toBe(3);
});

describe("row 11: a bar is seen when it has closed", () => {
  test("a 4h bar is invisible to hourly decisions until its end", () => {
    const hourly = barsOf(Array.from({ length: 10 }, (_, at) => still(100 + at)));
    const fourHourly = barsOf([still(1), still(2), still(3)], 4 * HOUR);
    const seen: [number, number][] = [];
    const strategy = defineStrategy({
      name: "watcher",
      description: "",
      intervals: () => ["4h"],
      onBar: (ctx) => {
        seen.push([(ctx.time - START) / HOUR, ctx.bars("4h").close]);
      },
    });
    const symbol = { ...symbolOf(hourly), higher: new Map([["4h", fourHourly]]) };
    finished(new Backtest(configOf([symbol], strategy)));
    expect(seen.map(([, close]) => close)).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      1,
      1,
      1,
      1,
      2,
      2,
      2,
    ]);
    expect(seen[3]?.[0]).toBe(4);
  });

  test("a 4h bar that ends in a gap of the hours is seen with the next hour that closes", () => {
    const hourly = barsOf([flat, flat, "gap", "gap", "gap", flat, flat]);
    const fourHourly = barsOf([still(1)], 4 * HOUR);
    const seen: number[] = [];
    const strategy = defineStrategy({
      name: "watcher",
      description: "",
      intervals: () => ["4h"],
      onBar: (ctx) => {
        seen.push(ctx.bars("4h").close);
      },
    });
    const symbol = { ...symbolOf(hourly), higher: new Map([["4h", fourHourly]]) };
    finished(new Backtest(configOf([symbol], strategy)));
    expect(seen).toEqual([Number.NaN, Number.NaN, 1, 1]);
  });

  test("bars to come can not be reached with a negative index", () => {
    runScript([flat, still(50)], {
      0: (ctx) => {
        expect(ctx.bar.closeAt(-1)).toBeNaN();
        expect(ctx.bar.closeAt(1)).toBeNaN();
        expect(ctx.bar.close).toBe(100);
      },
    });
  });
});

test("row 12: an order waits for the next tradable bar and takes its price", () => {
  expect(fills([flat, "gap", "gap", still(92)], long)).toEqual([
    [3, "open", "buy", 1, 92, "entry"],
  ]);
  expect(fills([flat, still(95, 0), still(92)], long, { participationPct: 10 })).toEqual([
    [2, "open", "buy", 1, 92, "entry"],
  ]);
});

describe("row 13: slippage", () => {
  const slippage = { kind: "spreadImpact", halfSpreadBps: 1, impactBps: 100 } as const;
  const wide = (volume: number): Candle => [100, 110, 90, 100, volume];
  test.each([
    ["half-spread and impact by share", wide(10), 1, 100.11],
    ["all of the volume", wide(1), 1, 101.01],
    ["unknown volume: half-spread alone", [100, 110, 90, 100], 1, 100.01],
    ["capped by the bar's range", [100, 100.03, 99.98, 100, 1], 1, 100.05],
  ] as const)("%s", (_, candle, qty, price) => {
    expect(fills([flat, candle], enter({ qty }), { slippage })[0]?.[4]).toBe(price);
  });

  test("a fixed slippage and a fill at a gap are not capped", () => {
    const fixed = { kind: "fixed", bps: 50 } as const;
    expect(fills([flat, [100, 100.03, 99.98, 100, 1]], long, { slippage: fixed })[0]?.[4]).toBe(
      100.5,
    );
    const stop = enter({ qty: 1, stop: 105 });
    expect(fills([flat, still(108, 1)], stop, { slippage })[0]?.[4]).toBe(109.1);
  });

  test("a stop that rested and is gapped through is not capped either", () => {
    const stop = enter({ qty: 1, stopLoss: 95 });
    // 90 less 1 bp and 100 bp of the whole volume is 89.091, down to the tick; the bar has no range at all.
    expect(fills([flat, flat, still(90, 1)], stop, { slippage })[1]?.[4]).toBe(89.09);
  });

  test("limits do not slip", () => {
    const script = enter({ qty: 1, limit: 98 });
    expect(fills([flat, [100, 101, 97, 100, 1]], script, { slippage })[0]?.[4]).toBe(98);
  });
});
