import { expect, test } from "vitest";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  type Candle,
  fundingOf,
  runScript,
  type Script,
  shortFills,
} from "#sim/testing/fixture.ts";

const flat: Candle = [100, 101, 99, 100, 1000];
const settings = { positionMode: "hedge" } as const;
const both = (ctx: SymbolContext): void => {
  ctx.enterLong({ qty: 2 });
  ctx.enterShort({ qty: 1 });
};

test("a long and a short position of one symbol stand beside each other and end apart", () => {
  const script: Script = {
    0: both,
    1: (ctx) => {
      expect([ctx.position.qty, ctx.shortPosition.qty, ctx.isHedged]).toEqual([2, -1, true]);
      ctx.exit({ positionSide: "short" });
    },
    2: (ctx) => void ctx.exit(),
  };
  const candles: Candle[] = [flat, flat, [110, 111, 109, 110], [120, 121, 119, 120]];
  const { trades } = backtestResult(runScript(candles, script, { settings }));
  expect(trades.map(({ side, qty, netPnl, exitPrice }) => [side, qty, netPnl, exitPrice])).toEqual([
    ["long", 2, 40, 120],
    ["short", 1, -10, 110],
  ]);
});

test("an order against a position side only reduces it and never opens the other side", () => {
  const script: Script = {
    0: (ctx) => void ctx.order({ side: "buy", qty: 1, positionSide: "long" }),
    1: (ctx) => void ctx.order({ side: "sell", qty: 5, positionSide: "long" }),
  };
  const run = runScript([flat, flat, flat, flat], script, { settings });
  expect(shortFills(run).map((fill) => fill.slice(2, 4))).toEqual([
    ["buy", 1],
    ["sell", 1],
  ]);
});

test("stops of both sides act in one bar, each on its own position", () => {
  const script: Script = {
    0: (ctx) => {
      ctx.enterLong({ qty: 1, stopLoss: 95 });
      ctx.enterShort({ qty: 1, stopLoss: 105 });
    },
  };
  const run = runScript([flat, flat, [100, 106, 94, 100]], script, { settings });
  expect(
    shortFills(run)
      .slice(2)
      .map((fill) => fill.slice(2, 5)),
  ).toEqual([
    ["sell", 1, 95],
    ["buy", 1, 105],
  ]);
});

test("both sides take from the same volume of a bar", () => {
  const options = { settings: { ...settings, participationPct: 10 } };
  const thin: Candle = [100, 101, 99, 100, 25];
  const run = runScript([flat, thin, flat], { 0: both }, options);
  expect(shortFills(run).map(([bar, , side, qty]) => [bar, side, qty])).toEqual([
    [1, "buy", 2],
    [1, "sell", 0.5],
    [2, "sell", 0.5],
  ]);
});

test("funding is exchanged on each side by itself", () => {
  const funding = fundingOf([[2, 0.001]]);
  const result = backtestResult(
    runScript([flat, flat, flat, flat], { 0: both }, { settings, funding }),
  );
  expect(result.totals.funding).toBeCloseTo(-0.1, 12);
  expect(result.openTrades.map((trade) => trade.funding)).toEqual([-0.2, 0.1]);
});

test("the position side is named in hedge mode and only there", () => {
  const order = { side: "buy", qty: 1 } as const;
  const run = (script: Script, hedge: boolean): unknown =>
    runScript([flat, flat], script, hedge ? { settings } : {});
  expect(() => run({ 0: (ctx) => void ctx.order(order) }, true)).toThrow(
    /names its "positionSide"/,
  );
  const named: Script = { 0: (ctx) => void ctx.order({ ...order, positionSide: "long" }) };
  expect(() => run(named, false)).toThrow(/this account is one-way/);
});
