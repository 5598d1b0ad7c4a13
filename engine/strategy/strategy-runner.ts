import { must } from "#engine/assert.ts";
import type { IndicatorSpec } from "#engine/indicators/kernel.ts";
import type { JsonNumber } from "#engine/json-number.ts";
import { lowerBound } from "#engine/market/bars.ts";
import { formatInterval, parseInterval } from "#engine/market/interval.ts";
import { refuseThenable } from "#engine/strategy/check-strategy.ts";
import type { IndicatorMap, OnInterval, Strategy } from "#engine/strategy/define-strategy.ts";
import { IndicatorRun } from "#engine/strategy/indicator-run.ts";
import type { OrderDesk } from "#engine/strategy/order-desk.ts";
import { PortfolioContext } from "#engine/strategy/portfolio-context.ts";
import { BarView, type EngineSeries, SeriesValue } from "#engine/strategy/series-view.ts";
import { SymbolContext } from "#engine/strategy/symbol-context.ts";

/** One strategy with its parameters on its symbols: asks it when a bar of its interval has closed. */
export interface StrategyBinding {
  readonly index: number;
  readonly strategy: Strategy;
  readonly params: Readonly<Record<string, unknown>>;
  /** Symbols of the run, in the order in which the strategy sees them. */
  readonly symbols: readonly SymbolBinding[];
}

export interface SymbolBinding {
  /** Index of its position: in hedge mode that of the long side. */
  readonly symbol: number;
  /** Hedge mode: index of the short side; null or absent in one-way mode. */
  readonly shortSymbol?: number | null | undefined;
  readonly name: string;
  /** The strategy's own interval. */
  readonly series: EngineSeries;
  /** Further intervals by their word, such as 4h. */
  readonly higher: ReadonlyMap<string, EngineSeries>;
}

/** Intervals besides its own that a strategy with these parameters reads. */
export function strategyIntervals(
  strategy: Strategy,
  params: Readonly<Record<string, unknown>>,
): readonly string[] {
  const words = new Set(strategy.intervals({ params }));
  for (const entry of Object.values(strategy.indicators({ params }))) {
    if (isOnInterval(entry)) words.add(entry.interval);
  }
  return [...words].map((word) => formatInterval(parseInterval(word)));
}

