import { parseInterval } from "#engine/market/interval.ts";
import { resample } from "#engine/market/resample.ts";
import type { RandomSymbol } from "#props/arbitraries/markets.ts";
import {
  barColumns,
  candlesOf,
  type MarketView,
  marksOf,
  PLAIN,
} from "#props/market/candle-walk.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";

/** A random market as a backtest reads it, with the further intervals that a strategy wants. */
export function backtestSymbols(
  market: readonly RandomSymbol[],
  intervals: readonly string[] = [],
): readonly BacktestSymbol[] {
  return market.map((one) => {
    const { instrument, intervalMs, walk, markShift, indexShift, funding } = one;
    const view: MarketView = { ...PLAIN, tick: instrument.tick.step, lot: instrument.lot.step };
    const bars = barColumns(candlesOf(walk, view), intervalMs);
    const beside = (shift: number | null): typeof bars | null =>
      shift === null ? null : barColumns(marksOf(walk, shift, view), intervalMs);
    return {
      instrument,
      bars,
      strategyBars: bars,
      higher: new Map(
        intervals.map((word) => [word, resample(bars, parseInterval(word)).bars] as const),
      ),
      marks: beside(markShift),
      index: beside(indexShift),
      funding,
    };
  });
}
