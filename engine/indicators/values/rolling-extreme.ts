/**
 * The largest of the last `period` values. Blocks and NaN as in `Sma`: the largest of the end of the block before,
 * known since that block was completed, and of this block so far. Each value costs a comparison and its share of one
 * pass per block, with no branch that depends on the data (a monotonic queue, the usual way, is twice as slow).
 */
export class RollingMax {
  readonly #period: number = 0;
  readonly #block: Float64Array;
  readonly #tail: Float64Array;
  #count = 0;
  #head = Number.NEGATIVE_INFINITY;
  #full = false;

  constructor(period: number) {
    this.#period = period;
    this.#block = new Float64Array(period);
    this.#tail = new Float64Array(period);
  }

  next(value: number): number {
    if (value - value !== 0) return this.#restart();
    this.#block[this.#count] = value;
    this.#head = Math.max(this.#head, value);
    this.#count += 1;
    if (this.#count === this.#period) this.#turn();
    else if (!this.#full) return Number.NaN;
    return Math.max(this.#head, this.#tail[this.#count] as number);
  }

  /** The block is complete: `tail[j]` becomes the largest of its values from place j on. */
  #turn(): void {
    let largest = Number.NEGATIVE_INFINITY;
    for (let index = this.#period - 1; index >= 0; index--) {
      largest = Math.max(largest, this.#block[index] as number);
      this.#tail[index] = largest;
    }
    this.#head = Number.NEGATIVE_INFINITY;
    this.#count = 0;
    this.#full = true;
  }

  #restart(): number {
    this.#count = 0;
    this.#head = Number.NEGATIVE_INFINITY;
    this.#full = false;
    return Number.NaN;
  }
}

/** The smallest of the last `period` values: the largest of their negatives, negated, which is exact. */
export class RollingMin {
  readonly #negatives: RollingMax;

  constructor(period: number) {
    this.#negatives = new RollingMax(period);
  }

  next(value: number): number {
    return -this.#negatives.next(-value);
  }
}
