import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";
import { readTypical } from "./source.ts";
import { MeanDeviation } from "./values/mean-deviation.ts";
import { ROUNDING_SHARE } from "./values/rounding.ts";

/** Lambert's constant: about three quarters of the values then lie between −100 and 100. */
const SCALE = 0.015;

/**
 * Commodity channel index (D. Lambert 1980): the distance of the typical price from its mean over `period` bars, in
 * units of 0.015 mean absolute deviations. 0 where all typical prices are equal (but for rounding), as in TA-Lib.
 */
export function cci(period = 20): IndicatorSpec<""> {
  return {
    key: checkedKey("cci", [["period", "period", period]]),
    name: "cci",
    outputs: [""],
    warmup: period - 1,
    create: () => new Cci(period),
  };
}

class Cci implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #deviation: MeanDeviation;

  constructor(period: number) {
    this.#deviation = new MeanDeviation(period);
  }

  next(bars: BarColumns, index: number): void {
    const price = readTypical(bars, index);
    const deviation = this.#deviation.next(price);
    const mean = this.#deviation.mean;
    const still = deviation <= ROUNDING_SHARE * Math.abs(mean);
    this.out[0] = still ? 0 : (price - mean) / (SCALE * deviation);
  }
}
