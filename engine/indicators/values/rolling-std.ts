/**
 * The population standard deviation of the last `period` values (divided by `period`, not by `period − 1`), and
 * their mean. Blocks, base and NaN as in `Sma`, with squares of the distances besides.
 *
 * Σd² − (Σd)² / n does not cancel here: the base is one of the values in the window, so Σd² ≤ n × D² with D the
 * largest distance, while n × variance ≥ D² / 2. At most a factor of 2 n is lost, whatever the price level; equal
 * values give exactly 0.
 */
export class RollingStd {
  readonly #period: number = 0;
  readonly #block: Float64Array;
  readonly #tail: Float64Array;
  readonly #tailSquares: Float64Array;
  #count = 0;
  #head = 0;
  #headSquares = 0;
  #base = 0;
  #full = false;
  #mean = Number.NaN;

  constructor(period: number) {
    this.#period = period;
    this.#block = new Float64Array(period);
    this.#tail = new Float64Array(period + 1);
    this.#tailSquares = new Float64Array(period + 1);
  }

  /** Mean of the window that `next` returned the deviation of. */
  get mean(): number {
    return this.#mean;
  }

  next(value: number): number {
    if (value - value !== 0) return this.#restart();
    this.#block[this.#count] = value;
    const distance = value - this.#base;
    this.#head += distance;
    this.#headSquares += distance * distance;
    this.#count += 1;
    if (this.#count === this.#period) this.#turn();
    else if (!this.#full) return Number.NaN;
    const sum = this.#head + (this.#tail[this.#count] as number);
    const squares = this.#headSquares + (this.#tailSquares[this.#count] as number);
    const meanDistance = sum / this.#period;
    this.#mean = this.#base + meanDistance;
    const variance = (squares - sum * meanDistance) / this.#period;
    return variance > 0 ? Math.sqrt(variance) : 0;
  }

  #turn(): void {
    const base = this.#block[this.#period - 1] as number;
    let sum = 0;
    let squares = 0;
    for (let index = this.#period - 1; index >= 0; index--) {
      const distance = (this.#block[index] as number) - base;
      sum += distance;
      squares += distance * distance;
      this.#tail[index] = sum;
      this.#tailSquares[index] = squares;
    }
    this.#base = base;
    this.#head = 0;
    this.#headSquares = 0;
    this.#count = 0;
    this.#full = true;
  }

  #restart(): number {
    this.#count = 0;
    this.#head = 0;
    this.#headSquares = 0;
    this.#full = false;
    this.#mean = Number.NaN;
    return Number.NaN;
  }
}
