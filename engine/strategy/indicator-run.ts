import type { IndicatorSpec, Kernel } from "#engine/indicators/kernel.ts";
import type { EngineSeries } from "#engine/strategy/series-view.ts";

/** Rows that are computed in one go: a kernel alone in its loop is faster than one between other work. */
const BLOCK_ROWS = 4_096;
/** Values kept per output: memory that is used again stays near the processor, a whole column would not. */
const ROWS_MAX = 65_536;

/**
 * One indicator on one series of a run: its kernel, and its latest values in rings. Rows are computed in blocks, up to
 * a block ahead of the bar that closed last; what lies ahead is never read, and a kernel never looks ahead itself.
 */
export class IndicatorRun {
  readonly series: EngineSeries;
  /** One per output; the value of row `r` stands at `r & mask`. */
  readonly rings: readonly Float64Array[];
  readonly mask: number = 0;
  /** How many bars back a value can still be read. */
  readonly lookback: number = 0;
  readonly #kernel: Kernel;
  /** Rows fed to the kernel. */
  #computed = 0;
  /** First row with a value, per output; −1 before there is one. */
  readonly #firstRows: Int32Array;
  #firstRow = Number.POSITIVE_INFINITY;

  constructor(spec: IndicatorSpec, series: EngineSeries) {
    this.series = series;
    this.#kernel = spec.create();
    // Candles that still come in have room in their columns already.
    const capacity = series.bars.time.length;
    const rows = Math.min(ROWS_MAX, 2 ** Math.ceil(Math.log2(Math.max(1, capacity))));
    this.mask = rows - 1;
    this.lookback = capacity <= rows ? rows : rows - BLOCK_ROWS;
    this.rings = spec.outputs.map(() => new Float64Array(rows));
    this.#firstRows = new Int32Array(spec.outputs.length).fill(-1);
  }

  /** Rows that have their values. */
  get computed(): number {
    return this.#computed;
  }

  /** Whether the bar that closed last has its values already. */
  get isCurrent(): boolean {
    return this.series.index < this.#computed;
  }

  /** Whether every output has had a value by the bar that closed last. */
  get isKnown(): boolean {
    return this.series.index >= this.#firstRow;
  }

  /** Computes the rows up to the bar that closed last, and some more. */
  advance(): void {
    const { bars, index } = this.series;
    const end = Math.min(bars.length, index + BLOCK_ROWS);
    const kernel = this.#kernel;
    const { rings, mask } = this;
    const { out } = kernel;
    const only = rings[0] as Float64Array;
    let row = this.#computed;
    for (; row < end && this.#firstRow === Number.POSITIVE_INFINITY; row++) {
      kernel.next(bars, row);
      for (let k = 0; k < rings.length; k++) {
        (rings[k] as Float64Array)[row & mask] = out[k] as number;
      }
      this.#search(row);
    }
    // What every bar passes is kept short.
    for (; row < end; row++) {
      kernel.next(bars, row);
      only[row & mask] = out[0] as number;
      for (let k = 1; k < rings.length; k++) {
        (rings[k] as Float64Array)[row & mask] = out[k] as number;
      }
    }
    this.#computed = end;
  }

  #search(row: number): void {
    const { out } = this.#kernel;
    const firstRows = this.#firstRows;
    for (let k = 0; k < firstRows.length; k++) {
      if (firstRows[k] === -1 && !Number.isNaN(out[k])) firstRows[k] = row;
    }
    if (!firstRows.includes(-1)) this.#firstRow = Math.max(...firstRows);
  }
}
