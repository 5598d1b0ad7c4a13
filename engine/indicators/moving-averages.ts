import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel, Source } from "./kernel.ts";
import { readSource } from "./source.ts";
import { Ema, makeWilder } from "./values/ema.ts";
import { Sma } from "./values/sma.ts";
import { Wma } from "./values/wma.ts";

/** Simple moving average: the mean of the last `period` values. */
export function sma(period = 20, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: averageKey("sma", period, source),
    name: "sma",
    outputs: [""],
    warmup: period - 1,
    create: () => new SmaKernel(new Sma(period), source),
  };
}

/**
 * Exponential moving average, alpha = 2 / (period + 1), starting from the mean of the first `period` values,
 * as StockCharts and TA-Lib do. TradingView starts from the first value alone; the two converge.
 */
export function ema(period = 20, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: averageKey("ema", period, source),
    name: "ema",
    outputs: [""],
    warmup: period - 1,
    create: () => new EmaKernel(new Ema(period), source),
  };
}

/** Linearly weighted moving average: weight 1 for the oldest value, `period` for the newest. */
export function wma(period = 20, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: averageKey("wma", period, source),
    name: "wma",
    outputs: [""],
    warmup: period - 1,
    create: () => new WmaKernel(new Wma(period), source),
  };
}

/** Wilder's moving average, alpha = 1 / period, starting from the mean of the first `period` values. */
export function wilder(period = 14, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: averageKey("wilder", period, source),
    name: "wilder",
    outputs: [""],
    warmup: period - 1,
    create: () => new EmaKernel(makeWilder(period), source),
  };
}

function averageKey(name: string, period: number, source: Source): string {
  return checkedKey(name, [
    ["period", "period", period],
    ["source", "source", source],
  ]);
}

// One class per value kernel, although they look alike: the call inside then has a single target, which V8 inlines.
// Through a shared class every bar would cost a call and a number on the heap.

class SmaKernel implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #inner: Sma;
  readonly #source: Source;

  constructor(inner: Sma, source: Source) {
    this.#inner = inner;
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    this.out[0] = this.#inner.next(readSource(bars, index, this.#source));
  }
}

class EmaKernel implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #inner: Ema;
  readonly #source: Source;

  constructor(inner: Ema, source: Source) {
    this.#inner = inner;
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    this.out[0] = this.#inner.next(readSource(bars, index, this.#source));
  }
}

class WmaKernel implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #inner: Wma;
  readonly #source: Source;

  constructor(inner: Wma, source: Source) {
    this.#inner = inner;
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    this.out[0] = this.#inner.next(readSource(bars, index, this.#source));
  }
}
