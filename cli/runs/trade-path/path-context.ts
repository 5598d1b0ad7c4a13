import { type BarColumns, lowerBound } from "#engine/market/bars.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";
import type { SeenBar } from "./path-moments.ts";

/** The market and the venue of a run, as a path looks things up in them. */
export class PathContext {
  readonly settings: VenueSettings;
  readonly #symbols: ReadonlyMap<string, BacktestSymbol>;

  constructor(symbols: readonly BacktestSymbol[], settings: VenueSettings) {
    this.settings = settings;
    this.#symbols = new Map(symbols.map((one) => [one.instrument.symbol, one]));
  }

  /** The bar of the strategy's interval that closed at a time; null when none did. */
  strategyBar(symbol: string, closedAt: number): SeenBar | null {
    const bars = this.#symbols.get(symbol)?.strategyBars;
    if (bars === undefined) return null;
    const time = closedAt - bars.intervalMs;
    const row = lowerBound(bars.time, bars.length, time);
    return row < bars.length && bars.time[row] === time ? seenBar(bars, row) : null;
  }

  /** The finest candles of a symbol and the row in which a time lies. */
  finest(symbol: string, time: number): { readonly bars: BarColumns; readonly row: number } | null {
    const bars = this.#symbols.get(symbol)?.bars;
    if (bars === undefined) return null;
    const after = lowerBound(bars.time, bars.length, time);
    const row = after < bars.length && bars.time[after] === time ? after : after - 1;
    return row < 0 ? null : { bars, row };
  }
}

/** A row of candles, without its mark. */
export function seenBar(bars: BarColumns, row: number): SeenBar {
  const volume = bars.volume[row] as number;
  return {
    time: bars.time[row] as number,
    intervalMs: bars.intervalMs,
    open: bars.open[row] as number,
    high: bars.high[row] as number,
    low: bars.low[row] as number,
    close: bars.close[row] as number,
    volume: Number.isNaN(volume) ? null : volume,
    mark: null,
  };
}
