import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel, Source } from "./kernel.ts";
import { readSource } from "./source.ts";
import { RollingStd } from "./values/rolling-std.ts";
import { ROUNDING_SHARE } from "./values/rounding.ts";

/**
 * Bollinger bands (J. Bollinger): the mean of `period` values, and `multiplier` population standard deviations above
 * and below it. `percentB` is (value − lower) / (upper − lower), 0 at the lower band and 1 at the upper; `bandwidth`
 * is (upper − lower) / middle, a fraction. `percentB` is NaN where the bands coincide, `bandwidth` where the middle is 0.
 */
export function bollinger(
  period = 20,
  multiplier = 2,
  source: Source = "close",
): IndicatorSpec<"middle" | "upper" | "lower" | "percentB" | "bandwidth"> {
  return {
    key: checkedKey("bollinger", [
      ["period", "period", period],
      ["factor", "multiplier", multiplier],
      ["source", "source", source],
    ]),
    name: "bollinger",
    outputs: ["middle", "upper", "lower", "percentB", "bandwidth"],
    warmup: period - 1,
    create: () => new Bollinger(period, multiplier, source),
  };
}

class Bollinger implements Kernel {
  readonly out: Float64Array = new Float64Array(5).fill(Number.NaN);
  readonly #std: RollingStd;
  readonly #multiplier: number = 0;
  readonly #source: Source;

  constructor(period: number, multiplier: number, source: Source) {
    this.#std = new RollingStd(period);
    this.#multiplier = multiplier;
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    const value = readSource(bars, index, this.#source);
    const reach = this.#std.next(value) * this.#multiplier;
    const middle = this.#std.mean;
    const out = this.out;
    out[0] = middle;
    out[1] = middle + reach;
    out[2] = middle - reach;
    // From the reach, not from the bands: their difference loses digits when the bands are close together.
    const apart = reach > ROUNDING_SHARE * Math.abs(middle);
    out[3] = apart ? 0.5 + (value - middle) / (2 * reach) : Number.NaN;
    out[4] = middle === 0 ? Number.NaN : (2 * reach) / middle;
  }
}
