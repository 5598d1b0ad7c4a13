import { expect, test } from "vitest";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  type Candle,
  type FixtureOptions,
  fundingOf,
  HOUR,
  runScript,
  type Script,
  START,
} from "#sim/testing/fixture.ts";

/** Fills as short rows: bar of the fill, side, quantity, price, liquidity. */
function fillsOf(
  candles: readonly Candle[],
  script: Script,
  options: FixtureOptions = {},
): unknown[] {
  const result = backtestResult(runScript(candles, script, options));
  return result.fills.map((fill) => [
    (fill.time - START) / HOUR,
    fill.side,
    fill.qty,
    fill.price,
    fill.liquidity,
  ]);
}

const inside = (bar: number): number => bar + 1 - 1 / HOUR;
const flat: Candle = [100, 101, 99, 100, 1000];

test("a market order decided at a close fills at the next open, with the time of that open", () => {
  const fills = fillsOf([flat, [103, 104, 102, 103]], { 0: (ctx) => ctx.enterLong({ qty: 1 }) });
  expect(fills).toEqual([[1, "buy", 1, 103, "taker"]]);
});

test("fillAt close fills at the close of the deciding bar", () => {
  const fills = fillsOf(
    [
      [100, 105, 99, 104],
      [110, 111, 109, 110],
    ],
    { 0: (ctx) => ctx.enterLong({ qty: 1 }) },
    { settings: { fillAt: "close" } },
  );
  expect(fills).toEqual([[1, "buy", 1, 104, "taker"]]);
});

test("an order over a gap in the candles waits for the next tradable bar", () => {
  const fills = fillsOf([flat, "gap", "gap", [92, 93, 91, 92]], {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
  });
  expect(fills).toEqual([[3, "buy", 1, 92, "taker"]]);
});

test("latency beyond a bar moves a market order to the open of the bar of its arrival", () => {
  const fills = fillsOf(
    [flat, flat, [104, 105, 103, 104]],
    { 0: (ctx) => ctx.enterLong({ qty: 1 }) },
    { settings: { latencyMs: HOUR + 1 } },
  );
  expect(fills).toEqual([[2, "buy", 1, 104, "taker"]]);
});

test("a stop that the open gaps through fills at the open, one touched inside the bar at its trigger", () => {
  const script: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 }),
  };
  expect(fillsOf([flat, flat, [92, 93, 91, 92]], script)[1]).toEqual([2, "sell", 1, 92, "taker"]);
  expect(fillsOf([flat, flat, [98, 99, 95, 96]], script)[1]).toEqual([
    inside(2),
    "sell",
    1,
    95,
    "taker",
  ]);
  expect(fillsOf([flat, flat, [98, 99, 95.01, 96]], script)).toHaveLength(1);
});

test("a resting limit needs a trade-through of one tick, unless touch is asked for", () => {
  const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, limit: 98 }) };
  const touched: Candle[] = [flat, [100, 101, 98, 99]];
  expect(fillsOf(touched, script)).toEqual([]);
  expect(fillsOf(touched, script, { settings: { limitFill: "touch" } })).toEqual([
    [inside(1), "buy", 1, 98, "maker"],
  ]);
  expect(fillsOf([flat, [100, 101, 97.99, 99]], script)).toEqual([
    [inside(1), "buy", 1, 98, "maker"],
  ]);
});

test("a resting limit that gaps fills at its own price, at the open only with limitImprove", () => {
  const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, limit: 98 }) };
  const gapped: Candle[] = [flat, flat, [95, 96, 94, 95]];
  expect(fillsOf(gapped, script)).toEqual([[2, "buy", 1, 98, "maker"]]);
  expect(fillsOf(gapped, script, { settings: { limitImprove: true } })).toEqual([
    [2, "buy", 1, 95, "maker"],
  ]);
});

test("a limit that is marketable on arrival takes at the price it meets", () => {
  const fills = fillsOf([flat, [97, 98, 96, 97]], {
    0: (ctx) => ctx.enterLong({ qty: 1, limit: 98 }),
  });
  expect(fills).toEqual([[1, "buy", 1, 97, "taker"]]);
});

