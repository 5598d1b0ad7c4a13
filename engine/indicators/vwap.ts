import type { BarColumns } from "#engine/market/bars.ts";
import { floorToInterval } from "#engine/market/interval.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";
import { readTypical } from "./source.ts";
import { Sma } from "./values/sma.ts";

const DAY_MS = 86_400_000;

/**
 * Volume-weighted average of the typical price. Without a period it runs from the beginning of the UTC day that the
 * bar opened in, which is the session of a market that never closes; with one, over the last `period` bars.
 * NaN while no volume has been traded. A bar with an unknown price or volume leaves the rest of its day without a
 * value, for a sum that misses a bar is not the day's; the rolling form starts over. The first day counts from the
 * first bar there is.
 */
export function vwap(period?: number): IndicatorSpec<""> {
  if (period === undefined) {
    return {
      key: "vwap",
      name: "vwap",
      outputs: [""],
      warmup: 0,
      create: () => new SessionVwap(),
    };
  }
  return {
    key: checkedKey("vwap", [["period", "period", period]]),
    name: "vwap",
    outputs: [""],
    warmup: period - 1,
    create: () => new RollingVwap(period),
  };
}

class SessionVwap implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  #session = Number.NaN;
  #value = 0;
  #volume = 0;

  next(bars: BarColumns, index: number): void {
    const session = floorToInterval(bars.time[index] as number, DAY_MS);
    if (session !== this.#session) {
      this.#session = session;
      this.#value = 0;
      this.#volume = 0;
    }
    const volume = bars.volume[index] as number;
    const value = readTypical(bars, index) * volume;
    this.#value += value;
    // 0 besides, or NaN where the price is unknown, so that a bar without volume cannot hide it.
    this.#volume += volume + (value - value);
    this.out[0] = this.#volume === 0 ? Number.NaN : this.#value / this.#volume;
  }
}

class RollingVwap implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #value: Sma;
  readonly #volume: Sma;

  constructor(period: number) {
    this.#value = new Sma(period);
    this.#volume = new Sma(period);
  }

  next(bars: BarColumns, index: number): void {
    const traded = bars.volume[index] as number;
    // Means instead of sums: their quotient is the same.
    const value = this.#value.next(readTypical(bars, index) * traded);
    const volume = this.#volume.next(traded);
    this.out[0] = volume === 0 ? Number.NaN : value / volume;
  }
}
