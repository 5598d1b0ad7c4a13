import { describe, expect, test } from "vitest";
import { sma } from "#engine/indicators/moving-averages.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { strategyWarmup } from "#engine/strategy/strategy-runner.ts";
import { lintRun } from "#reports/diagnostics/lint-run.ts";
import { closedTrade, equityRun } from "#reports/testing/equity-run.ts";
import { lintMarket } from "#reports/testing/lint-market.ts";
import { quietSubject, SOBER_SETTINGS } from "#reports/testing/quiet-subject.ts";
import { backtest } from "#sim/quick-backtest.ts";
import { type Candle, type Script, START } from "#sim/testing/fixture.ts";
import { warmupFacts } from "./first-decision.ts";

const HOUR = 3_600_000;
const flat: Candle = [100, 101, 99, 100, 1_000];
const quiet: Candle = [100, 100, 100, 100, 0];
const flats = (count: number): Candle[] => Array.from({ length: count }, () => flat);

/** A long of one, opened at the open of bar 1. */
const buy: Script = { 0: (ctx) => ctx.enterLong({ qty: 1 }) };
const roundTrip = (bar: number): Script => ({ ...buy, [bar]: (ctx) => ctx.exit() });
const one = (candles: readonly Candle[], script: Script) => [
  { symbol: "BTCUSDT", candles, script },
];

describe("zero-volume-fill", () => {
  const candles = [flat, quiet, flat, flat];

  test("an order that fills in a bar without volume is told with its place", () => {
    expect(lintMarket(one(candles, buy)).find("zero-volume-fill")).toEqual({
      code: "zero-volume-fill",
      severity: "warning",
      message:
        "Orders filled in bars without any volume, first 2024-01-01T01:00:00Z BTCUSDT trade 1",
      count: 1,
    });
  });

  test("under a participation limit it waits for volume, and nothing is told", () => {
    const linted = lintMarket(one(candles, buy), { settings: { participationPct: 10 } });
    expect(linted.run.fills[0]?.time).toBe(START + 2 * HOUR);
    expect(linted.find("zero-volume-fill")).toBeUndefined();
  });
});

describe("participation", () => {
  test("a fill above 1 % of the volume is told, one of exactly 1 % is not", () => {
    const of = (qty: number) =>
      lintMarket(one(flats(4), { 0: (ctx) => ctx.enterLong({ qty }) })).find("participation");
    expect(of(10.001)?.message).toBe(
      "Fills took more than 1 % of their bar's volume, first 2024-01-01T01:00:00Z BTCUSDT trade 1: the largest 1.00 %",
    );
    expect(of(35)?.message).toContain("the largest 3.50 %");
    expect(of(10)).toBeUndefined();
  });
});

describe("stop-gap", () => {
  const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 }) };
  const gapTo = (open: number, candles = flats(4)): Candle[] => [
    ...candles,
    [open, open + 1, open - 1, open, 1_000],
    flat,
  ];

  test("the distance is the one between the trigger and the open", () => {
    const { find } = lintMarket(one(gapTo(90), script));
    expect(find("stop-gap")).toEqual({
      code: "stop-gap",
      severity: "warning",
      message:
        "Stops filled at opens far beyond their trigger, first 2024-01-01T04:00:00Z BTCUSDT trade 1: the worst 5.26 % (2.5 average ranges) beyond",
      count: 1,
    });
  });

  test("a stop that the open jumped to, but not far beyond, and one inside a bar are none", () => {
    expect(lintMarket(one(gapTo(94.8), script)).find("stop-gap")).toBeUndefined();
    const inside: Candle[] = [...flats(4), [100, 100, 80, 85, 1_000], flat];
    const { run, find } = lintMarket(one(inside, script));
    expect(run.trades[0]).toMatchObject({ exitReason: "stopLoss", exitPrice: 95 });
    expect(find("stop-gap")).toBeUndefined();
  });

  test("less than one percent counts when it is many average ranges", () => {
    const calm: Candle = [100, 100.05, 99.95, 100, 1_000];
    const tight: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 99.9 }) };
    const found = lintMarket(one(gapTo(99.5, Array(6).fill(calm)), tight)).find("stop-gap");
    expect(found?.message).toContain("0.40 % (4.0 average ranges)");
  });

  test("of a stop that was moved only the bound is known, and said", () => {
    const rules = { trailing: { pct: 3 } };
    const rise: Candle[] = [flat, flat, [100, 110, 100, 110, 1_000]];
    const { run, find } = lintMarket(one(gapTo(90, rise), buy), { rules });
    expect(run.trades[0]?.exitReason).toBe("trailing");
    expect(find("stop-gap")?.message).toContain("the worst up to 18.18 %");
  });

  test("a stop that fills in parts counts once", () => {
    const thin = (price: number): Candle => [price, price + 1, price - 1, price, 5];
    const candles = [...flats(3), thin(90), thin(80), thin(70), flat];
    const { run, find } = lintMarket(one(candles, script), { settings: { participationPct: 10 } });
    expect(run.fills.length).toBe(3);
    expect(find("stop-gap")?.count).toBe(1);
  });
});

