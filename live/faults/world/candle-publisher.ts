import type { BarColumns } from "#engine/market/bars.ts";
import { lowerBound } from "#engine/market/bars.ts";
import { resample } from "#engine/market/resample.ts";
import type { Faults } from "./faults.ts";
import type { WorldMarket } from "./venue-matcher.ts";
import type { VirtualTime } from "./virtual-time.ts";
import type { WireRow } from "./wire.ts";

export interface PublisherTerms {
  readonly markets: readonly WorldMarket[];
  /** Length of the candles that are published; a multiple of the bars'. */
  readonly candleMs: number;
  readonly isDelisted: (symbol: string) => boolean;
}

interface Series {
  readonly symbol: string;
  readonly candles: BarColumns;
  readonly fine: BarColumns;
}

/** One answer holds so many candles at most. */
const ROWS_MAX = 1_000;

/**
 * Publishes the closed candles of a venue, and everything that a feed gets wrong: candles that are missing, come twice,
 * late or too early, hold nonsense, or are corrected afterwards (D1 to D6). What is asked for is always right.
 */
export class CandlePublisher {
  readonly #time: VirtualTime;
  readonly #faults: Faults;
  readonly #terms: PublisherTerms;
  readonly #series: readonly Series[];
  readonly #sinks = new Set<(row: WireRow) => void>();
  /** Candles that were told before they closed. */
  readonly #early = new Set<string>();

  constructor(time: VirtualTime, faults: Faults, terms: PublisherTerms) {
    this.#time = time;
    this.#faults = faults;
    this.#terms = terms;
    this.#series = terms.markets.map(({ instrument, bars, candles }) => ({
      symbol: instrument.symbol,
      fine: bars,
      candles:
        candles ??
        (bars.intervalMs === terms.candleMs ? bars : resample(bars, terms.candleMs).bars),
    }));
    const first = this.#series[0]?.candles.time[0];
    if (first === undefined) return;
    // What closed before the start is history: it is told when it is asked for.
    const past = Math.max(0, Math.floor((time.now - first) / terms.candleMs));
    this.#schedule(first + (past + 1) * terms.candleMs);
  }

  listen(sink: (row: WireRow) => void): () => void {
    this.#sinks.add(sink);
    return () => void this.#sinks.delete(sink);
  }

  /** The closed candles of a symbol in a range; unknown symbols have none. */
  rows(symbol: string, since: number, until: number): readonly WireRow[] {
    const series = this.#series.find((one) => one.symbol === symbol);
    if (series === undefined) return [];
    const { candles } = series;
    const rows: WireRow[] = [];
    let row = lowerBound(candles.time, candles.length, since);
    for (; row < candles.length && rows.length < ROWS_MAX; row++) {
      const time = candles.time[row] as number;
      if (time >= until || time + candles.intervalMs > this.#time.now) break;
      rows.push(rowOf(series.symbol, candles, row));
    }
    return rows;
  }

  #schedule(close: number): void {
    const last = this.#series[0]?.candles;
    if (last === undefined || close > (last.time[last.length - 1] as number) + last.intervalMs)
      return;
    if (this.#faults.isOn("D5")) {
      this.#time.at(close - this.#terms.candleMs / 2, () => {
        for (const series of this.#series) this.#tellUnclosed(series, close);
      });
    }
    this.#time.at(close, () => {
      for (const series of this.#series) this.#publish(series, close);
      this.#schedule(close + this.#terms.candleMs);
    });
  }

  #publish({ symbol, candles }: Series, close: number): void {
    if (this.#terms.isDelisted(symbol)) return;
    const open = close - candles.intervalMs;
    const row = lowerBound(candles.time, candles.length, open);
    if (candles.time[row] !== open) return;
    if (this.#early.delete(`${symbol} ${close}`)) return;
    const faults = this.#faults;
    if (faults.strikes("D1")) return;
    const right = rowOf(symbol, candles, row);
    const told = faults.strikes("D4") ? this.#nonsense(right) : right;
    const late = faults.strikes("D3") ? faults.delay("D3", 1, 2 * candles.intervalMs) : 0;
    this.#tellAfter(late, told);
    if (faults.strikes("D2")) {
      const isOther = faults.of("D2").chance(0.5);
      this.#tellAfter(faults.delay("D2", 1, 5_000), isOther ? moved(right, 1.0005) : told);
    }
    if (faults.strikes("D6")) {
      this.#tellAfter(faults.delay("D6", 10_000, 600_000), moved(right, 0.9995));
    }
  }

  /** D5: half of a candle, said to be all of it. */
  #tellUnclosed({ symbol, fine, candles }: Series, close: number): void {
    if (this.#terms.isDelisted(symbol) || !this.#faults.strikes("D5")) return;
    const open = close - candles.intervalMs;
    const from = lowerBound(fine.time, fine.length, open);
    const to = Math.max(from + 1, lowerBound(fine.time, fine.length, this.#time.now));
    if (from >= fine.length) return;
    let high = fine.high[from] as number;
    let low = fine.low[from] as number;
    for (let row = from + 1; row < to; row++) {
      high = Math.max(high, fine.high[row] as number);
      low = Math.min(low, fine.low[row] as number);
    }
    this.#early.add(`${symbol} ${close}`);
    this.#tell({
      symbol,
      interval: candles.intervalMs,
      time: open,
      open: fine.open[from] as number,
      high,
      low,
      close: fine.close[to - 1] as number,
      volume: (fine.volume[from] as number) / 2,
    });
  }

  /** D4: a price that is none, zero, negative or absurd. */
  #nonsense(row: WireRow): WireRow {
    const stream = this.#faults.of("D4");
    const field = stream.pick(["open", "high", "low", "close"]);
    const value = Number(row[field]);
    return { ...row, [field]: stream.pick([null, 0, -value, value * 1_000]) };
  }

  #tellAfter(delay: number, row: WireRow): void {
    if (delay === 0) this.#tell(row);
    else this.#time.after(delay, () => this.#tell(row));
  }

  #tell(row: WireRow): void {
    for (const sink of this.#sinks) sink(row);
  }
}

function rowOf(symbol: string, candles: BarColumns, row: number): WireRow {
  return {
    symbol,
    interval: candles.intervalMs,
    time: candles.time[row] as number,
    open: candles.open[row] as number,
    high: candles.high[row] as number,
    low: candles.low[row] as number,
    close: candles.close[row] as number,
    volume: candles.volume[row] as number,
  };
}

/** The same candle with a close and an extreme elsewhere. */
function moved(row: WireRow, factor: number): WireRow {
  const close = Number(row["close"]) * factor;
  return {
    ...row,
    close,
    high: Math.max(Number(row["high"]), close),
    low: Math.min(Number(row["low"]), close),
  };
}
