import { expect, test } from "vitest";
import type { RunTotals } from "#engine/result/run-result.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  barsOf,
  type Candle,
  configOf,
  type FixtureOptions,
  HOUR,
  runScript,
  type Script,
  START,
  symbolOf,
} from "#sim/testing/fixture.ts";

const flat: Candle = [100, 101, 99, 100, 1000];

/** Fills as `[bar, side, quantity, price, reason]` and the size held at the end. */
function outcome(
  candles: readonly Candle[],
  script: Script,
  options: FixtureOptions = {},
): { readonly fills: unknown[]; readonly held: number; readonly orders: RunTotals["orders"] } {
  const backtest = runScript(candles, script, options);
  const { fills, totals } = backtestResult(backtest);
  return {
    fills: fills.map(({ time, side, qty, price, reason }) => [
      Math.floor((time - START) / HOUR),
      side,
      qty,
      price,
      reason,
    ]),
    held: backtest.engine.ledger.positions[0]?.qty ?? Number.NaN,
    orders: totals.orders,
  };
}

test("enterShort() turns around with one order when nothing else can close the position", () => {
  const { fills, held } = outcome([flat, flat, flat], {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
    1: (ctx) => ctx.enterShort({ qty: 2 }),
  });
  expect(fills).toEqual([
    [1, "buy", 1, 100, "entry"],
    [2, "sell", 3, 100, "entry"],
  ]);
  expect(held).toBe(-2);
});

test("enterShort() does not close twice what an open that gaps through the stop closes", () => {
  const { fills, held } = outcome(
    [flat, flat, [80, 81, 79, 80], [80, 81, 79, 80]],
    { 0: (ctx) => ctx.enterLong({ qty: 1 }), 1: (ctx) => ctx.enterShort({ qty: 1 }) },
    { rules: { stopLossPct: 10 } },
  );
  expect(fills).toEqual([
    [1, "buy", 1, 100, "entry"],
    [2, "sell", 1, 80, "stopLoss"],
    [2, "sell", 1, 80, "entry"],
  ]);
  expect(held).toBe(-1);
});

test("enterShort() after exit() at one decision closes the position once", () => {
  const { held } = outcome([flat, flat, flat], {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
    1: (ctx) => {
      ctx.exit();
      ctx.enterShort({ qty: 1 });
    },
  });
  expect(held).toBe(-1);
});

test("a turn counts what is left of an exit that the bar's volume did not fill", () => {
  const { fills, held } = outcome(
    [flat, flat, [100, 101, 99, 100, 40], [100, 101, 99, 100, 90], flat],
    {
      0: (ctx) => ctx.enterLong({ qty: 10 }),
      1: (ctx) => ctx.exit(),
      2: (ctx) => ctx.enterShort({ qty: 2 }),
    },
    { settings: { participationPct: 10 } },
  );
  expect(fills).toEqual([
    [1, "buy", 10, 100, "entry"],
    [2, "sell", 4, 100, "signal"],
    [3, "sell", 6, 100, "signal"],
    [3, "sell", 2, 100, "entry"],
  ]);
  expect(held).toBe(-2);
});

test("a resting limit that turns around leaves the closing part to a reduce-only order", () => {
  const { fills, held } = outcome([flat, flat, flat, [100, 106, 99, 104]], {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
    1: (ctx) => ctx.enterShort({ qty: 2, limit: 105 }),
    2: (ctx) => ctx.exit(),
  });
  expect(fills).toEqual([
    [1, "buy", 1, 100, "entry"],
    [3, "sell", 1, 100, "signal"],
    [3, "sell", 2, 105, "entry"],
  ]);
  expect(held).toBe(-2);
});

test("exit() asks once while an exit of the whole position is on its way", () => {
  const { fills, orders } = outcome(
    [flat, flat, flat, flat, flat, flat, flat, flat, flat],
    {
      0: (ctx) => ctx.enterLong({ qty: 1 }),
      3: (ctx) => ctx.exit(),
      4: (ctx) => ctx.exit(),
      5: (ctx) => ctx.enterLong({ qty: 1 }),
    },
    { settings: { latencyMs: HOUR + 1 } },
  );
  expect(fills).toEqual([
    [2, "buy", 1, 100, "entry"],
    [5, "sell", 1, 100, "signal"],
    [7, "buy", 1, 100, "entry"],
  ]);
  expect(orders.placed).toBe(3);
});

