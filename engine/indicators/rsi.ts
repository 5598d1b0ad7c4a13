import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel, Source } from "./kernel.ts";
import { readSource } from "./source.ts";
import { type Ema, makeWilder } from "./values/ema.ts";

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
    create: () => new RsiKernel(period, source),
  };
}

/** The kernel by itself, as a part of other indicators. */
export class RsiKernel implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #gains: Ema;
  readonly #losses: Ema;
  readonly #source: Source;
  #previous = Number.NaN;

  constructor(period: number, source: Source) {
    this.#gains = makeWilder(period);
    this.#losses = makeWilder(period);
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    const value = readSource(bars, index, this.#source);
    const change = value - this.#previous;
    this.#previous = value;
    // 0, but NaN on the first value and where a value is unknown: both averages start over.
    const none = change - change;
    const gain = this.#gains.next(change > 0 ? change : none);
    const loss = this.#losses.next(change < 0 ? -change : none);
    this.out[0] = loss === 0 ? 100 : (100 * gain) / (gain + loss);
  }
}
