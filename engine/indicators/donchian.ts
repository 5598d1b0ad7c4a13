import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";
import { RollingMax, RollingMin } from "./values/rolling-extreme.ts";

/**
 * Donchian channel: the highest high and the lowest low of the last `period` bars, the current one included, and
 * their mean. A close can therefore never be beyond it; a breakout is a close beyond the channel of the bar before.
 */
export function donchian(period = 20): IndicatorSpec<"upper" | "middle" | "lower"> {
  return {
    key: checkedKey("donchian", [["period", "period", period]]),
    name: "donchian",
    outputs: ["upper", "middle", "lower"],
    warmup: period - 1,
    create: () => new Donchian(period),
  };
}

class Donchian implements Kernel {
  readonly out: Float64Array = new Float64Array(3).fill(Number.NaN);
  readonly #highest: RollingMax;
  readonly #lowest: RollingMin;

  constructor(period: number) {
    this.#highest = new RollingMax(period);
    this.#lowest = new RollingMin(period);
  }

  next(bars: BarColumns, index: number): void {
    const upper = this.#highest.next(bars.high[index] as number);
    const lower = this.#lowest.next(bars.low[index] as number);
    this.out[0] = upper;
    this.out[1] = (upper + lower) / 2;
    this.out[2] = lower;
  }
}
