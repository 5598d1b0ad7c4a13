import type { VenueExecution } from "#engine/model/venue-snapshot.ts";

/** Plain JSON. */
export interface ExecutionMemoryState {
  readonly since: number;
  readonly known: readonly (readonly [index: number, executionId: number, time: number])[];
}

/** An execution may show up in the venue's list this much later than it happened. */
export const OVERLAP_MS = 300_000;

/**
 * Which executions have been heard of, by the stream or in a cut, so that each is booked once. Times are the venue's.
 * What happened before `since` has been in a cut already, so only later ones are remembered one by one.
 */
export class ExecutionMemory {
  #since: number;
  readonly #known = new Map<string, readonly [number, number, number]>();

  /** Before `startedAt`, by any clock, no order of ours was filled. */
  constructor(startedAt: number, kept?: ExecutionMemoryState) {
    this.#since = kept?.since ?? startedAt - OVERLAP_MS;
    for (const row of kept?.known ?? []) this.#known.set(`${row[0]} ${row[1]}`, row);
  }

  /** From when on the next cut must list executions, venue's time. */
  get since(): number {
    return this.#since;
  }

  /** Takes note of an execution; false when it is known already, or has no number to be known by. */
  take(execution: Pick<VenueExecution, "index" | "executionId" | "time">): boolean {
    const { index, executionId, time } = execution;
    if (executionId === 0 || time < this.#since) return false;
    const key = `${index} ${executionId}`;
    if (this.#known.has(key)) return false;
    this.#known.set(key, [index, executionId, time]);
    return true;
  }

  /** A cut as of `asOf` has been read. */
  advance(asOf: number): void {
    const since = asOf - OVERLAP_MS;
    if (since <= this.#since) return;
    this.#since = since;
    if (this.#known.size === 0) return;
    for (const [key, row] of this.#known) if (row[2] < since) this.#known.delete(key);
  }

  state(): ExecutionMemoryState {
    return { since: this.#since, known: [...this.#known.values()] };
  }
}
