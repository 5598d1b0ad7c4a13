import type { RunResult, SymbolSeries } from "#engine/result/run-result.ts";

/** Bytes of base64 that a bar takes in the file, measured on a volatile market; quiet ones take half. */
const BYTES_PER_BAR = 5.5;
/** What the prices of all symbols may take of the 15 MB that a report may have. */
const PRICE_BYTES_MAX = 9_000_000;
/** Coarser intervals in the order in which they are tried. */
const LADDER_MS = [60_000, 300_000, 900_000, 3_600_000, 14_400_000, 86_400_000];

/** The interval at which each symbol's bars go into the report. */
export type Resolution = ReadonlyMap<SymbolSeries, number>;

/**
 * Chooses the intervals so that the prices fit: all as the run read them where they do, else the symbols with the
 * fewest fills become coarser first, one step of the ladder at a time.
 */
export function chooseResolution(run: RunResult, bytesMax: number = PRICE_BYTES_MAX): Resolution {
  const fills = new Map<string, number>();
  for (const { symbol } of run.fills) fills.set(symbol, (fills.get(symbol) ?? 0) + 1);
  const order = run.symbols.toSorted(
    (a, b) => (fills.get(a.symbol) ?? 0) - (fills.get(b.symbol) ?? 0),
  );
  const chosen = new Map(run.symbols.map((series) => [series, series.intervalMs]));
  const size = (): number => {
    let total = 0;
    for (const [series, interval] of chosen) {
      total += (BYTES_PER_BAR * series.bars.length * series.intervalMs) / interval;
    }
    return total;
  };
  for (const rung of LADDER_MS) {
    for (const series of order) {
      if (size() <= bytesMax) return chosen;
      const current = chosen.get(series) as number;
      if (current < rung && rung % series.intervalMs === 0) chosen.set(series, rung);
    }
  }
  return chosen;
}
