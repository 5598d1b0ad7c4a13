import { expect, test } from "vitest";
import { rejectName } from "#engine/model/order-terms.ts";
import { STATUS, statusName } from "#engine/orders/order-status.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { OrderTerms } from "#engine/strategy/order-desk.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { Backtest } from "#sim/backtest.ts";
import {
  barsOf,
  type Candle,
  configOf,
  type FixtureOptions,
  finished,
  HOUR,
  type Script,
  type ShortFill,
  START,
  scripted,
  shortFills,
  symbolOf,
} from "#sim/testing/fixture.ts";

const flat: Candle = [100, 101, 99, 100, 1000];
const NO_VOLUME: Candle = [100, 101, 99, 100, 0];

interface Outcome {
  /** Without the reason. */
  readonly fills: readonly unknown[];
  /** How orders ended that the venue refused, cancelled or let expire: status and reason, in order. */
  readonly ends: readonly string[];
}

/** Places the orders at the close of bar 0 and says what became of them. */
function place(
  candles: readonly Candle[],
  orders: readonly OrderTerms[] | Script,
  options: FixtureOptions & { readonly index?: readonly Candle[] } = {},
): Outcome {
  const script: Script = Array.isArray(orders)
    ? { 0: (ctx: SymbolContext) => orders.forEach((terms: OrderTerms) => void ctx.order(terms)) }
    : (orders as Script);
  const ends: string[] = [];
  const symbol = {
    ...symbolOf(barsOf(candles), options),
    index: options.index === undefined ? null : barsOf(options.index),
  };
  const config = configOf([symbol], scripted(script), options);
  const isEnd = (status: number): boolean => status > STATUS.filled;
  const backtest = finished(
    new Backtest({
      ...config,
      recordSink: (rows) => {
        for (let at = 0; at < rows.length; at += 10) {
          const status = rows[at + 5] as number;
          if (rows[at] !== RECORD.transition || !isEnd(status)) continue;
          ends.push(`${statusName(status)} ${rejectName(rows[at + 7] as number)}`);
        }
      },
    }),
  );
  return { fills: shortFills(backtest).map((fill: ShortFill) => fill.slice(0, 5)), ends };
}

const buy: OrderTerms = { side: "buy", qty: 1 };

test("a stop limit that is touched takes at its trigger, up to its limit and no worse", () => {
  const order: OrderTerms = { ...buy, type: "stopLimit", trigger: 105, price: 106 };
  const { fills } = place([flat, flat, [100, 108, 99, 107]], [order], {
    settings: { slippage: { kind: "fixed", bps: 500 } },
  });
  expect(fills).toEqual([[2, "inside", "buy", 1, 105]]);
});

test("a stop limit that the open gaps beyond rests at its limit and fills when the price comes back", () => {
  const order: OrderTerms = { ...buy, type: "stopLimit", trigger: 105, price: 106 };
  const gap: Candle = [110, 112, 109, 111];
  expect(place([flat, gap, gap], [order]).fills).toEqual([]);
  expect(place([flat, gap, [109, 110, 105, 106]], [order]).fills).toEqual([
    [2, "inside", "buy", 1, 106],
  ]);
  // Between trigger and limit the open itself is good enough.
  expect(place([flat, [105.5, 107, 105, 106]], [order]).fills).toEqual([
    [1, "open", "buy", 1, 105.5],
  ]);
});

test("a take-profit limit goes off at its trigger and rests where its price asks for more", () => {
  const script = (price: number): Script => ({
    0: (ctx) => {
      ctx.enterLong({ qty: 1 });
      const terms = { side: "sell", qty: 1, reduceOnly: true, trigger: 105 } as const;
      ctx.order({ ...terms, type: "takeProfitLimit", price });
    },
  });
  const rising: Candle = [100, 106, 99, 106];
  const higher: Candle = [106, 109, 105, 108];
  expect(place([flat, flat, rising, higher], script(104)).fills[1]).toEqual([
    2,
    "inside",
    "sell",
    1,
    105,
  ]);
  expect(place([flat, flat, rising, higher], script(108)).fills[1]).toEqual([
    3,
    "inside",
    "sell",
    1,
    108,
  ]);
});

