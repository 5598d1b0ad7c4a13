import { describe, expect, test } from "vitest";
import { EVENT } from "#engine/model/event.ts";
import type { MarginTier } from "#engine/model/instrument.ts";
import { rejectName } from "#engine/model/order-terms.ts";
import type { Backtest } from "#sim/backtest.ts";
import { Backtest as Run } from "#sim/backtest.ts";
import {
  barsOf,
  type Candle,
  configOf,
  type FixtureOptions,
  type Script,
  scripted,
  symbolOf,
} from "#sim/testing/fixture.ts";

const still = (price: number): Candle => [price, price, price, price];
const base = [20_000, 20_000, 20_000, 20_000].map(still);

/** Plays a script and collects what the venue refused. */
function play(
  script: Script,
  options: FixtureOptions = {},
  candles: readonly Candle[] = base,
): { readonly run: Backtest; readonly refused: readonly string[] } {
  const symbol = symbolOf(barsOf(candles), options);
  const run = new Run(configOf([symbol], scripted(script), { leverage: 50, ...options }));
  const refused: string[] = [];
  const process = run.engine.process.bind(run.engine);
  run.engine.process = (event) => {
    process(event);
    if (event.kind === EVENT.commandRejected) refused.push(rejectName(event.reason));
  };
  run.run();
  for (const failure of run.engine.failures) throw failure.error;
  return { run, refused };
}

const long: Script = { 0: (ctx) => ctx.enterLong({ qty: 1 }) };
const short: Script = { 0: (ctx) => ctx.enterShort({ qty: 1 }) };

describe("margin added to an isolated position", () => {
  test("Bybit's example: a short at 20,000 with 50x and 3,000 added goes at 23,300", () => {
    const { run, refused } = play({ ...short, 1: (ctx) => ctx.addMargin(3_000) });
    expect(refused).toEqual([]);
    expect(run.exchange.symbols[0]).toMatchObject({ margin: 3_400, liquidation: 23_300 });
    expect(run.engine.liquidationPrices[0]).toBe(23_300);
    expect(run.exchange.account.free).toBe(6_600);
    expect(run.exchange.positionValues(0)).toMatchObject({
      liquidationPrice: 23_300,
      bankruptcyPrice: 23_400,
      initialMargin: 400,
    });
  });

  test("more than there is, without a position and under cross margin it is refused", () => {
    const ask: Script = { ...short, 1: (ctx) => ctx.addMargin(9_601) };
    expect(play(ask).refused).toEqual(["insufficientMargin"]);
    expect(play({ ...short, 1: (ctx) => ctx.addMargin(9_600) }).refused).toEqual([]);
    expect(play({ 1: (ctx) => ctx.addMargin(1) }).refused).toEqual(["insufficientMargin"]);
    const cross = play(
      { ...short, 1: (ctx) => ctx.addMargin(1) },
      { settings: { marginMode: "cross" } },
    );
    expect(cross.refused).toEqual(["insufficientMargin"]);
  });

  test("what resting orders hold is not there", () => {
    const script: Script = {
      ...short,
      1: (ctx) => {
        ctx.order({ side: "sell", type: "limit", price: 25_000, qty: 10 });
        ctx.addMargin(4_700);
      },
    };
    expect(play(script).refused).toEqual(["insufficientMargin"]);
  });
});

describe("another leverage", () => {
  test("the locked margin becomes entry value / leverage, and the liquidation price follows", () => {
    const lower = play({ ...long, 1: (ctx) => ctx.setLeverage(10) });
    expect(lower.run.exchange.symbols[0]).toMatchObject({ margin: 2_000, liquidation: 18_100 });
    expect(lower.run.engine.liquidationPrices[0]).toBe(18_100);
    expect(lower.run.exchange.account.free).toBe(8_000);
    const higher = play({ ...long, 1: (ctx) => ctx.setLeverage(100) });
    expect(higher.run.exchange.symbols[0]).toMatchObject({ margin: 200, liquidation: 19_900 });
  });

  test("it needs the balance", () => {
    const { run, refused } = play({ ...long, 1: (ctx) => ctx.setLeverage(1) });
    expect(refused).toEqual(["insufficientMargin"]);
    expect(run.exchange.symbols[0]).toMatchObject({
      margin: 400,
      leverage: 50,
      liquidation: 19_700,
    });
  });

  test("a resting order needs it too", () => {
    const script: Script = {
      0: (ctx) => ctx.order({ side: "buy", type: "limit", price: 10_000, qty: 4 }),
    };
    expect(play({ ...script, 1: (ctx) => ctx.setLeverage(4) }).refused).toEqual([]);
    const { run, refused } = play({ ...script, 1: (ctx) => ctx.setLeverage(3) });
    expect(refused).toEqual(["insufficientMargin"]);
    expect(run.exchange.account.available).toBe(9_200);
  });

  test("it may not liquidate the position on the spot", () => {
    const candles = [20_000, 20_000, 19_850, 19_850].map(still);
    const { run, refused } = play({ ...long, 1: (ctx) => ctx.setLeverage(100) }, {}, candles);
    expect(refused).toEqual(["insufficientMargin"]);
    expect(run.exchange.symbols[0]).toMatchObject({ margin: 400, leverage: 50 });
  });

  test("it is bounded by the instrument and by the tier of position and orders", () => {
    const tiers: readonly MarginTier[] = [
      { upTo: 30_000, maintenancePct: 0.5, maxLeverage: 100, deduction: 0 },
      { upTo: Number.POSITIVE_INFINITY, maintenancePct: 1, maxLeverage: 50, deduction: 150 },
    ];
    const options = { instrument: { tiers, maxLeverage: 100 } };
    const set = (leverage: number, before: Script): readonly string[] =>
      play({ ...before, 1: (ctx) => ctx.setLeverage(leverage) }, options).refused;
    expect(set(101, {})).toEqual(["leverageTooHigh"]);
    expect(set(100, long)).toEqual([]);
    const larger: Script = { 0: (ctx) => ctx.enterLong({ qty: 2 }) };
    expect(set(51, larger)).toEqual(["leverageTooHigh"]);
    expect(set(50, larger)).toEqual([]);
    const ordered: Script = {
      0: (ctx) => {
        ctx.enterLong({ qty: 1 });
        ctx.order({ side: "buy", type: "limit", price: 15_000, qty: 1 });
      },
    };
    expect(set(51, ordered)).toEqual(["leverageTooHigh"]);
  });

  test("under cross margin it changes the initial margin, not the liquidation price", () => {
    const settings = { marginMode: "cross" } as const;
    const { run, refused } = play({ ...long, 1: (ctx) => ctx.setLeverage(4) }, { settings });
    expect(refused).toEqual([]);
    expect(run.exchange.positionValues(0)).toMatchObject({
      initialMargin: 5_000,
      liquidationPrice: 10_100,
    });
    expect(run.exchange.account.available).toBe(5_000);
    const poor = play({ ...long, 1: (ctx) => ctx.setLeverage(1) }, { settings });
    expect(poor.refused).toEqual(["insufficientMargin"]);
  });

  test("orders after it are sized by it", () => {
    const script: Script = {
      0: (ctx) => ctx.setLeverage(1),
      1: (ctx) => ctx.enterLong({ qty: 0.6 }),
    };
    const { run } = play(script);
    expect(run.engine.orderManager.counts.totals().rejected).toEqual({ insufficientMargin: 1 });
  });
});
