import type { BarColumns } from "#engine/market/bars.ts";
import type { Kernel, Source } from "./kernel.ts";
import { readSource } from "./source.ts";

/** One value in, one value out; NaN while warming up. */
export interface ValueKernel {
  next(value: number): number;
}

/** Runs a value kernel over one source of the bars. */
export class SourceKernel implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #inner: ValueKernel;
  readonly #source: Source;

  constructor(inner: ValueKernel, source: Source) {
    this.#inner = inner;
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    this.out[0] = this.#inner.next(readSource(bars, index, this.#source));
  }
}
