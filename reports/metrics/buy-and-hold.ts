import { type BarColumns, lowerBound, upperBound } from "#engine/market/bars.ts";
import type { RunResult, SymbolSeries } from "#engine/result/run-result.ts";

/**
 * Buy and hold of the run's symbols with equal weights at the start and no rebalancing. A symbol enters at its
 * first close in the traded period (`close_start`) and counts as 1 until then; bars of the warm-up are ignored.
 */

/** One symbol's bars of the traded period. */
interface TradedBars {
  readonly bars: BarColumns;
  /** Rows [start, end). */
  readonly start: number;
  readonly end: number;
}

/** mean over symbols of close_end / close_start − 1, a fraction; null without a symbol that has bars. */
export function buyAndHold(run: RunResult): number | null {
  const traded = tradedBars(run);
  if (traded.length === 0) return null;
  let total = 0;
  for (const { bars, start, end } of traded) {
    total += (bars.close[end - 1] as number) / (bars.close[start] as number) - 1;
  }
  return total / traded.length;
}

/** The value of the benchmark at ascending instants, 1 at the start; null without a symbol that has bars. */
export function benchmarkAt(run: RunResult, instants: Float64Array): Float64Array | null {
  const traded = tradedBars(run);
  if (traded.length === 0) return null;
  const values = new Float64Array(instants.length);
  for (const { bars, start, end } of traded) {
    const first = bars.close[start] as number;
    for (let index = 0; index < instants.length; index++) {
      const closed = upperBound(bars.time, end, (instants[index] as number) - bars.intervalMs);
      const close = bars.close[Math.max(start, closed - 1)] as number;
      values[index] = (values[index] as number) + close / first;
    }
  }
  return values.map((value) => value / traded.length);
}

/** Per symbol its finest series, cut to the traded period. */
function tradedBars(run: RunResult): readonly TradedBars[] {
  const finest = new Map<string, SymbolSeries>();
  for (const series of run.symbols) {
    const known = finest.get(series.symbol);
    if (known === undefined || series.intervalMs < known.intervalMs) {
      finest.set(series.symbol, series);
    }
  }
  const traded: TradedBars[] = [];
  for (const { bars } of finest.values()) {
    const start = lowerBound(bars.time, bars.length, run.from);
    const end = lowerBound(bars.time, bars.length, run.to - bars.intervalMs + 1);
    if (end > start && (bars.close[start] as number) > 0) traded.push({ bars, start, end });
  }
  return traded;
}
