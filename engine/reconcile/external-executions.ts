import type { VenueExecution } from "#engine/model/venue-snapshot.ts";
import type { LocalBooks } from "./local-books.ts";
import type { ReconcilePolicies } from "./policies.ts";
import type { ReconcileDesk } from "./reconcile-desk.ts";

/** Plain JSON. */
export interface ExternalExecutionsState {
  readonly held: readonly (readonly [index: number, executions: readonly VenueExecution[]])[];
  readonly settled: readonly (readonly [index: number, asOf: number])[];
}

/** Executions of others kept per index until the positions agree; of more, the oldest explain nothing any more. */
const HELD_MAX = 256;

/**
 * Executions that no order of ours made. One that makes a position of ours smaller or larger is booked at once. One that
 * opens where we hold nothing, or turns a position around, is held: what to do about that is a policy's to say, and when
 * it adopts, the executions held are how the position came about.
 */
export class ExternalExecutions {
  readonly #books: LocalBooks;
  readonly #desk: ReconcileDesk;
  readonly #policies: ReconcilePolicies;
  readonly #held = new Map<number, VenueExecution[]>();
  /** The venue's time up to which executions are in a size that was adopted. */
  readonly #settled = new Map<number, number>();

  constructor(
    books: LocalBooks,
    desk: ReconcileDesk,
    policies: ReconcilePolicies,
    kept?: ExternalExecutionsState,
  ) {
    this.#books = books;
    this.#desk = desk;
    this.#policies = policies;
    for (const [index, executions] of kept?.held ?? []) this.#held.set(index, [...executions]);
    for (const [index, asOf] of kept?.settled ?? []) this.#settled.set(index, asOf);
  }

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  /** Books an execution or holds it; returns the signed lots that were booked. */
  take(execution: VenueExecution): number {
    const { index, side, qtyLots, time } = execution;
    if (time <= (this.#settled.get(index) ?? Number.NEGATIVE_INFINITY)) return 0;
    const held = this.#held.get(index);
    if (held === undefined && this.#isOrdinary(index, side * qtyLots)) {
      this.#desk.bookExternalExecution(execution);
      return side * qtyLots;
    }
    const list = held ?? [];
    list.push(execution);
    if (list.length > HELD_MAX) list.shift();
    this.#held.set(index, list);
    return 0;
  }

  /**
   * Books what is held of an index as far as it explains the way from our size to the venue's: all of it when it leads
   * there, or does not lead beyond. Nothing is held afterwards.
   */
  explain(index: number, there: number, asOf: number): void {
    const held = this.#held.get(index) ?? [];
    const here = this.#books.qtyLots(index);
    this.settle(index, asOf);
    if (!leadsTo(here, there, held)) return;
    for (const execution of held) this.#desk.bookExternalExecution(execution);
  }

  /** Both sides agree on an index as of a venue's time: what is held has cancelled out. */
  forget(index: number): void {
    this.#held.delete(index);
  }

  /** Up to this time executions are in the size that is being adopted. */
  settle(index: number, asOf: number): void {
    this.#held.delete(index);
    this.#settled.set(index, asOf);
  }

  state(): ExternalExecutionsState {
    return { held: [...this.#held], settled: [...this.#settled] };
  }

  /** Whether it moves a position of ours without ending on the other side, and policy takes such moves over. */
  #isOrdinary(index: number, signedLots: number): boolean {
    const here = this.#books.qtyLots(index);
    const after = here + signedLots;
    if (here === 0 || after * here < 0) return false;
    return this.#policies[after === 0 ? "ghostPosition" : "sizeDrift"] === "adopt";
  }
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
