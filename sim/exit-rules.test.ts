import { describe, expect, test } from "vitest";
import { makeBars } from "#engine/market/bars.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
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

const flat: Candle = [100, 101, 99, 100];
const long: Script = { 0: (ctx) => ctx.enterLong({ qty: 1 }) };
const short: Script = { 0: (ctx) => ctx.enterShort({ qty: 1 }) };

/** What follows the first fill. */
function exitOf(
  candles: readonly Candle[],
  script: Script,
  rules: ExitRules,
  options: FixtureOptions = {},
): readonly ShortFill[] {
  return shortFills(runScript(candles, script, { ...options, rules })).slice(1);
}

describe("stop loss and take profit", () => {
  test.each([
    // Levels off the tick go against the account: sells down, buys up.
    ["long stop", long, { stopLossPct: 5 }, [100.01, 100.01, 95, 96], "sell", 95, "stopLoss"],
    [
      "short stop",
      short,
      { stopLossPct: 5 },
      [100.01, 105.02, 100, 104],
      "buy",
      105.02,
      "stopLoss",
    ],
    [
      "long target",
      long,
      { takeProfitPct: 10 },
      [100.01, 110.02, 100, 109],
      "sell",
      110.01,
      "takeProfit",
    ],
    [
      "short target",
      short,
      { takeProfitPct: 10 },
      [100.01, 100.01, 90, 91],
      "buy",
      90.01,
      "takeProfit",
    ],
  ] as const)("%s lies at its percentage of the entry, rounded to the tick", (...row) => {
    const [, script, rules, bar, side, price, reason] = row;
    for (const leverage of [1, 5]) {
      const exit = exitOf([flat, bar], script, rules, { leverage });
      expect(exit).toEqual([[1, "inside", side, 1, price, reason]]);
    }
  });

  test.each([
    ["a stop acts on touch", { stopLossPct: 5 }, [100, 101, 95, 96], 1],
    ["a stop not touched rests", { stopLossPct: 5 }, [100, 101, 95.01, 96], 0],
    ["a target needs one tick more", { takeProfitPct: 5 }, [100, 105, 99, 100], 0],
    ["a target traded through fills", { takeProfitPct: 5 }, [100, 105.01, 99, 100], 1],
  ] as const)("%s", (_, rules, bar, count) => {
    expect(exitOf([flat, flat, bar], long, rules)).toHaveLength(count);
  });

  test("a gap through the stop fills at the open, through the target at the target", () => {
    const rules = { stopLossPct: 5, takeProfitPct: 5 };
    expect(exitOf([flat, flat, [90, 91, 89, 90]], long, rules)).toEqual([
      [2, "open", "sell", 1, 90, "stopLoss"],
    ]);
    expect(exitOf([flat, flat, [110, 111, 109, 110]], long, rules)).toEqual([
      [2, "open", "sell", 1, 105, "takeProfit"],
    ]);
  });

  test("both in one bar: adverse first, and the other leg is gone", () => {
    const rules = { stopLossPct: 5, takeProfitPct: 5 };
    const wild: Candle = [100, 110, 90, 100];
    const backtest = runScript([flat, flat, wild, wild, wild], long, { rules });
    expect(shortFills(backtest).slice(1)).toEqual([[2, "inside", "sell", 1, 95, "stopLoss"]]);
    expect(backtestResult(backtest).totals.orders).toMatchObject({ filled: 2, cancelled: 1 });
    expect(backtest.exchange.symbols[0]?.orders).toEqual([]);
  });

  test("a target that the volume fills in part leaves the rest to the stop", () => {
    const rules = { stopLossPct: 5, takeProfitPct: 5 };
    const exit = exitOf(
      [flat, [100, 101, 99, 100, 1000], [100, 106, 99, 100, 40], [100, 101, 94, 95, 1000]],
      { 0: (ctx) => ctx.enterLong({ qty: 10 }) },
      rules,
      { settings: { participationPct: 10 } },
    );
    expect(exit).toEqual([
      [2, "inside", "sell", 4, 105, "takeProfit"],
      [3, "inside", "sell", 6, 95, "stopLoss"],
    ]);
  });
});

