import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel, Source } from "./kernel.ts";
import { readSource } from "./source.ts";
import { Delay } from "./values/delay.ts";

/** Rate of change in percent against the value `period` bars ago; NaN where that value is 0. */
export function roc(period = 10, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: checkedKey("roc", [
      ["period", "period", period],
      ["source", "source", source],
    ]),
    name: "roc",
    outputs: [""],
    warmup: period,
    create: () => new Roc(period, source),
  };
}

class Roc implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #delay: Delay;
  readonly #source: Source;

  constructor(period: number, source: Source) {
    this.#delay = new Delay(period);
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    const value = readSource(bars, index, this.#source);
    const before = this.#delay.next(value);
    const change = (100 * (value - before)) / before;
    this.out[0] = change - change === 0 ? change : Number.NaN;
  }
}
