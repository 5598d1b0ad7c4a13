/**
 * The value fed `period` calls before this one; NaN while there is none. A value that is not finite comes out as NaN
 * `period` calls later; nothing needs to start over.
 */
export class Delay {
  readonly #ring: Float64Array;
  #place = 0;

  /** `period` 0 returns the value itself. */
  constructor(period: number) {
    this.#ring = new Float64Array(period + 1).fill(Number.NaN);
  }

  next(value: number): number {
    this.#ring[this.#place] = value - value === 0 ? value : Number.NaN;
    this.#place = this.#place + 1 === this.#ring.length ? 0 : this.#place + 1;
    return this.#ring[this.#place] as number;
  }
}