describe("stale-market", () => {
  const settings = { participationPct: 10 };
  const waiting = (bars: number): Candle[] => [flat, ...Array(bars).fill(quiet), flat, flat];

  test("an order that waited through three bars without a trade is told, through two it is not", () => {
    expect(lintMarket(one(waiting(3), buy), { settings }).find("stale-market")?.message).toBe(
      "Orders filled in a market that had stood still, first 2024-01-01T04:00:00Z BTCUSDT trade 1, after 3 bars without a trade",
    );
    expect(lintMarket(one(waiting(2), buy), { settings }).find("stale-market")).toBeUndefined();
  });

  test("a fill after more than three missing bars is told, after three it is not", () => {
    const holed = (bars: number): Candle[] => [flat, ...Array(bars).fill("gap"), flat, flat];
    const found = lintMarket(one(holed(4), buy)).find("stale-market");
    expect(found).toMatchObject({ count: 1, message: expect.stringContaining("4 missing bars") });
    expect(lintMarket(one(holed(3), buy)).find("stale-market")).toBeUndefined();
  });
});

describe("ambiguous-bars", () => {
  test("both legs in one bar are told with the width of the band", () => {
    const script: Script = {
      0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95, takeProfit: 110 }),
    };
    const wide: Candle = [100, 112, 94, 100, 1_000];
    expect(lintMarket(one([flat, flat, wide, flat], script)).find("ambiguous-bars")).toEqual({
      code: "ambiguous-bars",
      severity: "warning",
      message: "1 trade (100.0 %) met two of their orders in one bar: net between -5.00 and +10.00",
      count: 1,
    });
    const narrow: Candle = [100, 112, 96, 100, 1_000];
    const { find } = lintMarket(one([flat, flat, narrow, flat], script));
    expect(find("ambiguous-bars")).toBeUndefined();
  });
});

describe("fees-above-profit", () => {
  const settings = { takerPct: 0.055 };
  const to = (price: number): Candle[] => [
    flat,
    flat,
    [price, price, price, price, 1_000],
    [price, price, price, price, 1_000],
  ];

  test("fees that eat a small profit are told; of a large one or of a loss they are not", () => {
    const of = (price: number) =>
      lintMarket(one(to(price), roundTrip(1)), { settings }).find("fees-above-profit");
    expect(of(100.05)?.message).toBe(
      "Fees of 0.11 are above the gross profit of 0.05 that the fills made before them",
    );
    expect(of(100)?.message).toBe(
      "Fees of 0.11 met no gross profit: of 0.00 before all costs, slippage left 0.00",
    );
    expect(of(101)).toBeUndefined();
    expect(of(99)).toBeUndefined();
  });
});

describe("account-bankrupt", () => {
  test("a cross account that lost all of it is told, one that is only reduced by a stop is not", () => {
    const crash: Candle[] = [flat, flat, [100, 100, 50, 60, 1_000], flat];
    const options = { leverage: 10, balance: 50, settings: { marginMode: "cross" } } as const;
    const linted = lintMarket(one(crash, buy), options);
    expect(linted.find("account-bankrupt")).toMatchObject({ severity: "error", count: 1 });
    const stopped: Script = { 0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 90 }) };
    expect(lintMarket(one(crash, stopped), options).find("account-bankrupt")).toBeUndefined();
  });
});

