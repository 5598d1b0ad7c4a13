import { expect, test } from "vitest";
import { backtestResult } from "#sim/backtest-result.ts";
import { type Candle, runScript, type Script } from "#sim/testing/fixture.ts";

const flat: Candle = [100, 101, 99, 100, 1000];

function fillsOf(
  candles: readonly Candle[],
  script: Script,
  options: Parameters<typeof runScript>[2] = {},
): unknown[] {
  return backtestResult(runScript(candles, script, options)).fills.map((fill) => [
    fill.side,
    fill.qty,
    fill.price,
    fill.reason,
  ]);
}

test("a flip ends the old side's stop: it does not come back with the next turn", () => {
  const script: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 }),
    1: (ctx) => ctx.order({ side: "sell", qty: 2 }),
    2: (ctx) => ctx.order({ side: "buy", qty: 2 }),
  };
  const fills = fillsOf([flat, flat, flat, flat, [100, 101, 90, 91]], script);
  expect(fills).toEqual([
    ["buy", 1, 100, "entry"],
    ["sell", 2, 100, "entry"],
    ["buy", 2, 100, "entry"],
  ]);
});

test("a flip cancels a strategy's own reduce-only orders of the old side at the venue", () => {
  const backtest = runScript([flat, flat, flat, flat], {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
    1: (ctx) => {
      ctx.order({ side: "sell", type: "stopMarket", trigger: 90, qty: 1, reduceOnly: true });
      ctx.order({ side: "sell", qty: 2 });
    },
    2: (ctx) => expect(ctx.orders).toEqual([]),
  });
  expect(backtestResult(backtest).totals.orders).toMatchObject({ cancelled: 1, filled: 2 });
});

test("rules protect the new side of a flip from the fill on", () => {
  const script: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
    1: (ctx) => ctx.enterShort({ qty: 1 }),
  };
  const fills = fillsOf([flat, flat, flat, [100, 106, 99, 100]], script, {
    rules: { stopLossPct: 5 },
  });
  expect(fills.at(-1)).toEqual(["buy", 1, 105, "stopLoss"]);
});

test("the prices of an entry on its way leave the position that is held alone", () => {
  const script: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95, takeProfit: 120 }),
    1: (ctx) => ctx.enterShort({ qty: 1, stopLoss: 110, takeProfit: 80 }),
  };
  expect(fillsOf([flat, flat, flat, [100, 111, 99, 100]], script)).toEqual([
    ["buy", 1, 100, "entry"],
    ["sell", 1, 100, "signal"],
    ["sell", 1, 100, "entry"],
    ["buy", 1, 110, "stopLoss"],
  ]);
  // A limit that would turn the position rests far away: the old stop keeps its price.
  const resting: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 }),
    1: (ctx) => ctx.enterShort({ qty: 1, limit: 150, stopLoss: 160 }),
  };
  expect(fillsOf([flat, flat, flat, [100, 101, 94, 94]], resting)).toEqual([
    ["buy", 1, 100, "entry"],
    ["sell", 1, 95, "stopLoss"],
  ]);
});

test("the prices of an entry that never filled protect nothing else", () => {
  const fills = fillsOf([flat, flat, flat, flat, [100, 101, 80, 81]], {
    0: (ctx) => ctx.enterLong({ qty: 1, limit: 90, stopLoss: 85 }),
    1: (ctx) => ctx.cancelAll(),
    2: (ctx) => ctx.enterLong({ qty: 1 }),
  });
  expect(fills).toEqual([["buy", 1, 100, "entry"]]);
});

test("an entry keeps its prices when the position before it goes flat in the meantime", () => {
  const fills = fillsOf(
    [flat, flat, [100, 101, 94, 95], [95, 112, 94, 111], [111, 116, 110, 111]],
    {
      0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 }),
      // The limit turns the position; by the time it fills the stop has closed the long one.
      1: (ctx) => ctx.enterShort({ qty: 1, limit: 110, stopLoss: 115 }),
    },
  );
  expect(fills).toEqual([
    ["buy", 1, 100, "entry"],
    ["sell", 1, 95, "stopLoss"],
    ["sell", 1, 110, "entry"],
    ["buy", 1, 115, "stopLoss"],
  ]);
});

test("the rest of an entry that fills after the target is protected like the first part", () => {
  const dip: Candle = [100, 101, 97, 100, 40];
  const fills = fillsOf(
    [flat, dip, [100, 111, 99, 110], [100, 101, 97, 98], [98, 99, 94, 95]],
    { 0: (ctx) => ctx.enterLong({ qty: 10, limit: 98, stopLoss: 95, takeProfit: 110 }) },
    { settings: { participationPct: 10 } },
  );
  expect(fills).toEqual([
    ["buy", 4, 98, "entry"],
    ["sell", 4, 110, "takeProfit"],
    ["buy", 6, 98, "entry"],
    ["sell", 6, 95, "stopLoss"],
  ]);
});

