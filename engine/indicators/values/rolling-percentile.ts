/**
 * The percentile of the last `period` values, interpolated between the two nearest ranks: rank (n − 1) × p / 100 from
 * the smallest, as in Excel's PERCENTILE.INC and numpy's default. 50 is the median.
 * The window is kept sorted; a value costs two binary searches and one move of memory.
 * A value that is not finite gives NaN and empties the window.
 */
export class RollingPercentile {
  readonly #period: number = 0;
  readonly #low: number = 0;
  readonly #fraction: number = 0;
  readonly #ring: Float64Array;
  readonly #sorted: Float64Array;
  #place = 0;
  #size = 0;

  /** `percent` is 0 to 100. */
  constructor(period: number, percent: number) {
    this.#period = period;
    const rank = ((period - 1) * percent) / 100;
    this.#low = Math.floor(rank);
    this.#fraction = rank - this.#low;
    this.#ring = new Float64Array(period);
    this.#sorted = new Float64Array(period);
  }

  next(value: number): number {
    if (value - value !== 0) {
      this.#size = 0;
      this.#place = 0;
      return Number.NaN;
    }
    if (this.#size === this.#period) this.#remove(this.#ring[this.#place] as number);
    this.#ring[this.#place] = value;
    this.#place = this.#place + 1 === this.#period ? 0 : this.#place + 1;
    this.#insert(value);
    return this.#size < this.#period ? Number.NaN : this.#read();
  }

  #read(): number {
    const low = this.#sorted[this.#low] as number;
    if (this.#fraction === 0) return low;
    return low + this.#fraction * ((this.#sorted[this.#low + 1] as number) - low);
  }

  #insert(value: number): void {
    const at = this.#find(value);
    this.#sorted.copyWithin(at + 1, at, this.#size);
    this.#sorted[at] = value;
    this.#size += 1;
  }

  #remove(value: number): void {
    const at = this.#find(value);
    this.#sorted.copyWithin(at, at + 1, this.#size);
    this.#size -= 1;
  }

  /** The first place whose value is not below `value`. */
  #find(value: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