describe("liquidation", () => {
  test("is an error and names the first, and a run without one is not told", () => {
    const crash: Candle[] = [flat, flat, [100, 100, 50, 60, 1_000], flat];
    const linted = lintMarket(one(crash, buy), { leverage: 10 });
    expect(linted.find("liquidation")).toEqual({
      code: "liquidation",
      severity: "error",
      message: "Positions were liquidated, first 2024-01-01T02:59:59.999Z BTCUSDT trade 1",
      count: 1,
    });
    expect(linted.diagnostics[0]?.code).toBe("liquidation");
    expect(lintMarket(one(crash, buy)).find("liquidation")).toBeUndefined();
  });
});

describe("short-warmup", () => {
  const strategy = defineStrategy({
    name: "averages",
    description: "Buys above the average",
    indicators: () => ({ average: sma(20) }),
    onBar: (ctx) => {
      if (ctx.position.qty === 0) ctx.enterLong({ qty: 1 });
    },
  });
  const closes = Array.from({ length: 400 }, (_, at) => 100 + Math.sin(at));

  function found(bars: number, from: number, isStartAsked: boolean) {
    const run = backtest(strategy, { closes: closes.slice(0, bars) });
    const symbols = run.symbols.map(({ symbol, bars: own }) => ({
      symbol,
      bars: own,
      higher: new Map(),
    }));
    const needs = strategyWarmup(strategy, {});
    const warmup = warmupFacts(symbols, needs, START + from * HOUR, isStartAsked);
    return lintRun(quietSubject(run, { warmup })).find(({ code }) => code === "short-warmup");
  }

  test("a warm-up that takes more than a tenth of the run is told, a shorter one is not", () => {
    expect(found(100, 0, false)?.message).toBe(
      "BTCUSDT: indicators lack earlier candles, so the first decision falls on 2024-01-01T20:00:00Z, 19 bars late",
    );
    expect(found(400, 0, false)).toBeUndefined();
  });

  test("the runner decides first on the very bar that is named", () => {
    const run = backtest(strategy, { closes });
    const [series] = run.symbols;
    const symbols = [{ symbol: "BTCUSDT", bars: series?.bars as never, higher: new Map() }];
    const { firstDecision } = warmupFacts(symbols, strategyWarmup(strategy, {}), START, false);
    expect(firstDecision).toBe(run.fills[0]?.time);
  });

  test("where a start was asked for, one bar too few is told", () => {
    expect(found(400, 19, true)?.message).toContain("2024-01-01T20:00:00Z, 1 bar late");
    expect(found(400, 20, true)).toBeUndefined();
  });

  test("data that is too short for the indicators is told", () => {
    const run = backtest(strategy, { closes: closes.slice(0, 19) });
    expect(run.fills).toEqual([]);
    const [series] = run.symbols;
    const symbols = [{ symbol: "BTCUSDT", bars: series?.bars as never, higher: new Map() }];
    const warmup = warmupFacts(symbols, strategyWarmup(strategy, {}), START, false);
    const codes = lintRun(quietSubject(run, { warmup })).map(({ code }) => code);
    expect(codes).toContain("short-warmup");
    expect(codes).toContain("no-trades");
  });
});

describe("one-trade", () => {
  const script: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1 }),
    2: (ctx) => ctx.exit(),
    4: (ctx) => ctx.enterLong({ qty: 1 }),
    6: (ctx) => ctx.exit(),
  };
  const at = (price: number): Candle => [price, price, price, price, 1_000];
  const path = (first: number, second: number): Candle[] =>
    [100, 100, 100, 100 + first, 100, 100, 100, 100 + second, 100].map(at);

  test("a trade that makes more than half of the net is named, half of it is not", () => {
    expect(lintMarket(one(path(1, 9), script)).find("one-trade")?.message).toBe(
      "One trade made 90.00 % of the net profit: 2024-01-01T05:00:00Z BTCUSDT trade 2",
    );
    expect(lintMarket(one(path(5, 5), script)).find("one-trade")).toBeUndefined();
    expect(lintMarket(one(path(-5, 4), script)).find("one-trade")).toBeUndefined();
  });
});

