import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";
import { type Ema, makeWilder } from "./values/ema.ts";

/**
 * Average directional index and the two directional indicators, 0 to 100 (Wilder 1978). The up move (high − previous
 * high) counts when it is positive and larger than the down move (previous low − low), and the other way round.
 * `plusDi` and `minusDi` are 100 × Wilder's averages of the moves over that of the true range, from index `period`;
 * `adx` is Wilder's average of 100 × |plusDi − minusDi| / (plusDi + minusDi), from index 2 × period − 1. Every
 * average starts from the mean of its first `period` values, as on StockCharts; TA-Lib starts the moves from
 * period − 1 values, and converges. Where nothing ever moved, all three are 0.
 */
export function adx(period = 14): IndicatorSpec<"adx" | "plusDi" | "minusDi"> {
  return {
    key: checkedKey("adx", [["period", "period", period]]),
    name: "adx",
    outputs: ["adx", "plusDi", "minusDi"],
    warmup: 2 * period - 1,
    create: () => new Adx(period),
  };
}

class Adx implements Kernel {
  readonly out: Float64Array = new Float64Array(3).fill(Number.NaN);
  readonly #plus: Ema;
  readonly #minus: Ema;
  readonly #range: Ema;
  readonly #index: Ema;
  #high = Number.NaN;
  #low = Number.NaN;
  #close = Number.NaN;

  constructor(period: number) {
    this.#plus = makeWilder(period);
    this.#minus = makeWilder(period);
    this.#range = makeWilder(period);
    this.#index = makeWilder(period);
  }

  next(bars: BarColumns, index: number): void {
    const high = bars.high[index] as number;
    const low = bars.low[index] as number;
    const up = high - this.#high;
    const down = this.#low - low;
    // Larger of high and previous close, minus smaller of low and previous close: the true range.
    const trueRange = Math.max(high, this.#close) - Math.min(low, this.#close);
    this.#high = high;
    this.#low = low;
    this.#close = bars.close[index] as number;
    // 0, but NaN on the first bar and around unknown prices: the averages start over together.
    const all = up + down + trueRange;
    const none = all - all;
    const range = this.#range.next(trueRange + none);
    const plus = this.#plus.next(up > down && up > 0 ? up + none : none);
    const minus = this.#minus.next(down > up && down > 0 ? down + none : none);
    this.#write(plus, minus, range);
  }

  #write(plus: number, minus: number, range: number): void {
    const plusDi = range === 0 ? 0 : (100 * plus) / range;
    const minusDi = range === 0 ? 0 : (100 * minus) / range;
    const sum = plusDi + minusDi;
    const out = this.out;
    out[0] = this.#index.next(sum === 0 ? 0 : (100 * Math.abs(plusDi - minusDi)) / sum);
    out[1] = plusDi;
    out[2] = minusDi;
  }
}
