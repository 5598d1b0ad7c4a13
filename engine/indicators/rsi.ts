import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Source } from "./kernel.ts";
import { SourceKernel, type ValueKernel } from "./source-kernel.ts";
import { makeWilder } from "./values/ema.ts";

/**
 * Relative strength index, 0 to 100 (Wilder 1978): 100 × G / (G + L), with G and L Wilder's averages of gains and of
 * losses, starting from the mean of the first `period` changes; the first value is at index `period`.
 * Without a single loss it is 100, also when nothing moved at all, as on TradingView (TA-Lib has 0 there).
 */
export function rsi(period = 14, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: checkedKey("rsi", [
      ["period", "period", period],
      ["source", "source", source],
    ]),
    name: "rsi",
    outputs: [""],
    warmup: period,
    create: () => new SourceKernel(new Rsi(period), source),
  };
}

class Rsi implements ValueKernel {
  readonly #gains: ValueKernel;
  readonly #losses: ValueKernel;
  #previous = Number.NaN;

  constructor(period: number) {
    this.#gains = makeWilder(period);
    this.#losses = makeWilder(period);
  }

  next(value: number): number {
    const change = value - this.#previous;
    this.#previous = value;
    // 0, but NaN on the first value and where a value is unknown: both averages start over.
    const none = change - change;
    const gain = this.#gains.next(change > 0 ? change : none);
    const loss = this.#losses.next(change < 0 ? -change : none);
    if (loss === 0) return 100;
    return (100 * gain) / (gain + loss);
  }
}
