/**
 * The mean of the last `period` values, without ever subtracting a value that leaves.
 *
 * Time is cut into blocks of `period` values. A window is the end of the block before and the beginning of this one:
 *
 *     block before  [ a b c d e ]   tail[3] = d + e, known since that block was completed
 *     this block    [ f g h     ]   head    = f + g + h, one addition per value
 *
 * so a huge value is gone without a trace once it left, and sums do not drift however long the series is. Sums are of
 * distances to the newest value of the block before, which is in every window until this block is complete: the mean
 * of equal values is that value exactly, and small moves of a large price keep their digits.
 * A value that is not finite gives NaN and empties the window; `period` values later there is a mean again.
 */
export class Sma {
  readonly #period: number = 0;
  readonly #block: Float64Array;
  readonly #tail: Float64Array;
  #count = 0;
  #head = 0;
  #base = 0;
  #full = false;

  constructor(period: number) {
    this.#period = period;
    this.#block = new Float64Array(period);
    this.#tail = new Float64Array(period + 1);
  }

  next(value: number): number {
    if (value - value !== 0) return this.#restart();
    this.#block[this.#count] = value;
    this.#head += value - this.#base;
    this.#count += 1;
    if (this.#count === this.#period) this.#turn();
    else if (!this.#full) return Number.NaN;
    return this.#base + (this.#head + (this.#tail[this.#count] as number)) / this.#period;
  }

  /** The block is complete: it becomes the block before, summed from its end. */
  #turn(): void {
    const base = this.#block[this.#period - 1] as number;
    let sum = 0;
    for (let index = this.#period - 1; index >= 0; index--) {
      sum += (this.#block[index] as number) - base;
      this.#tail[index] = sum;
    }
    this.#base = base;
    this.#head = 0;
    this.#count = 0;
    this.#full = true;
  }

  #restart(): number {
    this.#count = 0;
    this.#head = 0;
    this.#full = false;
    return Number.NaN;
  }
}