test.each([
  ["worst", 95],
  ["best", 110],
  ["ohlc", 110],
  ["olhc", 95],
  ["adaptive", 95],
] as const)("stop and target in one bar under %s end at %d", (intrabar, price) => {
  const fills = fillsOf(
    [flat, flat, [100, 112, 94, 100]],
    { 0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95, takeProfit: 110 }) },
    { settings: { intrabar } },
  );
  expect(fills[1]).toEqual([inside(2), "sell", 1, price, price === 95 ? "taker" : "maker"]);
});

test("an entry at the open makes the whole bar count; an entry by a limit inside it only what may follow", () => {
  const bar: Candle = [100, 112, 94, 100];
  const market: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95, takeProfit: 110 }) };
  expect(fillsOf([flat, bar], market)[1]).toEqual([inside(1), "sell", 1, 95, "taker"]);
  const limit: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1, limit: 98, stopLoss: 90, takeProfit: 110 }),
  };
  expect(fillsOf([flat, bar], limit)).toHaveLength(1); // the target is not confirmed by the close
  expect(fillsOf([flat, [100, 112, 94, 111]], limit)[1]).toEqual([
    inside(1),
    "sell",
    1,
    110,
    "maker",
  ]);
  expect(fillsOf([flat, [100, 112, 89, 111]], limit)[1]).toEqual([
    inside(1),
    "sell",
    1,
    90,
    "taker",
  ]);
});

test("a reduce-only order never turns the position around and goes with it", () => {
  const result = backtestResult(
    runScript([flat, flat, flat, [100, 106, 99, 100]], {
      0: (ctx) => ctx.enterLong({ qty: 1 }),
      1: (ctx) => {
        ctx.order({ side: "sell", type: "limit", qty: 5, price: 105, reduceOnly: true });
        ctx.order({ side: "sell", type: "limit", qty: 1, price: 110, reduceOnly: true });
      },
    }),
  );
  expect(result.fills.map((fill) => [fill.side, fill.qty])).toEqual([
    ["buy", 1],
    ["sell", 1],
  ]);
  expect(result.totals.orders).toMatchObject({ filled: 1, cancelled: 2, partial: 1 });
  expect(result.trades[0]).toMatchObject({ exitReason: "takeProfit", netPnl: 5 });
});

test("participation limits a fill to its share of the volume and the rest works on", () => {
  const fills = fillsOf(
    [flat, [100, 101, 99, 100, 10], [102, 103, 101, 102, 0], [104, 105, 103, 104, 100]],
    { 0: (ctx) => ctx.enterLong({ qty: 3 }) },
    { settings: { participationPct: 10 } },
  );
  expect(fills).toEqual([
    [1, "buy", 1, 100, "taker"],
    [3, "buy", 2, 104, "taker"],
  ]);
});

test("slippage is half a spread and impact by share, capped by the range, rounded against the account", () => {
  const slippage = { kind: "spreadImpact", halfSpreadBps: 1, impactBps: 100 } as const;
  const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 1 }) };
  const at = (candle: Candle): unknown =>
    fillsOf([flat, candle], script, { settings: { slippage } })[0];
  // 100 × (1 bp + 100 bp × 1/10) = 0.11
  expect(at([100, 101, 99, 100, 10])).toEqual([1, "buy", 1, 100.11, "taker"]);
  expect(at([100, 100.03, 99.99, 100, 10])).toEqual([1, "buy", 1, 100.04, "taker"]);
  expect(at([100, 101, 99, 100])).toEqual([1, "buy", 1, 100.01, "taker"]);
});

test("funding is paid by who held before the stamp, on the mark at the stamp; a fill at the stamp is after it", () => {
  const candles: Candle[] = [flat, flat, [102, 103, 101, 102], flat];
  const funding = fundingOf([[2, 0.001]]);
  const held = backtestResult(
    runScript(candles, { 0: (ctx) => ctx.enterLong({ qty: 1 }) }, { funding }),
  );
  expect(held.totals.funding).toBeCloseTo(-0.102, 12);
  const late = backtestResult(
    runScript(candles, { 1: (ctx) => ctx.enterLong({ qty: 1 }) }, { funding }),
  );
  expect(late.totals.funding).toBe(0);
  const left = backtestResult(
    runScript(
      candles,
      { 0: (ctx) => ctx.enterLong({ qty: 1 }), 1: (ctx) => ctx.exit() },
      { funding },
    ),
  );
  expect(left.totals.funding).toBeCloseTo(-0.102, 12);
});

