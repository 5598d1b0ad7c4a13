import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";
import type { Ema } from "./values/ema.ts";
import { makeWilder } from "./values/ema.ts";
import { TrueRange } from "./values/true-range.ts";

/**
 * Average true range (Wilder 1978): Wilder's average of the true range, starting from the mean of the first `period`
 * ranges. The first bar has no previous close and counts with high − low, so the first value is at index
 * `period − 1`: StockCharts, TradingView and Tulip do so. TA-Lib leaves the first bar out and begins one bar later;
 * the two converge by a factor of (period − 1) / period per bar.
 */
export function atr(period = 14): IndicatorSpec<""> {
  return {
    key: checkedKey("atr", [["period", "period", period]]),
    name: "atr",
    outputs: [""],
    warmup: period - 1,
    create: () => new Atr(period),
  };
}

class Atr implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #average: AverageTrueRange;

  constructor(period: number) {
    this.#average = new AverageTrueRange(period);
  }

  next(bars: BarColumns, index: number): void {
    this.out[0] = this.#average.next(bars, index);
  }
}

/** The average true range as a part of other indicators. */
export class AverageTrueRange {
  readonly #range = new TrueRange();
  readonly #average: Ema;

  constructor(period: number) {
    this.#average = makeWilder(period);
  }

  next(bars: BarColumns, index: number): number {
    return this.#average.next(
      this.#range.next(
        bars.high[index] as number,
        bars.low[index] as number,
        bars.close[index] as number,
      ),
    );
  }
}