/** Bars of each interval that pass before every indicator has a value; the key "" is the strategy's own interval. */
export function strategyWarmup(
  strategy: Strategy,
  params: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, number> {
  const bars = new Map<string, number>([["", strategy.warmupBars]]);
  for (const entry of Object.values(strategy.indicators({ params }))) {
    const word = isOnInterval(entry) ? formatInterval(parseInterval(entry.interval)) : "";
    const spec = isOnInterval(entry) ? entry.spec : entry;
    bars.set(word, Math.max(bars.get(word) ?? 0, spec.warmup));
  }
  return bars;
}

/** What of a strategy's runner outlives a process, as plain JSON. */
export interface RunnerState {
  readonly strategy: number;
  readonly decided: readonly JsonNumber[];
}

export class StrategyRunner {
  readonly index: number = 0;
  readonly #strategy: Strategy;
  readonly #contexts: readonly SymbolContext[];
  readonly #series: readonly EngineSeries[];
  readonly #runs: readonly (readonly IndicatorRun[])[];
  readonly #portfolio: PortfolioContext | null;
  readonly #decided: Int32Array;
  /** Open times up to which an earlier process has decided, per symbol; null: there was none. */
  #restored: Float64Array | null = null;
  /** 1 where every indicator of the symbol has a value: it stays so, because rows only grow. */
  readonly #isWarm: Uint8Array;
  /** Up to this row of a symbol's own series there is nothing to be computed or waited for. */
  readonly #readyUntil: Int32Array;
  /** No decision before this time: the bars before it only warm up. */
  readonly #from: number = 0;
  /** Row of the first symbol's bar on whose close the first decision falls. */
  readonly #firstRow: number = 0;

  constructor(binding: StrategyBinding, desk: OrderDesk, from: number) {
    this.index = binding.index;
    this.#strategy = binding.strategy;
    this.#from = from;
    const { params } = binding;
    // A decision per symbol is made in the order of every tie; only a portfolio sees the order that the run names.
    const symbols =
      binding.strategy.scope === "portfolio"
        ? binding.symbols
        : [...binding.symbols].sort((a, b) => a.symbol - b.symbol);
    const parts = symbols.map((symbol) => bindIndicators(binding.strategy, params, symbol));
    this.#contexts = symbols.map(
      (symbol, at) =>
        new SymbolContext({
          desk,
          strategy: binding.index,
          symbol: symbol.symbol,
          shortSymbol: symbol.shortSymbol ?? null,
          name: symbol.name,
          params,
          indicators: parts[at]?.views,
          bar: new BarView(symbol.series),
          bars: new Map(
            [...symbol.higher].map(([word, series]) => [word, new BarView(series)] as const),
          ),
          state: binding.strategy.scope === "symbol" ? binding.strategy.state() : undefined,
        }),
    );
    this.#series = symbols.map((symbol) => symbol.series);
    const { bars } = this.#series[0] as EngineSeries;
    this.#firstRow = lowerBound(bars.time, bars.length, from - bars.intervalMs);
    this.#runs = parts.map((part) => part.runs);
    this.#decided = new Int32Array(symbols.length).fill(-1);
    this.#isWarm = new Uint8Array(symbols.length);
    this.#readyUntil = new Int32Array(symbols.length);
    this.#portfolio =
      binding.strategy.scope === "portfolio"
        ? new PortfolioContext(desk, params, binding.strategy.state(), this.#contexts as never)
        : null;
  }

  /**
   * The row of the next bar that matters at or after `row`, on the own series of the first symbol. A strategy of bar
   * decisions wants each one from the first decision on; one that knows its signals in advance may name a later row.
   */
  nextRow(row: number): number {
    if (row >= this.#firstRow) return row;
    return this.#firstRow;
  }

  /** Open time of the bar that was decided on last, per symbol; null before the first. A restart does not ask again. */
  state(): RunnerState {
    return {
      strategy: this.index,
      decided: this.#series.map(({ bars }, at) => {
        const row = this.#decided[at] as number;
        const own = row < 0 ? Number.NEGATIVE_INFINITY : (bars.time[row] as number);
        const time = Math.max(own, this.#restored?.[at] ?? Number.NEGATIVE_INFINITY);
        return time === Number.NEGATIVE_INFINITY ? null : time;
      }),
    };
  }

  /** The bars themselves may come later: what was decided is known by its time. */
  restore({ decided }: RunnerState): void {
    this.#restored = Float64Array.from(decided, (time) =>
      typeof time === "number" ? time : Number.NEGATIVE_INFINITY,
    );
  }

  #wasDecided(at: number, row: number): boolean {
    if (this.#restored === null || row < 0) return false;
    const { bars } = this.#series[at] as EngineSeries;
    return (bars.time[row] as number) <= (this.#restored[at] as number);
  }

  /**
   * Asks the strategy for every symbol whose bar has closed since the last time. `isLate`: the bars of a close have come
   * later than that, and only those that closed then count: what a feed brought as history is nobody's to decide on.
   */
  decide(now: number, isLate: boolean): void {
    if (now < this.#from) {
      for (let at = 0; at < this.#series.length; at++) {
        this.#decided[at] = (this.#series[at] as EngineSeries).index;
      }
      return;
    }
    if (this.#portfolio !== null) {
      this.#decideTogether(this.#portfolio, isLate ? now : Number.NaN);
      return;
    }
    for (let at = 0; at < this.#series.length; at++) {
      const row = (this.#series[at] as EngineSeries).index;
      if (row === this.#decided[at]) continue;
      if (isLate && !this.#hasClosedAt(at, row, now)) continue;
      this.#decided[at] = row;
      if (this.#wasDecided(at, row)) continue;
      if (row < (this.#readyUntil[at] as number) || this.#isReady(at)) {
        const answer: unknown = this.#strategy.onBar(this.#contexts[at] as never);
        if (answer !== undefined) refuseThenable(this.#strategy.name, "onBar", answer);
      }
    }
  }

  /** @param lateClose the close that alone counts; NaN: every one */
  #decideTogether(portfolio: PortfolioContext, lateClose: number): void {
    let isNew = false;
    let isReady = true;
    for (let at = 0; at < this.#series.length; at++) {
      const row = (this.#series[at] as EngineSeries).index;
      const counts = Number.isNaN(lateClose) || this.#hasClosedAt(at, row, lateClose);
      if (counts && row !== this.#decided[at] && !this.#wasDecided(at, row)) isNew = true;
      this.#decided[at] = row;
      if (!this.#isReady(at)) isReady = false;
    }
    if (!isNew || !isReady) return;
    const answer: unknown = this.#strategy.onBars(portfolio as never);
    if (answer !== undefined) refuseThenable(this.#strategy.name, "onBars", answer);
  }

  #hasClosedAt(at: number, row: number, time: number): boolean {
    const { bars } = this.#series[at] as EngineSeries;
    return row >= 0 && (bars.time[row] as number) + bars.intervalMs === time;
  }

  /** Brings the indicators of a symbol to the bar that closed last; returns whether all of them have values. */
  #isReady(at: number): boolean {
    const runs = this.#runs[at] as readonly IndicatorRun[];
    for (let i = 0; i < runs.length; i++) {
      const run = runs[i] as IndicatorRun;
      if (!run.isCurrent) run.advance();
    }
    const own = this.#series[at] as EngineSeries;
    if (this.#isWarm[at] === 0) {
      if (own.index < this.#strategy.warmupBars) return false;
      for (let i = 0; i < runs.length; i++) if (!(runs[i] as IndicatorRun).isKnown) return false;
      this.#isWarm[at] = 1;
    }
    let until = own.bars.length;
    for (let i = 0; i < runs.length; i++) {
      const { series, computed } = runs[i] as IndicatorRun;
      // Rows of another interval say nothing of the own one: those are looked at each time.
      until = Math.min(until, series === own ? computed : 0);
    }
    this.#readyUntil[at] = until;
    return true;
  }
}

function isOnInterval(entry: IndicatorSpec | OnInterval): entry is OnInterval {
  return "interval" in entry;
}

function bindIndicators(
  strategy: Strategy,
  params: Readonly<Record<string, unknown>>,
  binding: SymbolBinding,
): { views: Record<string, unknown>; runs: IndicatorRun[] } {
  const map: IndicatorMap = strategy.indicators({ params });
  const views: Record<string, unknown> = {};
  const runs: IndicatorRun[] = [];
  for (const [name, entry] of Object.entries(map)) {
    const spec = isOnInterval(entry) ? entry.spec : entry;
    const word = isOnInterval(entry) ? formatInterval(parseInterval(entry.interval)) : "";
    const series =
      word === "" ? binding.series : must(binding.higher.get(word), `The ${word} bars are loaded`);
    const run = new IndicatorRun(spec, series);
    views[name] = indicatorView(spec, run);
    runs.push(run);
  }
  return { views, runs };
}

/** The first output read directly, every output by name. */
function indicatorView(spec: IndicatorSpec, run: IndicatorRun): SeriesValue {
  const values = spec.outputs.map((_, output) => new SeriesValue(run, output));
  const view = values[0] as SeriesValue;
  for (let at = 0; at < spec.outputs.length; at++) {
    const output = spec.outputs[at] as string;
    if (output === "" || output in view) continue;
    Object.defineProperty(view, output, { value: at === 0 ? view : values[at], enumerable: true });
  }
  return view;
}
