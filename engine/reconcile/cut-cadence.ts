/** When cuts are made, ms. */
export interface CadenceTerms {
  /** Between cuts while nothing is suspected. */
  readonly intervalMs: number;
  /** To the next cut while something is; doubled with each such cut up to the interval. */
  readonly confirmMs: number;
  /** After a cut that failed; doubled with each failure up to the interval. */
  readonly retryMs: number;
}

/** Plain JSON; times in epoch ms of the engine. */
export interface CadenceState {
  readonly nextCutAt: number;
  readonly failures: number;
  readonly pendingCuts: number;
}

const DOUBLINGS_MAX = 20;

/** When the next cut is due, and the gate: entries wait for a cut that began after the connection was restored. */
export class CutCadence {
  readonly #terms: CadenceTerms;
  #nextCutAt: number;
  #failures = 0;
  #pendingCuts = 0;
  #isOpen = false;
  #isConnected = true;
  /** A cut that began no later than this opens nothing. */
  #restoredAt = Number.NEGATIVE_INFINITY;

  /** The gate is closed until the first cut, also after a restart: what happened meanwhile was not heard. */
  constructor(terms: CadenceTerms, startedAt: number, kept?: CadenceState) {
    this.#terms = terms;
    this.#nextCutAt = kept === undefined ? startedAt : Math.min(kept.nextCutAt, startedAt);
    this.#failures = kept?.failures ?? 0;
    this.#pendingCuts = kept?.pendingCuts ?? 0;
  }

  get nextCutAt(): number {
    return this.#nextCutAt;
  }

  get isGateOpen(): boolean {
    return this.#isOpen;
  }

  onLost(): void {
    this.#isOpen = false;
    this.#isConnected = false;
  }

  onRestored(now: number): void {
    this.#isOpen = false;
    this.#isConnected = true;
    this.#restoredAt = now;
    // One that begins in this very millisecond could as well have begun before the news.
    this.#nextCutAt = now + 1;
  }

  /** Something moved: the mirror follows within this time. */
  onMoved(now: number, withinMs: number): void {
    this.#nextCutAt = Math.min(this.#nextCutAt, now + withinMs);
  }

  onCut(beganAt: number, now: number, isPending: boolean): void {
    const { intervalMs, confirmMs } = this.#terms;
    this.#failures = 0;
    this.#pendingCuts = isPending ? this.#pendingCuts + 1 : 0;
    const wait = isPending ? doubled(confirmMs, this.#pendingCuts - 1, intervalMs) : intervalMs;
    this.#nextCutAt = now + wait;
    if (this.#isOpen || !this.#isConnected) return;
    if (beganAt > this.#restoredAt) this.#isOpen = true;
    else this.#nextCutAt = now + 1;
  }

  onFailed(now: number): void {
    const { retryMs, intervalMs } = this.#terms;
    this.#nextCutAt = now + doubled(retryMs, this.#failures, intervalMs);
    this.#failures += 1;
  }

  state(): CadenceState {
    return {
      nextCutAt: this.#nextCutAt,
      failures: this.#failures,
      pendingCuts: this.#pendingCuts,
    };
  }
}

function doubled(first: number, times: number, most: number): number {
  return Math.min(most, first * 2 ** Math.min(times, DOUBLINGS_MAX));
}
