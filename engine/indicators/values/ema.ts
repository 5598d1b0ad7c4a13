/**
 * The exponential mean: it starts from the mean of the first `period` values and then moves by `alpha` of the
 * distance to each new value. `alpha` is 2 / (period + 1) unless given.
 * A value that is not finite gives NaN and starts over: the next value comes after `period` finite ones.
 */
export class Ema {
  readonly #period: number = 0;
  readonly #alpha: number = 0;
  #count = 0;
  /** While seeding, the first value; the sum is of distances to it, so that the mean of equal values is exact. */
  #base = 0;
  #sum = 0;
  #value = 0;

  constructor(period: number, alpha: number = 2 / (period + 1)) {
    this.#period = period;
    this.#alpha = alpha;
  }

  next(value: number): number {
    if (value - value !== 0) {
      this.#count = 0;
      return Number.NaN;
    }
    if (this.#count === this.#period) {
      this.#value += this.#alpha * (value - this.#value);
      return this.#value;
    }
    return this.#seed(value);
  }

  #seed(value: number): number {
    if (this.#count === 0) {
      this.#base = value;
      this.#sum = 0;
    }
    this.#sum += value - this.#base;
    this.#count += 1;
    if (this.#count < this.#period) return Number.NaN;
    this.#value = this.#base + this.#sum / this.#period;
    return this.#value;
  }
}

/**
 * Wilder's smoothing, an exponential mean with alpha 1 / period (J. W. Wilder, New Concepts in Technical Trading
 * Systems, 1978); TradingView calls it RMA. His sums of `period` values are these means times `period`.
 */
export function makeWilder(period: number): Ema {
  return new Ema(period, 1 / period);
}
