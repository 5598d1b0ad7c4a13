import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel, Source } from "./kernel.ts";
import { readSource } from "./source.ts";
import { RollingMax, RollingMin } from "./values/rolling-extreme.ts";
import { RollingPercentile } from "./values/rolling-percentile.ts";
import { RollingStd } from "./values/rolling-std.ts";

/** The highest value of the last `period` bars, the current one included; of closes unless told `"high"`. */
export function highest(period = 20, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: windowKey("highest", period, source),
    name: "highest",
    outputs: [""],
    warmup: period - 1,
    create: () => new MaxKernel(new RollingMax(period), source),
  };
}

/** The lowest value of the last `period` bars, the current one included; of closes unless told `"low"`. */
export function lowest(period = 20, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: windowKey("lowest", period, source),
    name: "lowest",
    outputs: [""],
    warmup: period - 1,
    create: () => new MinKernel(new RollingMin(period), source),
  };
}

/** The population standard deviation of the last `period` values. */
export function std(period = 20, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: windowKey("std", period, source),
    name: "std",
    outputs: [""],
    warmup: period - 1,
    create: () => new StdKernel(new RollingStd(period), source),
  };
}

/** The `percent`-th percentile (0 to 100) of the last `period` values, interpolated between ranks; 50 is the median. */
export function percentile(period = 20, percent = 50, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: checkedKey("percentile", [
      ["period", "period", period],
      ["percent", "percent", percent],
      ["source", "source", source],
    ]),
    name: "percentile",
    outputs: [""],
    warmup: period - 1,
    create: () => new PercentileKernel(new RollingPercentile(period, percent), source),
  };
}

function windowKey(name: string, period: number, source: Source): string {
  return checkedKey(name, [
    ["period", "period", period],
    ["source", "source", source],
  ]);
}

// One class per value kernel, for the reason given in `moving-averages.ts`.

class MaxKernel implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #inner: RollingMax;
  readonly #source: Source;

  constructor(inner: RollingMax, source: Source) {
    this.#inner = inner;
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    this.out[0] = this.#inner.next(readSource(bars, index, this.#source));
  }
}

class MinKernel implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #inner: RollingMin;
  readonly #source: Source;

  constructor(inner: RollingMin, source: Source) {
    this.#inner = inner;
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    this.out[0] = this.#inner.next(readSource(bars, index, this.#source));
  }
}

class StdKernel implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #inner: RollingStd;
  readonly #source: Source;

  constructor(inner: RollingStd, source: Source) {
    this.#inner = inner;
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    this.out[0] = this.#inner.next(readSource(bars, index, this.#source));
  }
}

class PercentileKernel implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #inner: RollingPercentile;
  readonly #source: Source;

  constructor(inner: RollingPercentile, source: Source) {
    this.#inner = inner;
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    this.out[0] = this.#inner.next(readSource(bars, index, this.#source));
  }
}