test("a trailing stop follows completed bars only: the bar that makes the high is checked at the old level", () => {
  const script: Script = {
    0: (ctx) => {
      ctx.enterLong({ qty: 1 });
      ctx.order({ side: "sell", qty: 1, type: "trailingStop", callback: 5, reduceOnly: true });
    },
  };
  const candles: Candle[] = [flat, [100, 104, 99, 103], [103, 120, 101, 119], [119, 119, 110, 112]];
  // From the open at 100: 95; after bar 1: 99; bar 2 runs to 120 and stays above 99; then 115.
  expect(place(candles, script).fills[1]).toEqual([3, "inside", "sell", 1, 115]);
  const spike: Candle[] = [flat, [100, 104, 99, 103], [103, 120, 98, 119]];
  expect(place(spike, script).fills[1]).toEqual([2, "inside", "sell", 1, 99]);
});

test("a percent callback is of the best price and rounds against the account", () => {
  const script: Script = {
    0: (ctx) => {
      ctx.enterShort({ qty: 1 });
      ctx.order({ side: "buy", qty: 1, type: "trailingStop", callbackPct: 3, reduceOnly: true });
    },
  };
  // Best 91.37: 91.37 × 1.03 = 94.1111, up to 94.12.
  const candles: Candle[] = [flat, [100, 101, 91.37, 92], [92, 95, 91.5, 94]];
  expect(place(candles, script).fills[1]).toEqual([2, "inside", "buy", 1, 94.12]);
});

test("a trailing stop with an activation price sleeps until it is reached", () => {
  const script: Script = {
    0: (ctx) => {
      ctx.enterLong({ qty: 1 });
      const terms = { side: "sell", qty: 1, type: "trailingStop", reduceOnly: true } as const;
      ctx.order({ ...terms, callback: 2, activation: 110 });
    },
  };
  const before: Candle = [100, 109.99, 50, 105];
  expect(place([flat, before, before], script).fills).toHaveLength(1);
  const reaching: Candle = [105, 111, 104, 110];
  expect(place([flat, before, reaching, [110, 110, 100, 101]], script).fills[1]).toEqual([
    3,
    "inside",
    "sell",
    1,
    109,
  ]);
});

test("a stop on the mark goes off when the mark touches it, whatever the last price does", () => {
  const script = (triggerBy: "last" | "mark"): Script => ({
    0: (ctx) => {
      ctx.enterLong({ qty: 1 });
      const terms = { side: "sell", qty: 1, type: "stopMarket", reduceOnly: true } as const;
      ctx.order({ ...terms, trigger: 95, triggerBy });
    },
  });
  const candles: Candle[] = [flat, flat, [100, 101, 94, 100], [100, 101, 96, 100]];
  const marks: Candle[] = [flat, flat, [100, 101, 96, 100], [100, 101, 95, 100]];
  expect(place(candles, script("last"), { marks }).fills[1]).toEqual([2, "inside", "sell", 1, 95]);
  // The last price is at 96 at the lowest when the mark is at 95.
  expect(place(candles, script("mark"), { marks }).fills[1]).toEqual([3, "inside", "sell", 1, 96]);
});

test("a stop on the index follows the index candles", () => {
  const script: Script = {
    0: (ctx) => {
      ctx.enterLong({ qty: 1 });
      const terms = { side: "sell", qty: 1, type: "stopMarket", reduceOnly: true } as const;
      ctx.order({ ...terms, trigger: 95, triggerBy: "index" });
    },
  };
  const candles: Candle[] = [flat, [100, 101, 90, 100], [100, 101, 90, 100]];
  const index: Candle[] = [flat, flat, [100, 101, 95, 100]];
  expect(place(candles, script, { index }).fills[1]).toEqual([2, "inside", "sell", 1, 95]);
});

