import type { BarColumns } from "#engine/market/bars.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";

/**
 * Accumulation/distribution line (M. Chaikin), in base units: the sum of volume × ((close − low) − (high − close)) /
 * (high − low) from the first bar on; a bar without a range adds nothing. Its level means nothing, only its moves do.
 * A bar with an unknown price or volume gives NaN and leaves the sum as it was.
 */
export function adl(): IndicatorSpec<""> {
  return { key: "adl", name: "adl", outputs: [""], warmup: 0, create: () => new Adl() };
}

class Adl implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  #sum = 0;

  next(bars: BarColumns, index: number): void {
    const high = bars.high[index] as number;
    const low = bars.low[index] as number;
    const close = bars.close[index] as number;
    const volume = bars.volume[index] as number;
    const range = high - low;
    const share = range === 0 ? 0 : (close - low - (high - close)) / range;
    const added = share * volume + (range + close - (range + close));
    if (added - added === 0) this.#sum += added;
    this.out[0] = added - added === 0 ? this.#sum : Number.NaN;
  }
}