test("prices moved by protect() are not undone by a later part of the same entry", () => {
  const thin: Candle = [100, 101, 99, 100, 40];
  const fills = fillsOf(
    [flat, thin, flat, [100, 101, 96, 98]],
    {
      0: (ctx) => ctx.enterLong({ qty: 10, stopLoss: 95 }),
      1: (ctx) => ctx.protect({ stopLoss: 97 }),
    },
    { settings: { participationPct: 10 } },
  );
  expect(fills.at(-1)).toEqual(["sell", 10, 97, "stopLoss"]);
});

test("prices named by protect() hold for the entry on its way, before or after it is asked for", () => {
  const bars: Candle[] = [flat, flat, [100, 101, 94, 96]];
  const stopped = [
    ["buy", 1, 100, "entry"],
    ["sell", 1, 95, "stopLoss"],
  ];
  const after: Script = {
    0: (ctx) => {
      ctx.enterLong({ qty: 1 });
      ctx.protect({ stopLoss: 95 });
    },
  };
  const before: Script = {
    0: (ctx) => {
      ctx.protect({ stopLoss: 95 });
      ctx.enterLong({ qty: 1 });
    },
  };
  expect(fillsOf(bars, after)).toEqual(stopped);
  expect(fillsOf(bars, before)).toEqual(stopped);
  // Said to nobody, the prices are forgotten with the decision.
  const early: Script = {
    0: (ctx) => ctx.protect({ stopLoss: 95 }),
    1: (ctx) => ctx.enterLong({ qty: 1 }),
  };
  expect(fillsOf([flat, flat, flat, [100, 101, 94, 96]], early)).toHaveLength(1);
});

test("an add brings its own stop with its fill, not with its order", () => {
  const fills = fillsOf([flat, flat, [100, 101, 96.5, 97], [97, 98, 94, 95]], {
    0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 }),
    1: (ctx) => ctx.enterLong({ qty: 1, limit: 90, stopLoss: 97, add: true }),
  });
  expect(fills).toEqual([
    ["buy", 1, 100, "entry"],
    ["sell", 1, 95, "stopLoss"],
  ]);
});

test("exit() and an entry the other way in one decision end at the size asked for", () => {
  const fills = fillsOf([flat, flat, flat], {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
    1: (ctx) => {
      ctx.exit();
      ctx.enterShort({ qty: 2 });
    },
  });
  expect(fills.slice(1)).toEqual([
    ["sell", 1, 100, "signal"],
    ["sell", 2, 100, "entry"],
  ]);
});

test("a time stop and a turn of the strategy in one decision end at the size asked for", () => {
  const backtest = runScript(
    [flat, flat, flat, flat],
    { 0: (ctx) => ctx.enterLong({ qty: 1 }), 1: (ctx) => ctx.enterShort({ qty: 2 }) },
    { rules: { maxBars: 1 } },
  );
  expect(backtestResult(backtest).fills.map((fill) => [fill.side, fill.qty])).toEqual([
    ["buy", 1],
    ["sell", 1],
    ["sell", 2],
    ["buy", 2],
  ]);
});

test("an entry of no size asks for nothing, also from the other side", () => {
  const fills = fillsOf([flat, flat, flat], {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
    1: (ctx) => {
      expect(ctx.enterShort({ qty: 0 })).toBe(0);
      expect(ctx.enterShort({ qty: Number.NaN })).toBe(0);
    },
  });
  expect(fills).toHaveLength(1);
});

test("a flip inside the bar is an entry: adverse first, the target only as far as the close confirms it", () => {
  const script: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
    1: (ctx) => ctx.order({ side: "sell", type: "stopMarket", trigger: 97, qty: 2 }),
  };
  const rules = { takeProfitPct: 2, stopLossPct: 5 };
  // Short from 97 on the way down: its target at 95.06 lies ahead, its stop at 101.85 comes first.
  const turned = (high: number, close: number): unknown[] =>
    fillsOf([flat, flat, [100, high, 94, close]], script, { rules }).slice(2);
  expect(turned(101.9, 100)).toEqual([["buy", 1, 101.85, "stopLoss"]]);
  expect(turned(101.8, 100)).toEqual([]);
  expect(turned(101.8, 95)).toEqual([["buy", 1, 95.06, "takeProfit"]]);
});

test("cancelAll() of a strategy leaves the protection of its position", () => {
  const fills = fillsOf([flat, flat, flat, [100, 101, 94, 95]], {
    0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 }),
    1: (ctx) => {
      for (const order of ctx.orders) {
        expect(ctx.cancel(order.ref)).toBe(false);
        expect(ctx.amend(order.ref, { trigger: 1 })).toBe(false);
      }
      ctx.cancelAll();
    },
  });
  expect(fills.at(-1)).toEqual(["sell", 1, 95, "stopLoss"]);
});

test("margin is released by a flip: the account can turn with all it has", () => {
  const backtest = runScript(
    [flat, flat, [110, 111, 109, 110], flat],
    { 0: (ctx) => ctx.enterLong({ qty: 100 }), 1: (ctx) => ctx.enterShort({ qty: 100 }) },
    { balance: 10_000 },
  );
  const [symbol] = backtest.exchange.symbols;
  expect(symbol?.position.qtyLots).toBe(-100_000);
  expect(symbol?.margin).toBe(11_000);
  expect(backtest.exchange.account.available).toBe(0);
});