test("post-only is refused where it would take, and rests otherwise", () => {
  const order: OrderTerms = { ...buy, type: "limit", price: 100, postOnly: true };
  expect(place([flat, flat], [order])).toEqual({
    fills: [],
    ends: ["rejected postOnlyWouldTake"],
  });
  const lower = { ...order, price: 99.5 };
  expect(place([flat, flat], [lower]).fills).toEqual([[1, "inside", "buy", 1, 99.5]]);
});

test("immediate-or-cancel takes what the bar holds and gives up the rest", () => {
  const order: OrderTerms = { side: "buy", qty: 3, type: "limit", price: 101, tif: "ioc" };
  const settings = { participationPct: 10 };
  const thin: Candle = [100, 101, 99, 100, 20];
  expect(place([flat, thin, flat], [order], { settings })).toEqual({
    fills: [[1, "open", "buy", 2, 100]],
    ends: ["cancelled iocNotFillable"],
  });
  expect(place([flat, flat], [{ ...order, price: 99 }]).ends).toEqual(["rejected iocNotFillable"]);
  const market: OrderTerms = { side: "buy", qty: 3, tif: "ioc" };
  expect(place([flat, thin, flat], [market], { settings }).fills).toHaveLength(1);
  expect(place([flat, NO_VOLUME, flat], [market], { settings }).ends).toEqual([
    "rejected iocNotFillable",
  ]);
});

test("fill-or-kill is filled whole or refused", () => {
  const order: OrderTerms = { side: "buy", qty: 3, type: "limit", price: 101, tif: "fok" };
  const settings = { participationPct: 10 };
  const thin: Candle = [100, 101, 99, 100, 20];
  expect(place([flat, thin, flat], [order], { settings })).toEqual({
    fills: [],
    ends: ["rejected fokNotFillable"],
  });
  expect(place([flat, flat], [order], { settings }).fills).toEqual([[1, "open", "buy", 3, 100]]);
  const stop: OrderTerms = { side: "buy", qty: 3, type: "stopMarket", trigger: 105, tif: "fok" };
  const rising: Candle = [100, 106, 99, 105, 20];
  expect(place([flat, flat, rising], [stop], { settings })).toEqual({
    fills: [],
    ends: ["cancelled fokNotFillable"],
  });
});

test("an order with a date acts before it: at the open of its last bar, not inside, not later", () => {
  const order: OrderTerms = { ...buy, type: "limit", price: 98, tif: "gtd" };
  const dip: Candle = [100, 101, 97, 100];
  const at = (hours: number): OrderTerms => ({ ...order, expiresAt: START + hours * HOUR });
  expect(place([flat, flat, dip], [at(3)]).fills).toEqual([[2, "inside", "buy", 1, 98]]);
  expect(place([flat, flat, dip], [at(2)])).toEqual({ fills: [], ends: ["expired none"] });
  expect(place([flat, flat, dip], [at(2.5)])).toEqual({ fills: [], ends: ["expired none"] });
  expect(place([flat, flat, [97, 98, 96, 97]], [at(2.5)]).fills).toEqual([
    [2, "open", "buy", 1, 98],
  ]);
  expect(place([flat, flat], [at(0.5)]).ends).toEqual(["expired none"]);
});

test("of a group one order fills and the others end", () => {
  const script: Script = {
    0: (ctx) => {
      ctx.enterLong({ qty: 1 });
      const exit = { side: "sell", qty: 1, oco: "exit" } as const;
      ctx.order({ ...exit, type: "limit", price: 105 });
      ctx.order({ ...exit, type: "stopMarket", trigger: 95 });
    },
  };
  const both: Candle = [100, 106, 94, 100];
  expect(place([flat, flat, both, both], script)).toEqual({
    fills: [
      [1, "open", "buy", 1, 100],
      [2, "inside", "sell", 1, 95],
    ],
    ends: ["cancelled groupFilled"],
  });
});

