/**
 * The largest of the last `period` values. A queue holds the values that may still become the largest, falling from
 * front to back: each enters and leaves once, so a value costs O(1) on average.
 * A value that is not finite gives NaN and empties the window.
 */
export class RollingMax {
  readonly #period: number;
  readonly #values: Float64Array;
  readonly #places: Float64Array;
  #front = 0;
  #size = 0;
  #seen = 0;

  constructor(period: number) {
    this.#period = period;
    this.#values = new Float64Array(period);
    this.#places = new Float64Array(period);
  }

  next(value: number): number {
    if (value - value !== 0) {
      this.#size = 0;
      this.#seen = 0;
      return Number.NaN;
    }
    const period = this.#period;
    if (this.#size > 0 && (this.#places[this.#front] as number) <= this.#seen - period) {
      this.#front = this.#front + 1 === period ? 0 : this.#front + 1;
      this.#size -= 1;
    }
    let back = this.#front + this.#size;
    if (back >= period) back -= period;
    while (this.#size > 0) {
      const last = back === 0 ? period - 1 : back - 1;
      if ((this.#values[last] as number) > value) break;
      back = last;
      this.#size -= 1;
    }
    this.#values[back] = value;
    this.#places[back] = this.#seen;
    this.#size += 1;
    this.#seen += 1;
    return this.#seen < period ? Number.NaN : (this.#values[this.#front] as number);
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