describe("the entry's own bar", () => {
  const rules = { stopLossPct: 5, takeProfitPct: 5 };
  const limit: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, limit: 98 }) };

  test("an entry at the open: the whole bar counts, adverse first", () => {
    expect(exitOf([flat, [100, 106, 94, 100]], long, rules)).toEqual([
      [1, "inside", "sell", 1, 95, "stopLoss"],
    ]);
    expect(exitOf([flat, [100, 106, 96, 100]], long, rules)).toEqual([
      [1, "inside", "sell", 1, 105, "takeProfit"],
    ]);
  });

  test("an entry by a limit inside: the stop can be hit, the target only if the close confirms it", () => {
    // Stop at 93.10, target at 102.90.
    expect(exitOf([flat, [100, 110, 93.1, 104]], limit, rules)).toEqual([
      [1, "inside", "sell", 1, 93.1, "stopLoss"],
    ]);
    expect(exitOf([flat, [100, 110, 95, 102]], limit, rules)).toEqual([]);
    expect(exitOf([flat, [100, 110, 95, 103]], limit, rules)).toEqual([
      [1, "inside", "sell", 1, 102.9, "takeProfit"],
    ]);
  });

  test("an entry that gaps beyond its own stop is closed at once", () => {
    // The limit fills at 98 by the rule of gaps; the market is at 90, below the stop at 93.10.
    const backtest = runScript([flat, flat, [90, 91, 89, 90]], limit, { rules });
    expect(shortFills(backtest)).toEqual([
      [2, "open", "buy", 1, 98, "entry"],
      [2, "open", "sell", 1, 90, "stopLoss"],
    ]);
    expect(backtestResult(backtest).totals.orders.rejected).toEqual({ triggerAlreadyPassed: 1 });
  });
});

describe("the ROI table", () => {
  const rules = { roi: { "0": 4, "120": 2, "240": 0 } };
  // In from the open of bar 1 at 100: 104 in bars 1 and 2, 102 in 3 and 4, 100 from bar 5 on.
  const low: Candle = [99, 99.5, 98, 99];
  const upTo = (bars: number, last: Candle): Candle[] => [
    flat,
    [100, 100.5, 98, 99],
    ...Array.from({ length: bars - 2 }, () => low),
    last,
  ];

  test.each([
    ["bar 2 still wants 4 %", 2, [99, 104, 98, 99], null],
    ["bar 2 gives 4 %", 2, [99, 104.01, 98, 99], 104],
    ["bar 3 wants 2 %", 3, [99, 102, 98, 99], null],
    ["bar 3 gives 2 %", 3, [99, 102.01, 98, 99], 102],
    ["bar 4 still wants 2 %", 4, [99, 101.9, 98, 99], null],
    ["bar 5 wants nothing", 5, [99, 100, 98, 99], null],
    ["bar 5 gives nothing", 5, [99, 100.01, 98, 99], 100],
  ] as const)("%s", (_, bar, candle, price) => {
    const exit = exitOf(upTo(bar, candle), long, rules);
    expect(exit).toEqual(price === null ? [] : [[bar, "inside", "sell", 1, price, "roi"]]);
  });

  test("a step that begins with the open already beyond it fills at the open", () => {
    expect(exitOf(upTo(3, [103, 103.5, 102.5, 103]), long, rules)).toEqual([
      [3, "open", "sell", 1, 103, "roi"],
    ]);
    // Beyond the level of a step that began before: the rule of gaps, at the limit.
    expect(exitOf(upTo(4, [103, 103.5, 102.5, 103]), long, rules)).toEqual([
      [4, "open", "sell", 1, 102, "roi"],
    ]);
  });

  test("of ROI and take profit the nearer counts, and names the exit", () => {
    const nearer = { ...rules, takeProfitPct: 3 };
    expect(exitOf(upTo(2, [99, 103.5, 98, 99]), long, nearer)).toEqual([
      [2, "inside", "sell", 1, 103, "takeProfit"],
    ]);
    expect(exitOf(upTo(3, [99, 103.5, 98, 99]), long, nearer)).toEqual([
      [3, "inside", "sell", 1, 102, "roi"],
    ]);
  });
});

