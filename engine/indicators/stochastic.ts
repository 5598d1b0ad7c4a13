import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";
import { RollingMax, RollingMin } from "./values/rolling-extreme.ts";
import { Sma } from "./values/sma.ts";

/**
 * Stochastic oscillator, 0 to 100 (G. Lane): where the close stands between the lowest low and the highest high of
 * `k` bars. Output `k` is the mean of `smooth` such values (1: the fast stochastic, 3: the slow one) and `d` the mean
 * of `d` values of that.
 * NaN where the window has no range at all: the position is 0 / 0 (TradingView has none either; TA-Lib writes 0,
 * which looks like a signal), and the means start over.
 */
export function stochastic(k = 14, d = 3, smooth = 3): IndicatorSpec<"k" | "d"> {
  return {
    key: checkedKey("stochastic", [
      ["period", "k", k],
      ["period", "d", d],
      ["period", "smooth", smooth],
    ]),
    name: "stochastic",
    outputs: ["k", "d"],
    warmup: k + d + smooth - 3,
    create: () => new Stochastic(k, d, smooth),
  };
}

class Stochastic implements Kernel {
  readonly out: Float64Array = new Float64Array(2).fill(Number.NaN);
  readonly #highest: RollingMax;
  readonly #lowest: RollingMin;
  readonly #smooth: Sma;
  readonly #d: Sma;

  constructor(k: number, d: number, smooth: number) {
    this.#highest = new RollingMax(k);
    this.#lowest = new RollingMin(k);
    this.#smooth = new Sma(smooth);
    this.#d = new Sma(d);
  }

  next(bars: BarColumns, index: number): void {
    const highest = this.#highest.next(bars.high[index] as number);
    const lowest = this.#lowest.next(bars.low[index] as number);
    const close = bars.close[index] as number;
    const k = this.#smooth.next((100 * (close - lowest)) / (highest - lowest));
    this.out[0] = k;
    this.out[1] = this.#d.next(k);
  }
}
