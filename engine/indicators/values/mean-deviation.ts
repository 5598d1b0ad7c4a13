import { Sma } from "./sma.ts";

/**
 * The mean absolute deviation of the last `period` values from their own mean, and that mean. The mean moves with
 * every value, so each costs O(period).
 * A value that is not finite gives NaN and empties the window.
 */
export class MeanDeviation {
  readonly #sma: Sma;
  readonly #ring: Float64Array;
  #place = 0;
  #mean = Number.NaN;

  constructor(period: number) {
    this.#sma = new Sma(period);
    this.#ring = new Float64Array(period);
  }

  /** Mean of the window that `next` returned the deviation of. */
  get mean(): number {
    return this.#mean;
  }

  next(value: number): number {
    const ring = this.#ring;
    const mean = this.#sma.next(value);
    this.#mean = mean;
    // Every old value is overwritten before there is a mean again.
    if (value - value !== 0) this.#place = 0;
    else {
      ring[this.#place] = value;
      this.#place = this.#place + 1 === ring.length ? 0 : this.#place + 1;
    }
    if (mean !== mean) return Number.NaN;
    let sum = 0;
    for (let index = 0; index < ring.length; index++) {
      sum += Math.abs((ring[index] as number) - mean);
    }
    return sum / ring.length;
  }
}
