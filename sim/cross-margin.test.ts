import { describe, expect, test } from "vitest";
import type { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  type Candle,
  type FixtureOptions,
  fundingOf,
  type MarketPart,
  runMarket,
  runScript,
  type Script,
  shortFills,
} from "#sim/testing/fixture.ts";

const still = (price: number): Candle => [price, price, price, price];
const cross = { marginMode: "cross" } as const;
const buy = (qty: number): Script => ({ 0: (ctx) => ctx.enterLong({ qty }) });
const sell = (qty: number): Script => ({ 0: (ctx) => ctx.enterShort({ qty }) });

describe("one position", () => {
  const run = (candles: readonly Candle[], options: FixtureOptions = {}): Backtest =>
    runScript(candles, buy(1), {
      balance: 1_000,
      leverage: 50,
      ...options,
      settings: { ...cross, ...options.settings },
    });

  test("the whole account stands behind it: 19,100 on entry, bankrupt at 19,000", () => {
    const { exchange, engine } = run([still(20_000), still(20_000), still(19_500)]);
    expect(exchange.positionValues(0)).toEqual({
      liquidationPrice: 19_100,
      bankruptcyPrice: 19_000,
      initialMargin: 400,
      maintenanceMargin: 100,
    });
    expect(engine.liquidationPrices[0]).toBe(19_100);
    expect(exchange.account.equity).toBe(500);
    expect(exchange.account.available).toBe(100);
  });

  test("one tick above nothing happens, at the price everything is gone and the account says so", () => {
    const near = run([still(20_000), still(20_000), [20_000, 20_000, 19_100.01, 19_500]]);
    expect(near.exchange.account.bankruptcies).toBe(0);
    const hit = run([still(20_000), still(20_000), [20_000, 20_000, 19_100, 19_500]]);
    expect(shortFills(hit)[1]).toEqual([2, "inside", "sell", 1, 19_000, "liquidation"]);
    expect(hit.exchange.account.bankruptcies).toBe(1);
    expect(hit.engine.ledger.wallet).toBe(0);
  });

  test("an open beyond bankruptcy costs the account and no more", () => {
    const { engine, exchange } = run([still(20_000), still(20_000), still(15_000)]);
    expect(engine.ledger.wallet).toBe(0);
    expect(exchange.account.equity).toBe(0);
  });

  test("funding moves the liquidation price, and the engine hears of it", () => {
    const { engine, exchange } = run([still(20_000), still(20_000), still(20_000), still(20_000)], {
      funding: fundingOf([[2, 0.005]]),
    });
    expect(exchange.positionValues(0)).toMatchObject({ liquidationPrice: 19_200 });
    expect(engine.liquidationPrices[0]).toBe(19_200);
  });
});

