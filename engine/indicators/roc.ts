import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Source } from "./kernel.ts";
import { SourceKernel, type ValueKernel } from "./source-kernel.ts";
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
    create: () => new SourceKernel(new Roc(period), source),
  };
}

class Roc implements ValueKernel {
  readonly #delay: Delay;

  constructor(period: number) {
    this.#delay = new Delay(period);
  }

  next(value: number): number {
    const before = this.#delay.next(value);
    return before === 0 ? Number.NaN : (100 * (value - before)) / before;
  }
}
