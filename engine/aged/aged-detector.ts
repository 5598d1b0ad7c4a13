/** When the detector runs: at whole multiples of its cadence since the epoch, whatever else happens. */
export class AgedDetector {
  readonly #everyMs: number = 0;
  /** The next run is due at or after this, epoch ms; Infinity while there is no position. */
  #nextAt = Number.POSITIVE_INFINITY;

  constructor(detectEveryMinutes: number) {
    this.#everyMs = detectEveryMinutes * 60_000;
  }

  get nextAt(): number {
    return this.#nextAt;
  }

  /** There is something to look for from now on. */
  start(now: number): void {
    this.#nextAt = Math.min(this.#nextAt, this.#boundaryAfter(now));
  }

  /** Nothing is held. */
  stop(): void {
    this.#nextAt = Number.POSITIVE_INFINITY;
  }

  /** Whether a run is due; if so, the next one is set. */
  takeDue(now: number): boolean {
    if (now < this.#nextAt) return false;
    this.#nextAt = this.#boundaryAfter(now);
    return true;
  }

  /** Takes over the time that was kept: a restart neither skips a run nor brings one forward. */
  restore(nextAt: number): void {
    this.#nextAt = nextAt;
  }

  #boundaryAfter(now: number): number {
    return (Math.floor(now / this.#everyMs) + 1) * this.#everyMs;
  }
}
