import { describe, expect, test } from "vitest";
import type { AmbiguityBand } from "#engine/result/run-result.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  type Candle,
  type FixtureOptions,
  runMarket,
  runScript,
  type Script,
} from "#sim/testing/fixture.ts";
import type { IntrabarMode, VenueSettings } from "#sim/venue-settings.ts";

const flat: Candle = [100, 101, 99, 100, 1_000];

function bandOf(
  candles: readonly Candle[],
  script: Script,
  options: FixtureOptions,
): AmbiguityBand & { readonly net: number } {
  const { band, equity } = backtestResult(runScript(candles, script, options));
  return { ...band, net: (equity.equity.at(-1) as number) - 10_000 };
}

const CASES: readonly (readonly [
  name: string,
  candle: Candle,
  script: Script,
  worst: number,
  best: number,
])[] = [
  [
    "an entry by limit and its target",
    [100, 105, 97, 100, 1_000],
    { 0: (ctx) => ctx.enterLong({ qty: 10, limit: 98, takeProfit: 104 }) },
    20,
    60,
  ],
  [
    "an entry by stop and its stop loss",
    [100, 102, 96, 101.5, 1_000],
    { 0: (ctx) => ctx.enterLong({ qty: 10, stop: 101, stopLoss: 97 }) },
    -40,
    5,
  ],
  [
    "a short entry by limit and its target",
    [100, 103, 95, 100, 1_000],
    { 0: (ctx) => ctx.enterShort({ qty: 10, limit: 102, takeProfit: 96 }) },
    20,
    60,
  ],
];

describe.each(CASES)("%s in one bar", (_name, candle, script, worst, best) => {
  test.each<IntrabarMode>(["worst", "best"])("the band holds both ends, %s", (intrabar) => {
    const band = bandOf([flat, candle], script, { settings: { intrabar } });
    expect(band.ambiguousBars).toBe(1);
    expect(band.net).toBeCloseTo(intrabar === "worst" ? worst : best, 9);
    expect(band.pessimistic.net).toBeCloseTo(worst, 9);
    expect(band.optimistic.net).toBeCloseTo(best, 9);
  });
});

test("the fee of a liquidation is inside the band", () => {
  const script: Script = { 0: (ctx) => ctx.enterLong({ qty: 10, takeProfit: 105 }) };
  const candles: Candle[] = [flat, flat, [100, 106, 85, 100, 1_000]];
  const net = (intrabar: IntrabarMode) => {
    const settings: Partial<VenueSettings> = { intrabar, liquidationPct: 1 };
    return bandOf(candles, script, { leverage: 10, settings });
  };
  const worst = net("worst");
  const best = net("best");
  expect(worst.net).toBeCloseTo(-109, 9);
  expect(best.net).toBeCloseTo(50, 9);
  for (const band of [worst, best]) {
    expect(band.pessimistic.net).toBeCloseTo(worst.net, 9);
    expect(band.optimistic.net).toBeCloseTo(best.net, 9);
  }
});

test("trades are counted per symbol", () => {
  const script: Script = {
    0: (ctx) => ctx.enterLong({ qty: 1, stopLoss: 95, takeProfit: 105 }),
  };
  const candles: Candle[] = [flat, flat, [100, 106, 94, 100, 1_000]];
  const run = runMarket([
    { symbol: "AAAUSDT", candles, script },
    { symbol: "BBBUSDT", candles, script },
  ]);
  expect(backtestResult(run).band).toMatchObject({ ambiguousBars: 2, ambiguousTrades: 2 });
});

test("an order that only reduces ends with its position, in the band as at the venue", () => {
  const script: Script = {
    0: (ctx) => {
      ctx.order({ side: "sell", type: "stopMarket", trigger: 99, qty: 1, reduceOnly: true });
      ctx.order({ side: "buy", type: "takeProfitMarket", trigger: 96, qty: 1 });
    },
  };
  const candles: Candle[] = [
    [100, 100, 100, 100, 1_000],
    [100, 102, 95, 102, 1_000],
  ];
  const nets = (["worst", "best", "adaptive"] as const).map((intrabar) => {
    const band = bandOf(candles, script, { settings: { intrabar } });
    return [band.net, band.pessimistic.net, band.optimistic.net];
  });
  // The stop finds nothing to reduce on its way down, whichever way comes first.
  expect(new Set(nets.flat())).toEqual(new Set([6]));
});
