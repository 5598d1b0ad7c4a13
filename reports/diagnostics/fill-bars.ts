import { type BarColumns, lowerBound } from "#engine/market/bars.ts";
import type { FillRow, RunResult, SymbolSeries } from "#engine/result/run-result.ts";

/** Finds the candles of an execution: an open has its bar's open time, an execution inside its last millisecond. */
export class FillBars {
  readonly #series: ReadonlyMap<string, SymbolSeries>;

  constructor(run: RunResult) {
    this.#series = new Map(run.symbols.map((one) => [one.symbol, one]));
  }

  /** The bars of a fill's symbol and the row in which it lies; null where no bar does. */
  find(
    fill: Pick<FillRow, "symbol" | "time">,
  ): { readonly bars: BarColumns; readonly row: number; readonly tick: number } | null {
    const series = this.#series.get(fill.symbol);
    if (series === undefined) return null;
    const { bars, tick } = series;
    const after = lowerBound(bars.time, bars.length, fill.time);
    const row = after < bars.length && bars.time[after] === fill.time ? after : after - 1;
    return row < 0 ? null : { bars, row, tick };
  }
}
