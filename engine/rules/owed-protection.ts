/** From a request that came to nothing to the next try, ms; doubled from try to try. */
const FIRST_WAIT_MS = 1_000;

/** The longest wait, ms: for a venue that takes no requests, and for one that takes them and refuses. */
const LONGEST_WAIT_MS = { notSent: 30_000, refused: 300_000 } as const;

/**
 * Positions whose stop, target or close came to nothing: what the exit rules want by then is tried again, at longer and
 * longer intervals while that goes on. What a process forgets here its reconcile finds, but for a time stop, which the
 * next bar does.
 */
export class OwedProtection {
  /** When the next try is due, epoch ms; Infinity while nothing is owed. */
  nextTimerAt = Number.POSITIVE_INFINITY;
  /** By symbol. */
  readonly #dueAt: Float64Array;
  readonly #waitMs: Float64Array;
  readonly #triedAt: Float64Array;

  constructor(symbols: number) {
    this.#dueAt = new Float64Array(symbols).fill(Number.POSITIVE_INFINITY);
    this.#waitMs = new Float64Array(symbols);
    this.#triedAt = new Float64Array(symbols).fill(Number.NEGATIVE_INFINITY);
  }

  /** A request for the position of a symbol came to nothing. Several of one try count as one. */
  owe(symbol: number, now: number, why: keyof typeof LONGEST_WAIT_MS): void {
    if ((this.#dueAt[symbol] as number) !== Number.POSITIVE_INFINITY) return;
    const last = this.#waitMs[symbol] as number;
    const longest = LONGEST_WAIT_MS[why];
    const goesOn = now - (this.#triedAt[symbol] as number) < longest;
    const wait = goesOn ? Math.min(2 * last, longest) : FIRST_WAIT_MS;
    this.#waitMs[symbol] = wait;
    this.#dueAt[symbol] = now + wait;
    this.nextTimerAt = Math.min(this.nextTimerAt, now + wait);
  }

  /** Tries again what is due. */
  onTime(now: number, protect: (symbol: number) => void): void {
    if (now < this.nextTimerAt) return;
    for (let symbol = 0; symbol < this.#dueAt.length; symbol++) {
      if (now < (this.#dueAt[symbol] as number)) continue;
      this.#dueAt[symbol] = Number.POSITIVE_INFINITY;
      this.#triedAt[symbol] = now;
      protect(symbol);
    }
    this.nextTimerAt = this.#dueAt.reduce(
      (least, at) => Math.min(least, at),
      Number.POSITIVE_INFINITY,
    );
  }
}
