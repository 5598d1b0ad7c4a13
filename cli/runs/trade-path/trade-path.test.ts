import { describe, expect, test } from "vitest";
import { tradeDocument } from "#cli/backtest/run-document.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  barsOf,
  type Candle,
  configOf,
  type FixtureOptions,
  finished,
  fundingOf,
  type Script,
  scripted,
  symbolOf,
} from "#sim/testing/fixture.ts";
import { PathContext } from "./path-context.ts";
import { PathRecorder } from "./path-recorder.ts";
import { pathText } from "./path-text.ts";
import { pathGaps } from "./testing/path-gaps.ts";
import { type TradePath, tradePath } from "./trade-path.ts";

const flat: Candle = [100, 101, 99, 100, 1_000];
const flats = (count: number): Candle[] => Array.from({ length: count }, () => flat);

/** The path of every trade of a script over candles. */
function pathsOf(
  candles: readonly Candle[],
  script: Script,
  options: FixtureOptions = {},
  gaps: readonly RegExp[] = [],
): readonly TradePath[] {
  const config = configOf([symbolOf(barsOf(candles), options)], scripted(script), options);
  const backtest = new Backtest(config);
  const recorder = new PathRecorder(backtest, null);
  const { trades, openTrades } = backtestResult(finished(backtest));
  const context = new PathContext(config.symbols, config.settings);
  return [...trades, ...openTrades].map((trade) => {
    const path = tradePath(tradeDocument(trade), recorder.moments, context);
    if (path === null) throw new Error(`Trade ${trade.id} has no path`);
    expect(pathGaps(path)).toEqual(gaps.map((gap) => expect.stringMatching(gap)));
    return path;
  });
}

/** Event, order and rule of each step. */
function steps({ events }: TradePath): string[] {
  return events.map(({ event, order, rule, reason }) =>
    [event, order === null ? "" : `#${order}`, rule?.name ?? reason ?? ""]
      .filter((word) => word !== "")
      .join(" "),
  );
}

const enter = (terms: Parameters<SymbolContext["enterLong"]>[0]): Script => ({
  0: (ctx) => ctx.enterLong(terms),
});

test("a market entry and a market exit, from decision to flat", () => {
  const script = {
    ...enter({ qty: 2, tag: "in" }),
    2: (ctx: SymbolContext) => ctx.exit({ tag: "out" }),
  };
  const [path] = pathsOf(flats(5), script, { settings: { takerPct: 0.05 } });
  expect(steps(path as TradePath)).toEqual([
    "decision",
    "intent #1",
    "orderSent #1",
    "orderAccepted #1",
    "orderFilled #1 marketAtOpen",
    "decision",
    "intent #2",
    "orderSent #2",
    "orderAccepted #2",
    "orderFilled #2 marketAtOpen",
    "closed #2 signal",
  ]);
  expect(path?.events[4]?.execution).toMatchObject({
    qty: 2,
    price: 100,
    fee: 0.1,
    positionAfter: 2,
  });
  expect(path?.events[0]?.says).toContain("the bar of 2024-01-01T00:00:00.000Z");
  expect(path?.events.at(-1)?.says).toContain("flat by signal (out)");
});

