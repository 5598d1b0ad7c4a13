import { generateMarket } from "#data/synthetic/generate-market.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import { makeGrid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { Backtest } from "#sim/backtest.ts";
import type { BacktestConfig } from "#sim/backtest-config.ts";
import { venueProfile } from "#sim/venue-settings.ts";

/** About five years of one-minute bars. */
export const BARS = 2_600_000;
const FROM = Date.UTC(2020, 0, 1);

export function benchMarket(): BarColumns {
  const market = generateMarket({
    seed: 1,
    symbols: [{ symbol: "BTCUSDT" }],
    from: FROM,
    bars: BARS,
    intervalMs: 60_000,
  });
  const [only] = market.symbols;
  if (only === undefined) throw new Error("The generator made no symbol");
  return only.candles;
}

const INSTRUMENT: Instrument = {
  exchange: "synthetic",
  symbol: "BTCUSDT",
  tick: makeGrid(0.1),
  lot: makeGrid(0.001),
  minQty: 0,
  maxQty: Number.POSITIVE_INFINITY,
  minNotional: 0,
  maxLeverage: 100,
  tiers: [{ upTo: Number.POSITIVE_INFINITY, maintenancePct: 0.5, maxLeverage: 100, deduction: 0 }],
  isPerpetual: true,
};

/** A backtest with the costs of Bybit on one symbol, ready to run. */
export function backtestOf(
  bars: BarColumns,
  strategy: Strategy,
  params: Readonly<Record<string, unknown>> = {},
): Backtest {
  return new Backtest(configOf(bars, strategy, params));
}

/** What such a backtest is made of. */
export function configOf(
  bars: BarColumns,
  strategy: Strategy,
  params: Readonly<Record<string, unknown>>,
): BacktestConfig {
  return {
    symbols: [
      {
        instrument: INSTRUMENT,
        bars,
        strategyBars: bars,
        higher: new Map(),
        marks: null,
        funding: null,
      },
    ],
    strategy,
    params,
    rules: {},
    settings: venueProfile("bybit"),
    startBalance: 1_000_000,
    leverage: 1,
    from: FROM,
    recordSink: () => {},
  };
}
