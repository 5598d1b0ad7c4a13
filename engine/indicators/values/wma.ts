/**
 * The linearly weighted mean of the last `period` values: weight 1 for the oldest, `period` for the newest.
 * Blocks, base and NaN as in `Sma`. With *p* values in this block, the value at place *j* of the block before weighs
 * j − p + 1 and the one at place *i* of this block weighs (period − p) + (i + 1), so that both parts are sums that
 * only grow while the block does.
 */
export class Wma {
  readonly #period: number = 0;
  readonly #divisor: number = 0;
  readonly #block: Float64Array;
  readonly #tail: Float64Array;
  #count = 0;
  #head = 0;
  #headWeighted = 0;
  #base = 0;
  #full = false;

  constructor(period: number) {
    this.#period = period;
    this.#divisor = (period * (period + 1)) / 2;
    this.#block = new Float64Array(period);
    this.#tail = new Float64Array(period + 1);
  }

  next(value: number): number {
    if (value - value !== 0) return this.#restart();
    this.#block[this.#count] = value;
    this.#count += 1;
    const distance = value - this.#base;
    this.#head += distance;
    this.#headWeighted += this.#count * distance;
    if (this.#count === this.#period) this.#turn();
    else if (!this.#full) return Number.NaN;
    const older = this.#tail[this.#count] as number;
    const newer = (this.#period - this.#count) * this.#head + this.#headWeighted;
    return this.#base + (older + newer) / this.#divisor;
  }

  /** `tail[j]` = Σ over places i ≥ j of (i − j + 1) × distance: a sum of sums, from the end. */
  #turn(): void {
    const base = this.#block[this.#period - 1] as number;
    let sum = 0;
    let weighted = 0;
    for (let index = this.#period - 1; index >= 0; index--) {
      sum += (this.#block[index] as number) - base;
      weighted += sum;
      this.#tail[index] = weighted;
    }
    this.#base = base;
    this.#head = 0;
    this.#headWeighted = 0;
    this.#count = 0;
    this.#full = true;
  }

  #restart(): number {
    this.#count = 0;
    this.#head = 0;
    this.#headWeighted = 0;
    this.#full = false;
    return Number.NaN;
  }
}