describe("protection", () => {
  const script = enter({ qty: 1, stopLoss: 95, takeProfit: 110 });

  test("a stop touched inside a bar, and the target that ends with it", () => {
    const [path] = pathsOf([flat, flat, [100, 101, 94, 98, 1_000], flat], script);
    expect(steps(path as TradePath)).toEqual([
      "decision",
      "intent #1",
      "orderSent #1",
      "orderAccepted #1",
      "orderFilled #1 marketAtOpen",
      "decision",
      "intent #2",
      "orderSent #2",
      "intent #3",
      "orderSent #3",
      "orderAccepted #2",
      "orderAccepted #3",
      "orderTriggered #2",
      "orderFilled #2 triggerTouched",
      "orderCancelled #3 reduceOnlyWouldIncrease",
      "closed #2 stopLoss",
    ]);
    expect(path?.events.at(-1)?.says).toContain("trigger 95, filled at 95");
    expect(path?.excursions.worst).toEqual({ pct: -5, price: 95, bar: "2024-01-01T02:00:00.000Z" });
  });

  test("a gap through the stop fills at the open", () => {
    const [path] = pathsOf([flat, flat, [90, 92, 89, 91, 1_000], flat], script);
    const fill = path?.events.find(({ rule }) => rule?.name === "gapThroughTrigger");
    expect(fill?.says).toContain("the open of the bar at 90 lies beyond the trigger 95");
    expect(fill?.bar).toMatchObject({ time: "2024-01-01T02:00:00.000Z", open: 90, low: 89 });
  });

  test("a target that the price goes through, and one that the open gaps through", () => {
    const [inside] = pathsOf([flat, flat, [100, 111, 99, 105, 1_000], flat], script);
    expect(steps(inside as TradePath)).toContain("orderFilled #3 limitThrough");
    const [gapped] = pathsOf([flat, flat, [115, 116, 114, 115, 1_000], flat], script);
    expect(steps(gapped as TradePath)).toContain("orderFilled #3 limitGap");
    expect(gapped?.exitPrice).toBe(110);
  });

  test("a trailing stop shows each amendment with its new trigger", () => {
    const rise: Candle[] = [flat, flat, [100, 110, 100, 109, 1_000], [109, 120, 109, 119, 1_000]];
    const rules = { trailing: { pct: 5 } };
    const [path] = pathsOf([...rise, [119, 119, 100, 101, 1_000], flat], enter({ qty: 1 }), {
      rules,
    });
    const triggers = path?.events
      .filter(({ event }) => event === "orderAmended")
      .map(({ terms }) => terms?.trigger);
    expect(triggers).toEqual([95.95, 104.5, 114]);
    expect(path).toMatchObject({ exitReason: "trailing", exitPrice: 114 });
  });
});

test("the rest of an order that the volume held back", () => {
  const thin: Candle = [100, 101, 99, 100, 50];
  const [path] = pathsOf([flat, thin, thin, flat, flat], enter({ qty: 8 }), {
    settings: { participationPct: 10 },
  });
  expect(steps(path as TradePath).filter((step) => step.includes("Filled"))).toEqual([
    "orderPartiallyFilled #1 marketAtOpen",
    "orderFilled #1 restAtOpen",
  ]);
  expect(steps(path as TradePath).at(-1)).toBe("openAtEnd");
});

test("a flip ends one trade and begins the next, each with its part", () => {
  const script: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
    2: (ctx) => ctx.order({ side: "sell", qty: 3 }),
    4: (ctx) => ctx.exit(),
  };
  const [long, short] = pathsOf(flats(7), script, { settings: { takerPct: 0.1 } });
  const parts = [long, short].map((path) =>
    path?.events.flatMap(({ execution }) => (execution === undefined ? [] : [execution.qty])),
  );
  expect(parts).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(long?.fees).toBeCloseTo(0.2, 12);
});

test("funding at each stamp with rate, mark and size", () => {
  const script = { ...enter({ qty: 2 }), 4: (ctx: SymbolContext) => ctx.exit() };
  const funding = fundingOf([
    [1, 0.5],
    [2, 0.001],
    [4, -0.002],
  ]);
  const [path] = pathsOf(flats(7), script, { funding });
  const paid = path?.events.flatMap((event) => (event.funding === undefined ? [] : [event]));
  expect(paid?.map(({ time, funding: one }) => [time, one])).toEqual([
    ["2024-01-01T02:00:00.000Z", { rate: 0.001, price: 100, qty: 2, amount: -0.2 }],
    ["2024-01-01T04:00:00.000Z", { rate: -0.002, price: 100, qty: 2, amount: 0.4 }],
  ]);
});

