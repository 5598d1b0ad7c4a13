const WINDOW_MS = 60_000;
/** Share of the limit that only closes may use. */
const RESERVED = 0.2;

/**
 * How many orders were placed in the last 60 seconds, closes and entries alike. A fifth of the limit is kept for
 * closes: an entry is refused when the rest is used up, a close never is.
 */
export class OrderRate {
  /** Times of the last places, a ring; as many as entries may use. */
  readonly #times: Float64Array;
  #oldest = 0;

  constructor(maxPerMinute: number) {
    const forEntries = Math.max(1, maxPerMinute - Math.ceil(maxPerMinute * RESERVED));
    this.#times = new Float64Array(forEntries).fill(Number.NEGATIVE_INFINITY);
  }

  /** Whether an order that opens may be placed. */
  mayOpen(now: number): boolean {
    return now - (this.#times[this.#oldest] as number) >= WINDOW_MS;
  }

  /** An order of any kind is placed. */
  add(now: number): void {
    this.#times[this.#oldest] = now;
    this.#oldest += 1;
    if (this.#oldest === this.#times.length) this.#oldest = 0;
  }

  /** Times of the places that still count at `now`, oldest first. */
  state(now: number): readonly number[] {
    const { length } = this.#times;
    return Array.from(
      { length },
      (_, at) => this.#times[(this.#oldest + at) % length] as number,
    ).filter((time) => now - time < WINDOW_MS);
  }

  restore(times: readonly number[]): void {
    this.#times.fill(Number.NEGATIVE_INFINITY);
    this.#oldest = 0;
    for (const time of times) this.add(time);
  }
}