describe("several positions", () => {
  const parts: readonly MarketPart[] = [
    {
      symbol: "AAA",
      candles: [still(20_000), still(20_000), still(19_800)],
      script: buy(1),
    },
    { symbol: "BBB", candles: [still(1_000), still(1_000), still(1_010)], script: sell(10) },
  ];
  const options = { balance: 2_000, leverage: 20, settings: cross };

  test("each liquidation price has the others at their marks of the same instant", () => {
    const { exchange, engine } = runMarket(parts, options);
    // Equity 2,000 − 200 − 100; maintenance 100 and 50.
    expect(exchange.account.equity).toBe(1_700);
    expect(exchange.positionValues(0)).toMatchObject({
      liquidationPrice: 18_250,
      bankruptcyPrice: 18_100,
    });
    expect(exchange.positionValues(1)).toMatchObject({
      liquidationPrice: 1_165,
      bankruptcyPrice: 1_180,
    });
    expect([...engine.liquidationPrices]).toEqual([18_250, 1_165]);
  });

  test("a profit elsewhere keeps a position alive that would be gone by itself", () => {
    const run = (profit: number): number => {
      const market = runMarket(
        [
          { symbol: "AAA", candles: [still(100), still(100), still(79)], script: buy(10) },
          {
            symbol: "BBB",
            candles: [still(100), still(100), still(100 + profit)],
            script: buy(10),
          },
        ],
        { balance: 210, leverage: 10, settings: cross },
      );
      return backtestResult(market).totals.liquidations;
    };
    expect(run(0)).toBe(2);
    expect(run(10)).toBe(0);
  });

  test("a crash of both inside one bar ends at zero, at the close at the latest", () => {
    const dive: Candle = [100, 100, 50, 50];
    const market = runMarket(
      [
        { symbol: "AAA", candles: [still(100), still(100), dive, still(50)], script: buy(10) },
        { symbol: "BBB", candles: [still(100), still(100), dive, still(50)], script: buy(5) },
      ],
      { balance: 1_000, leverage: 5, settings: cross },
    );
    const result = backtestResult(market);
    // 250 of 1,000 are left, far above the maintenance margin of 7.50.
    expect(result.totals.liquidations).toBe(0);
    const poor = runMarket(
      [
        { symbol: "AAA", candles: [still(100), still(100), dive, still(50)], script: buy(10) },
        { symbol: "BBB", candles: [still(100), still(100), dive, still(50)], script: buy(10) },
      ],
      { balance: 900, leverage: 5, settings: cross },
    );
    const { equity, totals } = backtestResult(poor);
    expect(totals.liquidations).toBe(2);
    expect(Array.from(equity.equity)).toEqual([900, 900, 0, 0]);
    expect(Math.min(...equity.equityLow)).toBe(0);
    expect(poor.exchange.account.bankruptcies).toBe(1);
  });

  test("one event per position tells of it, and ledger and venue agree on every cent", () => {
    const market = runMarket(
      [
        { symbol: "AAA", candles: [still(100), still(100), still(60)], script: buy(10) },
        { symbol: "BBB", candles: [still(30), still(30), still(40)], script: sell(20) },
      ],
      { balance: 500, leverage: 5, settings: { ...cross, liquidationPct: 0.5 } },
    );
    const fills = shortFills(market).slice(2);
    expect(fills.map((fill) => [fill[2], fill[5]])).toEqual([
      ["sell", "liquidation"],
      ["buy", "liquidation"],
    ]);
    expect(market.engine.ledger.wallet).toBeCloseTo(0, 9);
    expect(market.exchange.account.wallet).toBe(market.engine.ledger.wallet);
  });
});

describe("what new orders may use", () => {
  const bars = [still(100), still(100), still(120), still(120)];
  const grow: Script = { ...buy(90), 2: (ctx) => ctx.enterLong({ qty: 20, add: true }) };
  const filled = (marginMode: "isolated" | "cross"): number =>
    backtestResult(runScript(bars, grow, { settings: { marginMode } })).fills.length;

  test("a profit at the mark counts under cross margin, not under isolated", () => {
    // 9,000 of 10,000 at 1x; 20 at 120 need 2,400. Cross: 11,800 − 9,000 on entry.
    expect(filled("isolated")).toBe(1);
    expect(filled("cross")).toBe(2);
  });

  test("a loss at the mark is gone", () => {
    const script: Script = { ...buy(50), 2: (ctx) => ctx.enterLong({ qty: 60, add: true }) };
    const rejected = (marginMode: "isolated" | "cross"): unknown =>
      backtestResult(
        runScript([still(100), still(100), still(80), still(80)], script, {
          settings: { marginMode },
        }),
      ).totals.orders.rejected;
    // 60 at 80 need 4,800; free are 5,000, but 4,000 with the loss.
    expect(rejected("isolated")).toEqual({});
    expect(rejected("cross")).toEqual({ insufficientMargin: 1 });
  });
});

test("the liquidation prices are told again at every close", () => {
  const market = runMarket(
    [
      { symbol: "AAA", candles: [100, 100, 101, 102].map(still), script: buy(10) },
      { symbol: "BBB", candles: [50, 50, 50, 50].map(still), script: buy(10) },
    ],
    { balance: 300, leverage: 5, settings: cross },
  );
  // 300 and the 20 of AAA stand behind BBB; 5 of maintenance go before its own 2.5.
  expect(market.engine.liquidationPrices[1]).toBeCloseTo(50 - (320 - 5 - 2.5) / 10, 9);
});