test("a group shrinks with each partial fill, so that together it fills its size once", () => {
  const script: Script = {
    0: (ctx) => {
      const entry = { side: "buy", qty: 3, oco: "entry" } as const;
      ctx.order({ ...entry, type: "limit", price: 98 });
      ctx.order({ ...entry, type: "stopMarket", trigger: 105 });
    },
  };
  const settings = { participationPct: 10 };
  const dip: Candle = [100, 101, 97, 100, 20];
  const rise: Candle = [100, 106, 99, 105, 1000];
  const { fills, ends } = place([flat, dip, rise, dip], script, { settings });
  expect(fills).toEqual([
    [1, "inside", "buy", 2, 98],
    [2, "inside", "buy", 1, 105],
  ]);
  expect(ends).toEqual(["cancelled groupFilled"]);
});

test("of three in a group each shrinks once with a fill, whichever of them ends by it", () => {
  const script: Script = {
    0: (ctx) => {
      const entry = { side: "buy", oco: "entry" } as const;
      ctx.order({ ...entry, qty: 9, type: "stopMarket", trigger: 110 });
      ctx.order({ ...entry, qty: 2, type: "stopMarket", trigger: 111 });
      ctx.order({ ...entry, qty: 6, type: "limit", price: 98 });
    },
  };
  const settings = { participationPct: 10 };
  const dip: Candle = [100, 101, 97, 100, 20];
  const rise: Candle = [100, 112, 99, 111, 1000];
  const { fills, ends } = place([flat, dip, rise], script, { settings });
  expect(fills).toEqual([
    [1, "inside", "buy", 2, 98],
    [2, "inside", "buy", 7, 110],
  ]);
  expect(ends).toEqual(["cancelled groupFilled", "cancelled groupFilled"]);
});

test("an order whose group was filled on arrival, before it arrived itself, is refused", () => {
  const both: OrderTerms[] = [
    { ...buy, type: "limit", price: 101, oco: "g" },
    { ...buy, type: "stopMarket", trigger: 105, oco: "g" },
  ];
  expect(place([flat, flat, [100, 106, 99, 105]], both)).toEqual({
    fills: [[1, "open", "buy", 1, 100]],
    ends: ["rejected groupFilled"],
  });
});

test("a limit price beyond the band around the mark is refused", () => {
  const instrument = { priceBandPct: 5 };
  const order = (price: number): OrderTerms => ({ ...buy, type: "limit", price });
  expect(place([flat, flat], [order(105.01)], { instrument }).ends).toEqual([
    "rejected outsidePriceBand",
  ]);
  expect(place([flat, flat], [order(105)], { instrument }).fills).toHaveLength(1);
  expect(place([flat, flat], [order(50)], { instrument }).ends).toEqual([]);
});

test("terms that contradict each other are refused before anything is asked", () => {
  const bad: readonly [Partial<OrderTerms>, RegExp][] = [
    [{ type: "trailingStop" }, /names "callbackPct" or "callback"/],
    [{ type: "trailingStop", callback: 1, callbackPct: 1 }, /one of them/],
    [{ type: "trailingStop", callback: -1 }, /callback above 0/],
    [{ callback: 1 }, /Only a trailing stop/],
    [{ tif: "gtd" }, /names "expiresAt"/],
    [{ expiresAt: 5 }, /names "expiresAt"/],
    [{ postOnly: true }, /Only limit orders/],
    [{ type: "limit", price: 1, postOnly: true, tif: "fok" }, /it can not be "fok"/],
    [{ tif: "day" as never }, /no tif "day": use gtc, ioc, fok, gtd/],
    [{ type: "stopMarket", trigger: 1, triggerBy: "mid" as never }, /no triggerBy "mid"/],
    [{ type: "stopLimit", trigger: 5 }, /stopLimit order has a price above 0/],
  ];
  for (const [terms, message] of bad) {
    expect(() => place([flat, flat], [{ ...buy, ...terms }])).toThrow(message);
  }
});
