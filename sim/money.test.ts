import { expect, test } from "vitest";
import { FILL } from "#engine/ledger/fill-log.ts";
import { LIQUIDITY } from "#engine/model/order-terms.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  barsOf,
  type Candle,
  configOf,
  finished,
  fundingOf,
  HOUR,
  runMarket,
  runScript,
  type Script,
  scripted,
  shortFills,
  symbolOf,
} from "#sim/testing/fixture.ts";

const flat: Candle = [100, 101, 99, 100, 1000];
const long: Script = { 0: (ctx) => ctx.enterLong({ qty: 1 }) };

test("funding stamped at the end of the data belongs to nobody's period, on the short way and the full one", () => {
  const options = { funding: fundingOf([[3, 0.001]]) };
  const bars = [flat, flat, flat];
  const quiet = runScript(bars, long, options);
  const guarded = runScript(bars, long, { ...options, rules: { stopLossPct: 50 } });
  for (const backtest of [quiet, guarded]) {
    const result = backtestResult(backtest);
    expect(result.totals.funding).toBe(0);
    expect(result.totals.pricePnl).toBe(0);
    expect(result.openTrades[0]).toMatchObject({ netPnl: 0, funding: 0 });
  }
});

test("under fillAt close a fill at the stamp still counts as after it", () => {
  const options = { funding: fundingOf([[2, 0.001]]), settings: { fillAt: "close" } } as const;
  const bars = [flat, flat, flat, flat];
  // Filled at the close of bar 1, which is the stamp: nothing was held before it.
  const opened = runScript(bars, { 1: (ctx) => ctx.enterLong({ qty: 1 }) }, options);
  expect(backtestResult(opened).totals.funding).toBe(0);
  // Closed at the stamp: held before it, and the trade bears it.
  const closed = runScript(bars, { ...long, 1: (ctx) => ctx.exit() }, options);
  expect(backtestResult(closed).trades).toMatchObject([{ funding: -0.1, netPnl: -0.1 }]);
});

test("funding that the free balance can not pay comes out of the margin and moves the liquidation price", () => {
  // Bybit's published example: long 1 at 20,000 with 50x; 200 of funding out of the margin: 19,700 → 19,900.
  const base: Candle = [20_000, 20_010, 19_990, 20_000];
  const backtest = runScript([base, base, base, base], long, {
    balance: 400,
    leverage: 50,
    funding: fundingOf([[2, 0.01]]),
  });
  expect(backtest.exchange.symbols[0]).toMatchObject({ margin: 200, liquidation: 19_900 });
  expect(backtest.engine.liquidationPrices[0]).toBe(19_900);
  expect(backtest.exchange.account.available).toBe(0);
  const rich = runScript([base, base, base, base], long, {
    balance: 1_000,
    leverage: 50,
    funding: fundingOf([[2, 0.01]]),
  });
  expect(rich.exchange.symbols[0]).toMatchObject({ margin: 400, liquidation: 19_700 });
});

test("funding and a liquidation after it never take the equity below zero", () => {
  const crash: Candle = [10, 11, 9, 10, 1000];
  const backtest = runScript(
    [flat, flat, flat, crash],
    { 0: (ctx) => ctx.enterLong({ qty: 100 }) },
    {
      leverage: 10,
      balance: 1_000,
      funding: fundingOf([[2, 0.01]]),
      settings: { liquidationPct: 1 },
    },
  );
  const result = backtestResult(backtest);
  expect(result.totals.liquidations).toBe(1);
  expect(result.equity.equity.at(-1)).toBe(0);
  expect(result.totals.liqFees).toBe(0);
});

test("the liquidation fee leaves the isolated margin of other positions alone", () => {
  const base: Candle = [100, 101, 99, 100, 1000];
  const backtest = runMarket(
    [
      {
        symbol: "AAA",
        candles: [base, base, [80, 81, 79, 80, 1000], base],
        script: { 0: (ctx) => ctx.enterLong({ qty: 50 }) },
      },
      {
        symbol: "BBB",
        candles: [base, base, base, base],
        script: { 0: (ctx) => ctx.enterLong({ qty: 50 }) },
      },
    ],
    { leverage: 10, balance: 1_000, settings: { liquidationPct: 1 } },
  );
  const { account, symbols } = backtest.exchange;
  expect(symbols[1]?.margin).toBe(500);
  expect(account.wallet).toBe(500);
  expect(account.available).toBe(0);
});

