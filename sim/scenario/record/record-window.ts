import type { ObservedState } from "./observe-run.ts";

/** A piece of a run. Times in epoch ms; the first bar only shows what came before. */
export interface RecordWindow {
  /** Open time of the first bar. */
  readonly start: number;
  readonly intervalMs: number;
  /** Close time of the last bar. */
  readonly end: number;
  /** The account at the close of the first bar, before anything is decided there. */
  readonly state: ObservedState;
  readonly isFlat: boolean;
}
