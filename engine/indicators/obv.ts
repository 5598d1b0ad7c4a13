import type { BarColumns } from "#engine/market/bars.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";

/**
 * On-balance volume (J. Granville), in base units: volume is added when the close rose and subtracted when it fell.
 * It is 0 at the first bar, as on TradingView, so its level means nothing and only its moves do (TA-Lib begins with
 * the first bar's volume). A bar without a known close or volume gives NaN and leaves the sum as it was.
 */
export function obv(): IndicatorSpec<""> {
  return { key: "obv", name: "obv", outputs: [""], warmup: 0, create: () => new Obv() };
}

class Obv implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  #sum = 0;
  #close = Number.NaN;

  next(bars: BarColumns, index: number): void {
    const close = bars.close[index] as number;
    const volume = bars.volume[index] as number;
    const change = close - this.#close;
    this.#close = close - close === 0 ? close : Number.NaN;
    if (close - close !== 0 || volume - volume !== 0) {
      this.out[0] = Number.NaN;
      return;
    }
    if (change > 0) this.#sum += volume;
    else if (change < 0) this.#sum -= volume;
    this.out[0] = this.#sum;
  }
}
