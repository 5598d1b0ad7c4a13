import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";
import { Ema } from "./values/ema.ts";

/** Force index (A. Elder 1993): the EMA over `period` of the change of the close times the volume, from index `period`. */
export function forceIndex(period = 13): IndicatorSpec<""> {
  return {
    key: checkedKey("forceIndex", [["period", "period", period]]),
    name: "forceIndex",
    outputs: [""],
    warmup: period,
    create: () => new ForceIndex(period),
  };
}

class ForceIndex implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #average: Ema;
  #close = Number.NaN;

  constructor(period: number) {
    this.#average = new Ema(period);
  }

  next(bars: BarColumns, index: number): void {
    const close = bars.close[index] as number;
    const force = (close - this.#close) * (bars.volume[index] as number);
    this.#close = close;
    this.out[0] = this.#average.next(force);
  }
}
