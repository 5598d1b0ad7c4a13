import type { InFlight } from "./in-flight.ts";
import type { RecentFills } from "./recent-fills.ts";

/** What is in flight while one cut is read; made once, because a backtest reads one at every decision. */
export class CutInFlight implements InFlight {
  now = 0;
  beganAt = 0;
  readonly stuckGraceMs: number = 0;
  readonly #fills: RecentFills;

  constructor(fills: RecentFills, stuckGraceMs: number) {
    this.#fills = fills;
    this.stuckGraceMs = stuckGraceMs;
  }

  newerFills(index: number): readonly number[] {
    return this.#fills.since(index, this.beganAt);
  }
}
