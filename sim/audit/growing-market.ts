import type { IndicatorSpec, Kernel } from "#engine/indicators/kernel.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import type { OnInterval, Strategy } from "#engine/strategy/define-strategy.ts";
import type { GrowthSide } from "#sim/audit/audit-terms.ts";
import { copyBars, writeNoise } from "#sim/audit/noise.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";

/**
 * A market whose strategy sees its bars arrive: before the close of each, its columns hold noise, or nothing,
 * and their `length` ends at the bar that closed last. The exchange matches on the real bars all the time, so a run over it differs
 * from a run over everything exactly from the first bar at which the strategy used one that was still to come. One run
 * so tests every bar. What it can not tell is a table computed ahead from rows that a value does not depend on: that
 * differs here and is no look-ahead, so a cut has to confirm what is found.
 *
 * Made, handed to the backtest, and only then begun: sizes are taken from the whole length.
 */
export class GrowingMarket {
  readonly symbols: readonly BacktestSymbol[];
  readonly #tables: readonly GrowingBars[];
  /** Closes of the finest candles of all symbols, each once. */
  readonly #closes: Float64Array;
  #next = 0;

  constructor(symbols: readonly BacktestSymbol[], side: GrowthSide, seed: number) {
    const tables = new Map<BarColumns, GrowingBars>();
    const growing = (bars: BarColumns): GrowingBars => {
      const table = tables.get(bars) ?? new GrowingBars(bars, side, seed);
      tables.set(bars, table);
      return table;
    };
    this.symbols = symbols.map((one) => ({
      ...one,
      strategyBars: growing(one.strategyBars),
      higher: new Map([...one.higher].map(([word, bars]) => [word, growing(bars)] as const)),
    }));
    this.#tables = [...tables.values()];
    const closes = symbols.flatMap(({ bars }) =>
      Array.from(bars.time.subarray(0, bars.length), (time) => time + bars.intervalMs),
    );
    this.#closes = Float64Array.from(new Set(closes)).sort();
  }

  begin(): void {
    for (const table of this.#tables) table.begin();
  }

  /** Shows what closes with the next of the finest candles, and returns when that is; NaN after the last one. */
  reveal(): number {
    if (this.#next >= this.#closes.length) return Number.NaN;
    const time = this.#closes[this.#next] as number;
    this.#next += 1;
    for (const table of this.#tables) table.revealUntil(time);
    return time;
  }
}

const NAMES = ["time", "open", "high", "low", "close", "volume"] as const;

class GrowingBars implements BarColumns {
  readonly intervalMs: number;
  length: number;
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly source: BarColumns;
  /** The whole columns, whatever is shown of them. */
  readonly #columns: BarColumns;

  constructor(source: BarColumns, side: GrowthSide, seed: number) {
    const copy = copyBars(source);
    const noise = side === "end" ? "above" : side;
    for (let row = 0; row < source.length; row++) writeNoise(copy, row, noise, seed);
    this.source = source;
    this.intervalMs = source.intervalMs;
    this.length = source.length;
    this.time = copy.time;
    this.open = copy.open;
    this.high = copy.high;
    this.low = copy.low;
    this.close = copy.close;
    this.volume = copy.volume;
    this.#columns = copy;
    if (side === "end") this.#endWithLength();
  }

  /** From now on the columns are views that end where `length` does. */
  #endWithLength(): void {
    for (const name of NAMES) {
      const column = this.#columns[name];
      Object.defineProperty(this, name, { get: () => column.subarray(0, this.length) });
    }
  }

  /** Times to come are a regular grid: a gap is not known before it is over. */
  begin(): void {
    const { time } = this.#columns;
    const first = time[0] as number;
    for (let row = 1; row < time.length; row++) time[row] = first + row * this.intervalMs;
    this.length = 0;
  }

  revealUntil(time: number): void {
    const { source } = this;
    const columns = this.#columns;
    while (this.length < source.length) {
      const row = this.length;
      if ((source.time[row] as number) + this.intervalMs > time) return;
      for (const name of NAMES) columns[name][row] = source[name][row] as number;
      if (row + 1 < source.length) {
        columns.time[row + 1] = (source.time[row] as number) + this.intervalMs;
      }
      this.length = row + 1;
    }
  }
}

/** The strategy with the kernels of some indicators fed from all rows, whatever is shown of them yet. */
export function trustIndicators(strategy: Strategy, names: readonly string[]): Strategy {
  if (names.length === 0) return strategy;
  return {
    ...strategy,
    indicators: (inputs) => {
      const all: Record<string, IndicatorSpec | OnInterval> = { ...strategy.indicators(inputs) };
      for (const name of names) {
        const entry = all[name];
        if (entry === undefined) continue;
        all[name] =
          "interval" in entry
            ? { interval: entry.interval, spec: onSource(entry.spec) }
            : onSource(entry);
      }
      return all;
    },
  };
}

function onSource(spec: IndicatorSpec): IndicatorSpec {
  const { key, name, outputs, warmup } = spec;
  const create = (): Kernel => {
    const kernel = spec.create();
    return {
      out: kernel.out,
      next: (bars, index) => kernel.next(bars instanceof GrowingBars ? bars.source : bars, index),
    };
  };
  return { key, name, outputs, warmup, create };
}

/** The first time by which every symbol has a closed bar of the strategy's interval, epoch ms. */
export function firstCommonClose(symbols: readonly BacktestSymbol[]): number {
  return Math.max(
    ...symbols.flatMap(({ bars, strategyBars }) =>
      [bars, strategyBars].map((table) => (table.time[0] as number) + table.intervalMs),
    ),
  );
}