test("a liquidation takes liquidity, whatever the execution before it did", () => {
  const backtest = runScript(
    [flat, [100, 101, 97, 98, 1000], [80, 81, 79, 80, 1000]],
    { 0: (ctx) => ctx.enterLong({ qty: 1, limit: 98 }) },
    { leverage: 10 },
  );
  const { fills } = backtest.engine.ledger;
  expect(fills.get(0, FILL.liquidity)).toBe(LIQUIDITY.maker);
  expect(fills.get(1, FILL.liquidity)).toBe(LIQUIDITY.taker);
  expect(backtestResult(backtest).totals.makerNotional).toBe(98);
});

test("an unfinished run explains its net by its totals, fills after the last close included", () => {
  const backtest = new Backtest(
    configOf([symbolOf(barsOf([flat, flat, flat, flat]))], scripted(long), {
      settings: { takerPct: 0.1 },
    }),
  );
  backtest.advance(1);
  backtest.stop();
  const { totals, openTrades } = backtestResult(backtest);
  expect(totals.feesTaker).toBeCloseTo(0.1, 12);
  expect(totals.pricePnl).toBeCloseTo(0, 12);
  expect(openTrades[0]?.netPnl).toBeCloseTo(-0.1, 12);
});

test("funding takes no more than the position and the free balance hold", () => {
  const options = { leverage: 10, balance: 1_000, funding: fundingOf([[2, 0.2]]) };
  const backtest = runScript(
    [flat, flat, flat, flat],
    { 0: (ctx) => ctx.enterLong({ qty: 100 }) },
    options,
  );
  const result = backtestResult(backtest);
  // Owed: 2,000.
  expect(result.totals.funding).toBe(-1_000);
  expect(result.totals.liquidations).toBe(1);
  expect(Math.min(...result.equity.equity)).toBe(0);
});

test("after an entry inside the bar the way to the close can liquidate too", () => {
  // Down, up through the buy stop at 105, and back to 101: liquidation at 103.43 lies on that last way.
  const backtest = runScript(
    [flat, [100, 106, 99, 101, 1000], [101, 102, 100, 101, 1000]],
    { 0: (ctx) => ctx.enterLong({ qty: 1, stop: 105 }) },
    { leverage: 50, settings: { intrabar: "olhc" } },
  );
  expect(shortFills(backtest)).toEqual([
    [1, "inside", "buy", 1, 105, "entry"],
    [1, "inside", "sell", 1, 102.9, "liquidation"],
  ]);
});

test("a mark of longer candles is not seen before they close", () => {
  const hour: Candle = [100, 100, 100, 100];
  const seen: number[] = [];
  const strategy = scripted(
    Object.fromEntries(
      Array.from({ length: 8 }, (_, bar) => [
        bar,
        (ctx: SymbolContext) => {
          if (bar === 0) ctx.enterLong({ qty: 1 });
          seen.push(ctx.position.unrealised);
        },
      ]),
    ),
  );
  const symbol = {
    ...symbolOf(barsOf(Array.from({ length: 8 }, () => hour))),
    marks: barsOf(
      [
        [100, 101, 99, 101],
        [101, 107, 100, 107],
      ],
      4 * HOUR,
    ),
  };
  finished(new Backtest(configOf([symbol], strategy)));
  // The mark is that of the candle which ends at the decision, otherwise the last price.
  expect(seen).toEqual([0, 0, 0, 1, 0, 0, 0, 7]);
});

test("the band foresees that a flip inside the bar is an entry", () => {
  // Long from 100. The sell stop at 97 turns it; the target at 95 and the stop at 103 wait for the short side.
  const script: Script = {
    ...long,
    1: (ctx) => {
      ctx.order({ side: "sell", type: "stopMarket", trigger: 97, qty: 2 });
      ctx.order({ side: "buy", type: "limit", price: 95, qty: 1, reduceOnly: true });
      ctx.order({ side: "buy", type: "stopMarket", trigger: 103, qty: 1, reduceOnly: true });
    },
  };
  const result = backtestResult(runScript([flat, flat, [100, 104, 94, 100, 1000]], script));
  // Adverse first: -3 and -6; favourable first: -3 and +2.
  expect(result.trades.map((trade) => trade.netPnl)).toEqual([-3, -6]);
  expect(result.band).toMatchObject({ pessimistic: { net: -9 }, optimistic: { net: -1 } });
});
