import type { BarColumns } from "#engine/market/bars.ts";
import type { IndicatorSpec, Kernel, Source } from "./kernel.ts";
import { readSource } from "./source.ts";

/** A source itself as an indicator, for places that take one: `crossOver(price("close"), sma(50))`. */
export function price(source: Source): IndicatorSpec<""> {
  return {
    key: source,
    name: source,
    outputs: [""],
    warmup: 0,
    create: () => new PriceKernel(source),
  };
}

class PriceKernel implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    const value = readSource(bars, index, this.#source);
    this.out[0] = value - value === 0 ? value : Number.NaN;
  }
}