describe("optimistic switches", () => {
  const codes = (settings: object, isPerpetual = true): string[] => {
    const symbol = {
      symbol: "BTCUSDT",
      isPerpetual,
      hasMarkSeries: true,
      withoutMark: { count: 0, first: null, total: 10 },
      withoutVolume: { count: 0, first: null, total: 10 },
    };
    const subject = { settings: { ...SOBER_SETTINGS, ...settings }, symbols: [symbol] };
    return lintMarket(one(flats(4), buy), {}, subject)
      .diagnostics.map(({ code }) => code)
      .filter((code) => /^(optimistic|costs|no-funding)/.test(code));
  };

  test.each<[string, object, string[]]>([
    ["none", {}, []],
    [
      "costs none, which says all of it",
      { costs: "none", funding: "none", participationPct: null },
      ["costs-none"],
    ],
    ["fill at close", { fillAt: "close" }, ["optimistic-fill-at-close"]],
    ["limit touch", { limitFill: "touch" }, ["optimistic-limit-touch"]],
    ["limit improve", { limitImprove: true }, ["optimistic-limit-improve"]],
    ["intrabar best", { intrabar: "best" }, ["optimistic-intrabar"]],
    ["intrabar detail", { intrabar: "detail" }, []],
    ["no taker fee", { fees: { makerPct: 0, takerPct: 0 } }, ["optimistic-no-fees"]],
    ["no maker fee", { fees: { makerPct: 0, takerPct: 0.05 } }, []],
    ["no slippage", { slippage: { kind: "fixed", bps: 0 } }, ["optimistic-no-slippage"]],
    ["no limit on size", { participationPct: null }, ["optimistic-no-size-limit"]],
    ["no funding", { funding: "none" }, ["no-funding"]],
  ])("%s", (_name, settings, expected) => {
    expect(codes(settings)).toEqual(expected);
  });

  test("spot needs no funding", () => {
    expect(codes({ funding: "none" }, false)).toEqual([]);
  });
});

describe("what limits the evidence", () => {
  const trades = Array.from({ length: 100 }, (_, index) => closedTrade(index + 1, 1));
  const calm = equityRun(
    Array.from({ length: 101 }, (_, day) => 1000 + day),
    { trades },
  );
  const codes = (run = calm, change = {}): string[] =>
    lintRun(quietSubject(run, change)).map(({ code }) => code);

  test("a long run of many trades has no finding", () => {
    expect(codes()).toEqual([]);
  });

  test("too few trades and days", () => {
    const run = equityRun([1000, 1001, 1002], { trades: [closedTrade(1, 1), closedTrade(2, 1)] });
    expect(lintRun(quietSubject(run)).map(({ message }) => message)).toEqual([
      "Only 2 closed trades: fewer than 100 say little",
      "Only 2 full days: ratios need 30",
    ]);
  });

  test("books that differ from the exchange are told, and only they", () => {
    const run = equityRun([1000, 1010]);
    const differing = { ...run, totals: { ...run.totals, reconcileFindings: 2 } };
    expect(codes(differing)).toContain("books-differ");
    expect(codes(run)).not.toContain("books-differ");
  });

  test("what happened to the account comes before what limits the evidence", () => {
    const run = equityRun([1000, 500, -10]);
    const liquidated = { ...run, totals: { ...run.totals, liquidations: 1 } };
    expect(codes(liquidated, { isPartial: true, isSynthetic: true })).toEqual([
      "ruined",
      "liquidation",
      "partial-run",
      "no-trades",
      "few-days",
      "synthetic-data",
    ]);
    expect(lintRun(quietSubject(run))[0]?.message).toContain("first 2024-01-03T00:00:00Z");
  });

  test("a run chosen from several", () => {
    expect(codes(calm, { trials: 40 })).toEqual(["chosen-from-trials"]);
  });

  test("what was noticed before the run stands among the findings, by severity", () => {
    const noticed = [
      { code: "instrument-inferred", severity: "info", message: "No terms", count: 1 },
      { code: "data-gaps", severity: "warning", message: "A gap", count: 3 },
    ] as const;
    const subject = quietSubject(calm, { isPartial: true });
    expect(lintRun(subject, noticed).map(({ code }) => code)).toEqual([
      "partial-run",
      "data-gaps",
      "instrument-inferred",
    ]);
  });

  test("trades that are open at the end", () => {
    const { find } = lintMarket(one(flats(4), buy));
    expect(find("open-at-end")).toMatchObject({ severity: "info", count: 1 });
    expect(lintMarket(one(flats(6), roundTrip(2))).find("open-at-end")).toBeUndefined();
  });
});
