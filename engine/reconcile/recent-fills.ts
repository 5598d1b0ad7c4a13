import type { VenueExecution } from "#engine/model/venue-snapshot.ts";
import { NO_FILLS } from "./in-flight.ts";

/** What is kept of an execution that was booked. */
export type FillOfPlace = Pick<
  VenueExecution,
  "index" | "executionId" | "side" | "qtyLots" | "time"
>;

/** Plain JSON. */
export type RecentFillsState = readonly RecentFill[];

interface RecentFill {
  readonly index: number;
  readonly executionId: number;
  /** Signed. */
  readonly lots: number;
  /** The venue's time. */
  readonly time: number;
  /** The engine's time when it was booked. */
  readonly at: number;
}

/** Executions that were booked lately: what a cut may lack, and what came before what at the venue. */
export class RecentFills {
  #fills: RecentFill[];

  constructor(kept: RecentFillsState = []) {
    this.#fills = [...kept];
  }

  add({ index, executionId, side, qtyLots, time }: FillOfPlace, at: number): void {
    this.#fills.push({ index, executionId, lots: side * qtyLots, time, at });
  }

  /** Signed lots of the fills of an index that a cut that began at `beganAt` may lack. */
  since(index: number, beganAt: number): readonly number[] {
    if (this.#fills.length === 0) return NO_FILLS;
    return this.#fills.flatMap((fill) =>
      fill.index === index && fill.at >= beganAt ? [fill.lots] : [],
    );
  }

  /** Signed lots of what happened at the venue after an execution and is booked already. */
  lotsAfter({ index, executionId, time }: FillOfPlace): number {
    let lots = 0;
    for (const fill of this.#fills) {
      const isLater = fill.time > time || (fill.time === time && fill.executionId > executionId);
      if (fill.index === index && isLater) lots += fill.lots;
    }
    return lots;
  }

  /** No cut that began before `beganAt` will be read, and no execution from before `since` heard of any more. */
  forget(beganAt: number, since: number): void {
    if (this.#fills.length === 0) return;
    this.#fills = this.#fills.filter(({ at, time }) => at >= beganAt || time >= since);
  }

  state(): RecentFillsState {
    return [...this.#fills];
  }
}