describe("liquidation", () => {
  const script = enter({ qty: 10 });
  const crash: Candle = [100, 100, 80, 85, 1_000];

  test("on the mark inside the bar", () => {
    const marks: Candle[] = [flat, flat, [100, 100, 85, 90, 0], flat];
    const [path] = pathsOf([flat, flat, crash, flat], script, { leverage: 10, marks });
    const [event] = path?.events.filter(({ event: name }) => name === "liquidated") ?? [];
    expect(event?.rule?.name).toBe("liquidationOnMark");
    expect(event?.bar?.mark).toEqual({ open: 100, high: 100, low: 85 });
    expect(path?.exitReason).toBe("liquidation");
  });

  test("at the open, and none where only the last price went there", () => {
    const opened: Candle[] = [flat, flat, [85, 86, 84, 85, 0], flat];
    const [path] = pathsOf([flat, flat, crash, flat], script, { leverage: 10, marks: opened });
    expect(steps(path as TradePath)).toContain("liquidated liquidationAtOpen");
    const calm: Candle[] = [flat, flat, [100, 100, 95, 96, 0], flat];
    const [survivor] = pathsOf([flat, flat, crash, flat], script, { leverage: 10, marks: calm });
    expect(survivor?.closedAt).toBeNull();
  });
});

test("under cross margin the account is what is liquidated", () => {
  const [path] = pathsOf(
    [flat, flat, [100, 100, 80, 85, 1_000], flat],
    enter({ qty: 900 }),
    { leverage: 10, settings: { marginMode: "cross" } },
    [/accountLiquidation is not looked at here/],
  );
  expect(steps(path as TradePath)).toContain("liquidated accountLiquidation");
  expect(path?.exitReason).toBe("liquidation");
});

test("in hedge mode each side has a path of its own", () => {
  const script: Script = {
    0: (ctx) => {
      ctx.order({ side: "buy", qty: 2, positionSide: "long" });
      ctx.order({ side: "sell", qty: 1, positionSide: "short" });
    },
    3: (ctx) => {
      ctx.order({ side: "sell", qty: 2, positionSide: "long", reduceOnly: true });
      ctx.order({ side: "buy", qty: 1, positionSide: "short", reduceOnly: true });
    },
  };
  const paths = pathsOf(flats(6), script, { settings: { positionMode: "hedge" } });
  expect(paths.map(({ side, qty, closedAt }) => [side, qty, closedAt])).toEqual([
    ["long", 2, "2024-01-01T04:00:00.000Z"],
    ["short", 1, "2024-01-01T04:00:00.000Z"],
  ]);
  for (const path of paths) {
    expect(path.events.filter(({ event }) => event === "orderSent").length).toBe(2);
    expect(path.events[1]?.says).toContain(`${path.side} side`);
  }
});

test("an order of the next trade is none of this one", () => {
  const script: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
    2: (ctx) => ctx.exit(),
    4: (ctx) => ctx.enterShort({ qty: 1 }),
  };
  const [first, second] = pathsOf(flats(7), script);
  expect(first?.events.filter(({ event }) => event === "orderSent").length).toBe(2);
  expect(second?.events.filter(({ event }) => event === "orderSent").length).toBe(1);
});

test("the text has a line per step and one per bar", () => {
  const [path] = pathsOf(flats(4), enter({ qty: 1 }));
  const view = { width: 80, isTerminal: false, style: (_: string, text: string) => text };
  const lines = pathText(path as TradePath, view as never).split("\n");
  expect(lines[0]).toBe("trade 1  BTCUSDT long  1");
  expect(lines.filter((line) => line.startsWith("  bar ")).length).toBe(2);
  expect(lines.find((line) => line.includes("orderFilled"))).toBe(
    "2024-01-01T01:00:00.000Z  #1  orderFilled          filled: buy 1 at 100, taker fee 0.00; position 1, liquidation at 0.5. Why: a market order takes at the open of the bar in which it can trade, 100",
  );
});