test("liquidation happens on the mark, at the bankruptcy price, and takes no more than the margin", () => {
  // Published example: long 1 at 20,000 with 50x and 0.5 % maintenance is liquidated at 19,700.
  const base: Candle = [20_000, 20_010, 19_990, 20_000];
  const dip: Candle = [20_000, 20_010, 19_690, 19_900];
  const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 1 }) };
  const options: FixtureOptions = { leverage: 50 };
  const hit = backtestResult(runScript([base, base, dip], script, options));
  expect(hit.trades[0]).toMatchObject({
    exitReason: "liquidation",
    exitPrice: 19_600,
    netPnl: -400,
  });
  expect(hit.totals.liquidations).toBe(1);
  const calmMark: Candle[] = [base, base, [20_000, 20_010, 19_701, 19_900]];
  const spared = backtestResult(
    runScript([base, base, dip], script, { ...options, marks: calmMark }),
  );
  expect(spared.trades).toEqual([]);
});

test("what the margin can not carry is rejected with the venue's reason", () => {
  const result = backtestResult(
    runScript([flat, flat], { 0: (ctx) => ctx.enterLong({ qty: 101 }) }),
  );
  expect(result.fills).toEqual([]);
  expect(result.totals.orders.rejected).toEqual({ insufficientMargin: 1 });
});

test("a flip closes one trade and opens the next with one order", () => {
  const result = backtestResult(
    runScript([flat, [100, 101, 99, 100], [110, 111, 109, 110], flat], {
      0: (ctx) => ctx.enterLong({ qty: 1 }),
      1: (ctx) => ctx.enterShort({ qty: 2 }),
    }),
  );
  expect(result.fills.map((fill) => [fill.side, fill.qty, fill.price])).toEqual([
    ["buy", 1, 100],
    ["sell", 3, 110],
  ]);
  expect(result.trades).toMatchObject([
    { side: "long", netPnl: 10, exitReason: "signal", bars: 1 },
  ]);
  expect(result.openTrades).toMatchObject([{ side: "short", qty: 2, netPnl: 20 }]);
});

test("maker and taker fees are charged per fill and explain the balance", () => {
  const backtest = runScript(
    [flat, flat, [100, 106, 99, 100]],
    { 0: (ctx) => ctx.enterLong({ qty: 1, takeProfit: 105 }) },
    { settings: { makerPct: 0.02, takerPct: 0.055 } },
  );
  const result = backtestResult(backtest);
  expect(result.totals.feesTaker).toBeCloseTo(0.055, 12);
  expect(result.totals.feesMaker).toBeCloseTo(0.021, 12);
  expect(backtest.engine.ledger.wallet).toBeCloseTo(10_000 + 5 - 0.076, 9);
  expect(backtest.exchange.account.wallet).toBe(backtest.engine.ledger.wallet);
});

test("the band encloses the net and meets it under worst", () => {
  const candles: Candle[] = [flat, flat, [100, 112, 94, 100]];
  const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95, takeProfit: 110 }) };
  const worst = backtestResult(runScript(candles, script)).band;
  expect(worst).toEqual({
    ambiguousBars: 1,
    ambiguousTrades: 1,
    pessimistic: { net: -5 },
    optimistic: { net: 10 },
  });
  const best = backtestResult(runScript(candles, script, { settings: { intrabar: "best" } })).band;
  expect(best).toMatchObject({ pessimistic: { net: -5 }, optimistic: { net: 10 } });
});

test("a stop whose trigger has passed when it is sent is rejected", () => {
  const result = backtestResult(
    runScript([flat, flat, flat], {
      0: (ctx) => ctx.order({ side: "sell", type: "stopMarket", qty: 1, trigger: 100.5 }),
    }),
  );
  expect(result.totals.orders.rejected).toEqual({ triggerAlreadyPassed: 1 });
});