test("I26: exits that overlap close the position once, and a further one is refused", () => {
  const { fills, orders } = outcome(
    [flat, flat, flat, flat, flat, flat, flat, flat],
    {
      0: (ctx) => ctx.enterLong({ qty: 1 }),
      3: (ctx) => ctx.exit({ qty: 0.4 }),
      4: (ctx) => {
        ctx.exit();
        ctx.exit({ qty: 0.1 });
        ctx.order({ side: "sell", qty: 1, reduceOnly: true });
      },
    },
    { settings: { latencyMs: HOUR + 1 } },
  );
  expect(fills).toEqual([
    [2, "buy", 1, 100, "entry"],
    [5, "sell", 0.4, 100, "signal"],
    [6, "sell", 0.6, 100, "signal"],
  ]);
  expect(orders.rejected).toEqual({ alreadyClosing: 2 });
});

test("a turn in one fill leaves no protective order of the old side behind", () => {
  // The stop of the long at 95 must not act on the long that follows the turn to short and back.
  const backtest = runScript([flat, flat, flat], {
    0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 }),
    1: (ctx) => ctx.order({ side: "sell", qty: 3 }),
  });
  const resting = backtest.engine.desk.orders(0).filter((order) => order.side === "sell");
  expect(resting).toEqual([]);
});

test("exit() takes back what is left of a turn-around: the account ends flat", () => {
  const thin: Candle = [100, 101, 99, 100, 20];
  const { held } = outcome(
    [flat, flat, thin, flat, flat],
    {
      0: (ctx) => ctx.enterShort({ qty: 5 }),
      1: (ctx) => ctx.enterLong({ qty: 3 }),
      2: (ctx) => ctx.exit(),
    },
    { settings: { participationPct: 10 } },
  );
  expect(held).toBe(0);
});

test("entries of both sides may rest at once", () => {
  const { fills } = outcome([flat, [100, 103, 99, 102, 1000]], {
    0: (ctx) => {
      ctx.enterLong({ qty: 1, stop: 102 });
      ctx.enterShort({ qty: 1, stop: 98 });
    },
  });
  expect(fills).toEqual([[1, "buy", 1, 102, "entry"]]);
});

const MISTAKES: readonly (readonly [string, (ctx: SymbolContext) => unknown, RegExp])[] = [
  ["a size below zero", (ctx) => ctx.order({ side: "buy", qty: -5 }), /quantity above 0, not -5/],
  ["an entry below zero", (ctx) => ctx.enterLong({ qty: -1 }), /quantity above 0, not -1/],
  ["an exit below zero", (ctx) => ctx.exit({ qty: -1 }), /quantity above 0, not -1/],
  ["an unknown side", (ctx) => ctx.order({ side: "long" as "buy", qty: 1 }), /"buy" or "sell"/],
  [
    "an unknown type",
    (ctx) => ctx.order({ side: "buy", type: "magic" as "limit", qty: 1 }),
    /no order type "magic": use market, limit/,
  ],
  [
    "a word of Object.prototype",
    (ctx) => ctx.order({ side: "buy", type: "toString" as "limit", qty: 1 }),
    /no order type "toString"/,
  ],
  ["a promise", (ctx) => Promise.resolve(ctx.time), /promise/],
];

test.each(MISTAKES)("%s stops the strategy", (_name, act, message) => {
  const strategy = defineStrategy({
    name: "mistaken",
    description: "",
    onBar: (ctx) => act(ctx as SymbolContext) as undefined,
  });
  const run = new Backtest(configOf([symbolOf(barsOf([flat, flat]))], strategy));
  run.run();
  expect(String(run.engine.failures[0]?.error)).toMatch(message);
  expect(run.engine.ledger.fills.length).toBe(0);
});
