import type { VenueExecution } from "#engine/model/venue-snapshot.ts";
import type { LocalBooks } from "./local-books.ts";
import type { ReconcilePolicies } from "./policies.ts";
import type { RecentFills } from "./recent-fills.ts";
import type { ReconcileDesk } from "./reconcile-desk.ts";

/** Plain JSON. */
export interface ExternalExecutionsState {
  readonly held: readonly (readonly [index: number, executions: readonly VenueExecution[]])[];
  readonly settled: readonly (readonly [index: number, asOf: number])[];
  readonly heldAt: readonly (readonly [index: number, at: number])[];
}

/** Executions of others kept per index until the positions agree; of more, the oldest explain nothing any more. */
const HELD_MAX = 256;

/**
 * Executions that no order of ours made. One that made a position of ours smaller or larger is booked at once. One that
 * opened where we held nothing, or turned a position around, is held: what to do about that is a policy's to say, and
 * when it adopts, the executions held are how the position came about. What we held is asked of the venue's time of the
 * execution, so that the order in which things are heard of does not matter.
 */
export class ExternalExecutions {
  readonly #books: LocalBooks;
  readonly #desk: ReconcileDesk;
  readonly #policies: ReconcilePolicies;
  readonly #fills: RecentFills;
  readonly #held = new Map<number, VenueExecution[]>();
  /** The venue's time up to which executions are in a size that was adopted. */
  readonly #settled = new Map<number, number>();
  /** Engine time of the latest one that was held. */
  readonly #heldAt = new Map<number, number>();

  constructor(
    books: LocalBooks,
    desk: ReconcileDesk,
    policies: ReconcilePolicies,
    fills: RecentFills,
    kept?: ExternalExecutionsState,
  ) {
    this.#books = books;
    this.#desk = desk;
    this.#policies = policies;
    this.#fills = fills;
    for (const [index, executions] of kept?.held ?? []) this.#held.set(index, [...executions]);
    for (const [index, asOf] of kept?.settled ?? []) this.#settled.set(index, asOf);
    for (const [index, at] of kept?.heldAt ?? []) this.#heldAt.set(index, at);
  }

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  /** Engine time at which the last execution of an index was held: a cut that began no later may lack it. */
  heldAt(index: number): number {
    return this.#heldAt.get(index) ?? Number.NEGATIVE_INFINITY;
  }

  /** Indexes of which executions are held, with the venue's time of the latest. */
  heldUntil(): readonly (readonly [index: number, time: number])[] {
    return [...this.#held].map(([index, held]) => [
      index,
      Math.max(...held.map(({ time }) => time)),
    ]);
  }

  /** Books an execution or holds it. Returns those that were booked: what was held may be ordinary by now. */
  take(execution: VenueExecution, now: number): readonly VenueExecution[] {
    const { index, time } = execution;
    if (time <= (this.#settled.get(index) ?? Number.NEGATIVE_INFINITY)) return NONE;
    const held = [...(this.#held.get(index) ?? []), execution].sort(inTime);
    if (held.length > HELD_MAX) held.shift();
    this.#held.set(index, held);
    this.#heldAt.set(index, now);
    return this.retake(index, now);
  }

  /** A fill was booked: what is held of its index is looked at again, oldest first. Returns what was booked. */
  retake(index: number, now: number): readonly VenueExecution[] {
    const held = this.#held.get(index);
    if (held === undefined) return NONE;
    const booked: VenueExecution[] = [];
    for (const execution of held) {
      if (!this.#isOrdinary(execution)) break;
      this.#desk.bookExternalExecution(execution);
      this.#fills.add(execution, now);
      booked.push(execution);
    }
    if (booked.length === held.length) this.#held.delete(index);
    else if (booked.length > 0) this.#held.set(index, held.slice(booked.length));
    return booked;
  }

  /**
   * Books what is held of an index as far as it explains the way from our size to the one that the venue has as of a
   * time: all of it when it leads there, or does not lead beyond. What came later stays held.
   */
  explain(index: number, there: number, asOf: number, now: number): void {
    const held = (this.#held.get(index) ?? []).filter(({ time }) => time <= asOf);
    const here = this.#books.qtyLots(index);
    this.settle(index, asOf);
    if (!leadsTo(here, there, held)) return;
    for (const execution of held) {
      this.#desk.bookExternalExecution(execution);
      this.#fills.add(execution, now);
    }
  }

  /** Both sides agree on an index as of a venue's time: what is held has cancelled out. */
  forget(index: number): void {
    this.#held.delete(index);
  }

  /** Up to this time executions are in the size that is being adopted. */
  settle(index: number, asOf: number): void {
    const later = (this.#held.get(index) ?? []).filter(({ time }) => time > asOf);
    if (later.length > 0) this.#held.set(index, later);
    else this.#held.delete(index);
    this.#settled.set(index, asOf);
  }

  state(): ExternalExecutionsState {
    const held = [...this.#held].map(([index, list]) => [index, [...list]] as const);
    return { held, settled: [...this.#settled], heldAt: [...this.#heldAt] };
  }

  /** Whether it moved a position of ours without ending on the other side, and policy takes such moves over. */
  #isOrdinary(execution: VenueExecution): boolean {
    const { index, side, qtyLots } = execution;
    const before = this.#books.qtyLots(index) - this.#fills.lotsAfter(execution);
    const after = before + side * qtyLots;
    if (before === 0 || after * before < 0) return false;
    return this.#policies[after === 0 ? "ghostPosition" : "sizeDrift"] === "adopt";
  }
}

const NONE: readonly VenueExecution[] = [];

/** Oldest first, by a total order: pages and messages come in any. */
export function inTime(a: VenueExecution, b: VenueExecution): number {
  return a.time - b.time || a.index - b.index || a.executionId - b.executionId;
}

/** Whether executions lead from one size to the other, or stay on the way between them. */
function leadsTo(here: number, there: number, executions: readonly VenueExecution[]): boolean {
  let size = here;
  let isBetween = true;
  for (const { side, qtyLots } of executions) {
    size += side * qtyLots;
    if (size < Math.min(here, there) || size > Math.max(here, there)) isBetween = false;
  }
  return size === there || isBetween;
}