describe("trailing", () => {
  test("follows completed bars only; the level inside a bar is that from before it", () => {
    const rules = { trailing: { pct: 2 } };
    // Bar 1 reaches 105: from bar 2 on the stop is at 102.90, whatever bar 2 itself reaches.
    const first: Candle = [100, 105, 98.5, 104];
    expect(exitOf([flat, first, [104, 110, 103, 109]], long, rules)).toEqual([]);
    expect(exitOf([flat, first, [104, 110, 102.9, 109]], long, rules)).toEqual([
      [2, "inside", "sell", 1, 102.9, "trailing"],
    ]);
    expect(exitOf([flat, [100, 105, 98, 104]], long, rules)).toEqual([
      [1, "inside", "sell", 1, 98, "trailing"],
    ]);
  });

  test("never loosens", () => {
    const rules = { trailing: { pct: 2 } };
    const bars: Candle[] = [
      flat,
      [100, 105, 99, 104],
      [104, 104.5, 103, 103.5],
      [103.5, 104, 102.9, 103],
    ];
    expect(exitOf(bars, long, rules)).toEqual([[3, "inside", "sell", 1, 102.9, "trailing"]]);
  });

  test("a short trails from above", () => {
    const rules = { trailing: { pct: 2 } };
    // Best 95: stop at 96.90.
    expect(exitOf([flat, [100, 101, 95, 96], [96, 96.9, 95.5, 96]], short, rules)).toEqual([
      [2, "inside", "buy", 1, 96.9, "trailing"],
    ]);
  });

  test("with onlyAfterOffset it waits for the offset, without it the offset is ignored", () => {
    const trailing = { pct: 2, offsetPct: 3 };
    const below: Candle[] = [flat, [100, 102.99, 99, 102], [102, 102.5, 90, 91]];
    const reached: Candle[] = [flat, [100, 103, 99, 102], [102, 102.5, 90, 91]];
    const waits = { trailing: { ...trailing, onlyAfterOffset: true } };
    expect(exitOf(below, long, waits)).toEqual([]);
    // 103 × 0.98 = 100.94
    expect(exitOf(reached, long, waits)).toEqual([[2, "inside", "sell", 1, 100.94, "trailing"]]);
    expect(exitOf(below, long, { trailing })).toEqual([
      // 102.99 × 0.98 = 100.9302, down to the tick
      [2, "inside", "sell", 1, 100.93, "trailing"],
    ]);
  });

  test("goes on when an add moves the entry: nothing is loosened", () => {
    const rules = { trailing: { pct: 2, offsetPct: 3, onlyAfterOffset: true } };
    const script: Script = {
      ...long,
      1: (ctx) => ctx.enterLong({ qty: 9, add: true }),
    };
    // Best 103.5 trails at 101.43; the average entry rises to 103.35, three percent above lie beyond the best.
    const bars: Candle[] = [
      flat,
      [100, 103.5, 99, 103.4],
      [103.5, 103.5, 103, 103.4],
      [103.4, 103.4, 101.4, 102],
    ];
    const exit = exitOf(bars, script, rules);
    expect(exit.at(-1)).toEqual([3, "inside", "sell", 10, 101.43, "trailing"]);
  });

  test("of several stops the nearest counts, and names the exit", () => {
    const rules = { stopLossPct: 1, trailing: { pct: 3 } };
    expect(exitOf([flat, [100, 101, 99, 100]], long, rules)).toEqual([
      [1, "inside", "sell", 1, 99, "stopLoss"],
    ]);
    // Best 104: trailing at 100.88 is nearer than 99.
    expect(exitOf([flat, [100, 104, 99.5, 103], [103, 103, 99, 100]], long, rules)).toEqual([
      [2, "inside", "sell", 1, 100.88, "trailing"],
    ]);
  });
});

describe("the time stop", () => {
  test("is out at the open of the bar so many after that of the entry", () => {
    expect(exitOf([flat, flat, flat, flat, flat, flat], long, { maxBars: 3 })).toEqual([
      [4, "open", "sell", 1, 100, "timeStop"],
    ]);
    // An entry inside a bar counts from that bar.
    const dip: Candle = [100, 101, 97, 100];
    const limit: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, limit: 98 }) };
    expect(exitOf([flat, dip, flat, flat], limit, { maxBars: 1 })).toEqual([
      [2, "open", "sell", 1, 100, "timeStop"],
    ]);
  });

  test("counts a gap, and meets the next tradable bar", () => {
    expect(exitOf([flat, flat, "gap", flat, flat, flat], long, { maxBars: 3 })).toEqual([
      [4, "open", "sell", 1, 100, "timeStop"],
    ]);
  });

  test("counts bars of the strategy's interval where finer candles are matched on", () => {
    const fine = barsOf(
      Array.from({ length: 24 }, () => flat),
      HOUR / 4,
    );
    const hourly = barsOf(Array.from({ length: 6 }, () => flat));
    const backtest = finished(
      new Backtest(
        configOf([{ ...symbolOf(fine), strategyBars: hourly }], scripted(long), {
          rules: { maxBars: 2 },
        }),
      ),
    );
    expect(shortFills(backtest).slice(1)).toEqual([[3, "open", "sell", 1, 100, "timeStop"]]);
    expect(backtestResult(backtest).trades).toMatchObject([{ bars: 2, exitReason: "timeStop" }]);
  });

  test("counts from the bar whose close filled the entry under fillAt close", () => {
    const settings = { fillAt: "close" } as const;
    // In at the close of bar 0, out at the close of bar 1, the last moment before the open of bar 2.
    expect(exitOf([flat, flat, flat, flat], long, { maxBars: 2 }, { settings })).toEqual([
      [2, "open", "sell", 1, 100, "timeStop"],
    ]);
  });

  test("leaves nothing behind that rests", () => {
    const backtest = runScript([flat, flat, flat, flat], long, {
      rules: { maxBars: 2, stopLossPct: 5, takeProfitPct: 5 },
    });
    expect(backtest.exchange.symbols[0]?.orders).toEqual([]);
    expect(backtest.engine.desk.store.working(0)).toEqual([]);
  });
});

