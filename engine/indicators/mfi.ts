import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";
import { readTypical } from "./source.ts";
import { Sma } from "./values/sma.ts";

/**
 * Money flow index, 0 to 100 (G. Quong and A. Soudack 1989): the share of rising money flow, typical price × volume,
 * in that of `period` bars. A bar rises or falls by its typical price against the one before and counts for neither
 * where both are equal. The first value is at index `period`; NaN where nothing flowed.
 */
export function mfi(period = 14): IndicatorSpec<""> {
  return {
    key: checkedKey("mfi", [["period", "period", period]]),
    name: "mfi",
    outputs: [""],
    warmup: period,
    create: () => new Mfi(period),
  };
}

class Mfi implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #rising: Sma;
  readonly #falling: Sma;
  #previous = Number.NaN;

  constructor(period: number) {
    this.#rising = new Sma(period);
    this.#falling = new Sma(period);
  }

  next(bars: BarColumns, index: number): void {
    const price = readTypical(bars, index);
    const change = price - this.#previous;
    this.#previous = price;
    const flow = price * (bars.volume[index] as number);
    // 0, but NaN on the first bar and where something is unknown: both means start over.
    const none = change - change + (flow - flow);
    const rising = this.#rising.next(change > 0 ? flow + none : none);
    const falling = this.#falling.next(change < 0 ? flow + none : none);
    this.out[0] = (100 * rising) / (rising + falling);
  }
}
