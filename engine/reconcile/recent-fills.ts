import { NO_FILLS } from "./in-flight.ts";

/** Plain JSON. */
export type RecentFillsState = readonly (readonly [index: number, at: number, lots: number])[];

/** Fills by index and the engine time at which they arrived, until a cut that began later has been read. */
export class RecentFills {
  #fills: (readonly [index: number, at: number, lots: number])[];

  constructor(kept: RecentFillsState = []) {
    this.#fills = [...kept];
  }

  add(index: number, at: number, lots: number): void {
    this.#fills.push([index, at, lots]);
  }

  /** Signed lots of the fills of an index that a cut that began at `beganAt` may lack. */
  since(index: number, beganAt: number): readonly number[] {
    if (this.#fills.length === 0) return NO_FILLS;
    return this.#fills.flatMap(([of, at, lots]) => (of === index && at >= beganAt ? [lots] : []));
  }

  /** No cut that began before this will be read any more. */
  forgetBefore(beganAt: number): void {
    if (this.#fills.length > 0) this.#fills = this.#fills.filter(([, at]) => at >= beganAt);
  }

  state(): RecentFillsState {
    return [...this.#fills];
  }
}