describe("prices of the strategy beside the rules", () => {
  test.each([
    [{ stopLoss: 97 }, [100, 101, 94, 95], 97, "stopLoss"],
    [{ stopLoss: 90 }, [100, 101, 94, 95], 95, "stopLoss"],
    [{ takeProfit: 103 }, [100, 106, 99, 100], 103, "takeProfit"],
    [{ takeProfit: 120 }, [100, 106, 99, 100], 105, "takeProfit"],
  ] as const)("%j and five percent: the nearest counts", (prices, bar, price, reason) => {
    const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, ...prices }) };
    const exit = exitOf([flat, flat, bar], script, { stopLossPct: 5, takeProfitPct: 5 });
    expect(exit).toEqual([[2, "inside", "sell", 1, price, reason]]);
  });

  test("null takes the strategy's price away and leaves the rule", () => {
    const script: Script = {
      0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 97 }),
      1: (ctx) => ctx.protect({ stopLoss: null }),
    };
    const bar: Candle = [100, 101, 94, 95];
    expect(exitOf([flat, flat, bar], script, { stopLossPct: 5 })[0]?.[4]).toBe(95);
    expect(exitOf([flat, flat, bar], script, {})).toEqual([]);
  });

  test("a stop below every price rests at the lowest there is, and is not amended for ever", () => {
    const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 1 }) };
    const backtest = runScript([flat, flat, flat, flat], script, {
      rules: { stopLossPct: 150, trailing: { pct: 120 } },
    });
    expect(backtest.exchange.symbols[0]?.orders.map((one) => one.triggerTicks)).toEqual([1]);
  });
});

describe("entries in parts", () => {
  test("stop and target grow with every part and follow the average entry", () => {
    const backtest = runScript(
      [flat, [100, 101, 99, 100, 40], [110, 111, 109, 110, 60], [110, 111, 109, 110, 1000]],
      { 0: (ctx) => ctx.enterLong({ qty: 10 }) },
      { rules: { stopLossPct: 10, takeProfitPct: 10 }, settings: { participationPct: 10 } },
    );
    // 4 at 100 and 6 at 110: 106 on average.
    const orders = backtest.exchange.symbols[0]?.orders ?? [];
    expect(orders.map((one) => [one.qtyLots, one.triggerTicks, one.priceTicks])).toEqual([
      [10_000, 9_540, Number.NaN],
      [10_000, Number.NaN, 11_660],
    ]);
  });

  test("what the strategy takes off is not sold again by the stop", () => {
    const exit = exitOf(
      [flat, flat, flat, [100, 101, 94, 95]],
      {
        0: (ctx) => ctx.enterLong({ qty: 10 }),
        1: (ctx) => ctx.exit({ qty: 4 }),
      },
      { stopLossPct: 5 },
    );
    expect(exit).toEqual([
      [2, "open", "sell", 4, 100, "signal"],
      [3, "inside", "sell", 6, 95, "stopLoss"],
    ]);
  });
});

test("monthly bars are refused: their close can not be told from their open", () => {
  const month = makeBars(30 * 24 * HOUR, 1);
  const symbol = { ...symbolOf(barsOf([flat])), higher: new Map([["1M", month]]) };
  expect(() => new Backtest(configOf([symbol], scripted({})))).toThrow(/not traded/);
});

test.each([null, HOUR])(
  "a stop that the venue refuses, and whose close it refuses, is asked for again; reconciled every %s ms",
  (reconcileMs) => {
    const low: Candle = [90, 91, 80, 81];
    const candles = [flat, flat, flat, flat, low, low, low, low, low, low];
    // So many orders rest that the venue takes no more.
    const crowd: Script[number] = (ctx) => {
      for (let at = 0; at < 500; at++)
        ctx.order({ side: "buy", type: "limit", qty: 0.001, price: 10 });
    };
    const script: Script = {
      0: (ctx) => ctx.enterLong({ qty: 1 }),
      1: crowd,
      2: (ctx) => ctx.protect({ stopLoss: 95 }),
      5: (ctx) => ctx.cancelAll(),
    };
    const symbols = [symbolOf(barsOf(candles), {})];
    const config = configOf(symbols, scripted(script), { balance: 1_000_000 });
    const backtest = finished(new Backtest({ ...config, reconcileMs }));
    expect(shortFills(backtest)).toEqual([
      [1, "open", "buy", 1, 100, "entry"],
      [6, "open", "sell", 1, 90, "stopLoss"],
    ]);
  },
);
