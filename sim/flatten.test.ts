import { expect, test } from "vitest";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import { accountCut } from "#sim/testing/account-cut.ts";
import {
  barsOf,
  type Candle,
  configOf,
  type FixtureOptions,
  HOUR,
  START,
  scripted,
  shortFills,
  symbolOf,
} from "#sim/testing/fixture.ts";
import { flat } from "#sim/testing/sample.ts";

/** Plays a script bar by bar, pulls the kill switch at the close of one bar, and hands over a cut after each later one. */
function flattened(
  candles: readonly Candle[],
  at: number,
  onBar: (ctx: SymbolContext, bar: number) => void,
  options: FixtureOptions = {},
): Backtest {
  const holder: { backtest?: Backtest } = {};
  const script = Object.fromEntries(
    candles.map((_, bar) => [
      bar,
      (ctx: SymbolContext): void => {
        onBar(ctx, bar);
        if (bar === at) holder.backtest?.engine.flatten("test");
      },
    ]),
  );
  const backtest = new Backtest(
    configOf([symbolOf(barsOf(candles), options)], scripted(script), options),
  );
  holder.backtest = backtest;
  const { flattening } = backtest.engine;
  while (backtest.advance(1)) {
    const { time } = backtest.progress;
    if (flattening.takesCut(time + 1))
      flattening.onSnapshot(accountCut(backtest, time + 1), time + 2);
  }
  for (const failure of backtest.engine.failures) throw failure.error;
  return backtest;
}

const candles: readonly Candle[] = Array.from({ length: 10 }, () => flat);

test("I26: the kill switch in a backtest closes once, cancels what rests and opens nothing more", () => {
  const backtest = flattened(candles, 2, (ctx, bar) => {
    if (bar === 0) {
      ctx.enterLong({ qty: 1, stopLoss: 50 });
      ctx.order({ side: "buy", type: "limit", price: 80, qty: 1 });
      ctx.order({ side: "buy", type: "stopMarket", trigger: 150, qty: 1 });
    }
    // It goes on deciding as if nothing had happened, the exit of its own included.
    if (bar === 2) ctx.exit();
    if (bar >= 3) ctx.enterLong({ qty: 1 });
  });
  const { flattening, risk } = backtest.engine;
  expect(shortFills(backtest)).toEqual([
    [1, "open", "buy", 1, 100, "entry"],
    [3, "open", "sell", 1, 100, "signal"],
  ]);
  expect(flattening.status).toMatchObject({ phase: "done", left: [], cleanCuts: 2 });
  expect(risk.latches.halt?.reason).toBe("flatten: test");
  expect(backtest.exchange.symbols[0]?.orders).toEqual([]);
  expect(backtestResult(backtest).totals.orders).toMatchObject({
    cancelled: 3,
    rejected: { riskHalted: 7 },
  });
});

test("its exits bear the reason flatten", () => {
  const backtest = flattened(candles, 2, (ctx, bar) => {
    if (bar === 0) ctx.enterShort({ qty: 1, takeProfit: 50 });
  });
  const { trades } = backtestResult(backtest);
  expect(trades.map(({ exitReason, closedAt }) => [exitReason, closedAt])).toEqual([
    ["flatten", START + 3 * HOUR],
  ]);
  expect(backtest.engine.flattening.status.phase).toBe("done");
});

test("a position larger than the largest order goes in parts, and takes as many bars as their volume wants", () => {
  const thin = Array.from({ length: 30 }, (): Candle => [100, 101, 99, 100, 10]);
  const backtest = flattened(
    thin,
    5,
    (ctx, bar) => {
      if (bar < 4) ctx.enterLong({ qty: 1.5, add: true });
    },
    { instrument: { maxQty: 2 }, settings: { participationPct: 10 } },
  );
  const closes = shortFills(backtest).filter(([, , side]) => side === "sell");
  expect(closes.map(([, , , qty]) => qty).reduce((sum, qty) => sum + qty, 0)).toBeCloseTo(
    shortFills(backtest)
      .filter(([, , side]) => side === "buy")
      .reduce((sum, [, , , qty]) => sum + qty, 0),
  );
  expect(closes.every(([, , , , , reason]) => reason === "flatten")).toBe(true);
  expect(closes.length).toBeGreaterThan(3);
  expect(backtest.engine.flattening.status).toMatchObject({ phase: "done", cleanCuts: 2 });
});

test("all parts of a close go out at once", () => {
  const backtest = flattened(
    candles,
    5,
    (ctx, bar) => {
      if (bar < 3) ctx.enterLong({ qty: 2, add: true });
    },
    { instrument: { maxQty: 2 } },
  );
  expect(shortFills(backtest).filter(([, , side]) => side === "sell")).toEqual([
    [6, "open", "sell", 2, 100, "flatten"],
    [6, "open", "sell", 2, 100, "flatten"],
    [6, "open", "sell", 2, 100, "flatten"],
  ]);
});

test("in hedge mode both sides of a symbol are closed", () => {
  const backtest = flattened(
    candles,
    3,
    (ctx, bar) => {
      if (bar !== 0) return;
      ctx.enterLong({ qty: 2 });
      ctx.enterShort({ qty: 1 });
    },
    { settings: { positionMode: "hedge" } },
  );
  expect(backtest.engine.ledger.positions.map(({ qtyLots }) => qtyLots)).toEqual([0, 0]);
  expect(backtest.engine.flattening.status.phase).toBe("done");
});
