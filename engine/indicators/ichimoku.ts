import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";
import { Delay } from "./values/delay.ts";
import { RollingMax, RollingMin } from "./values/rolling-extreme.ts";

/**
 * Ichimoku Kinko Hyo (G. Hosoda) without look-ahead. A *middle* over n bars is (highest high + lowest low) / 2.
 *
 * - `conversion` (tenkan-sen) and `base` (kijun-sen): middles over `conversionPeriod` and `basePeriod` bars.
 * - `spanA` and `spanB` (senkou): the cloud that a chart draws at this bar, computed `displacement` bars ago: then
 *   (conversion + base) / 2, and the middle over `spanPeriod` bars.
 * - `lagging`: the close `displacement` bars ago. A chart draws today's close that far back (chikou span) to compare
 *   it with the price of that time; here the price of that time comes to today, so nothing reads the future:
 *   close > lagging says that the chikou span is above the price.
 *
 * Charts that count the current bar in, TradingView among them, displace by one bar less: give 25 for their picture.
 */
export function ichimoku(
  conversionPeriod = 9,
  basePeriod = 26,
  spanPeriod = 52,
  displacement = 26,
): IndicatorSpec<"conversion" | "base" | "spanA" | "spanB" | "lagging"> {
  return {
    key: checkedKey("ichimoku", [
      ["period", "conversionPeriod", conversionPeriod],
      ["period", "basePeriod", basePeriod],
      ["period", "spanPeriod", spanPeriod],
      ["period", "displacement", displacement],
    ]),
    name: "ichimoku",
    outputs: ["conversion", "base", "spanA", "spanB", "lagging"],
    warmup: Math.max(conversionPeriod, basePeriod, spanPeriod) - 1 + displacement,
    create: () => new Ichimoku(conversionPeriod, basePeriod, spanPeriod, displacement),
  };
}

class Ichimoku implements Kernel {
  readonly out: Float64Array = new Float64Array(5).fill(Number.NaN);
  readonly #conversion: Middle;
  readonly #base: Middle;
  readonly #span: Middle;
  readonly #spanA: Delay;
  readonly #spanB: Delay;
  readonly #lagging: Delay;

  constructor(conversion: number, base: number, span: number, displacement: number) {
    this.#conversion = new Middle(conversion);
    this.#base = new Middle(base);
    this.#span = new Middle(span);
    this.#spanA = new Delay(displacement);
    this.#spanB = new Delay(displacement);
    this.#lagging = new Delay(displacement);
  }

  next(bars: BarColumns, index: number): void {
    const high = bars.high[index] as number;
    const low = bars.low[index] as number;
    const conversion = this.#conversion.next(high, low);
    const base = this.#base.next(high, low);
    const out = this.out;
    out[0] = conversion;
    out[1] = base;
    out[2] = this.#spanA.next((conversion + base) / 2);
    out[3] = this.#spanB.next(this.#span.next(high, low));
    out[4] = this.#lagging.next(bars.close[index] as number);
  }
}

class Middle {
  readonly #highest: RollingMax;
  readonly #lowest: RollingMin;

  constructor(period: number) {
    this.#highest = new RollingMax(period);
    this.#lowest = new RollingMin(period);
  }

  next(high: number, low: number): number {
    return (this.#highest.next(high) + this.#lowest.next(low)) / 2;
  }
}
