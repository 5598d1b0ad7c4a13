import type { VenueExecution, VenueOrder, VenuePosition } from "#engine/model/venue-snapshot.ts";
import type { RowChange } from "./active-positions.ts";
import type { Policy, ReconcileClass } from "./classes.ts";

/** A finding began or ended: told once each. */
export interface FindingNote {
  readonly actor: "reconcile";
  readonly kind: "raised" | "cleared";
  /** Engine time, epoch ms. */
  readonly at: number;
  readonly key: string;
  readonly class: ReconcileClass;
  /** The engine's index; −1 where there is none. */
  readonly index: number;
  readonly symbol: string;
  readonly policy: Policy;
  /** What both sides said when it was raised. */
  readonly content: string;
}

/**
 * All that reconcile may do to an engine. Every call takes effect in the books before it returns, as far as it is about
 * the books; what goes to the venue is an intent of source `reconcile` through the ordinary order path, is activity on
 * its index, and its outcome is told like any other. No call opens or enlarges a position at the venue: orders are
 * reduce-only or cancels.
 */
export interface ReconcileDesk {
  /**
   * An execution of an order of ours that was not told: books it like a fill that arrives now. The order may have ended,
   * or be forgotten; the fill is then that intent's all the same, never another's.
   */
  bookMissedFill(execution: VenueExecution): void;
  /** An execution that no order of ours made, with its own price and fee; `cause` says what it was. Never an order's. */
  bookExternalExecution(execution: VenueExecution): void;
  /**
   * The position is gone and no execution tells how: ends it at the last price known here, marked as estimated. Its
   * protective orders end as with any position that becomes flat.
   */
  bookEstimatedClose(index: number, reason: string): void;
  /**
   * The venue's size and entry price become ours. What that takes off counts as closed at an estimated price, what it
   * adds as opened at the price that makes the entry the venue's; both marked as estimated. `position.index` ≥ 0.
   */
  setPosition(position: VenuePosition, reason: string): void;
  /** An order that should rest is not in a cut: looks it up at the venue, and changes nothing else. Told more than once. */
  doubtOrder(requestId: number): void;
  /**
   * An order of ours is proven to rest no more: it ends as cancelled with what it has filled. A protective order that
   * ends so does not make its position close; it is restored if it is still wanted.
   */
  endOrder(requestId: number, reason: string): void;
  /**
   * An order of ours rests with these terms: takes size and prices over. One that was sent or unknown is accepted; one
   * that has ended stays so. Filled lots are not taken: executions tell them.
   */
  adoptOrderTerms(order: VenueOrder): void;
  /** Asks for the end of an order that has not ended here. */
  cancelOrder(requestId: number): void;
  /** Asks for the end of an order that has ended here, is forgotten, or is not ours. */
  cancelVenueOrder(order: VenueOrder): void;
  /** Closes a position of the venue at market, reduce-only, for its whole size; in parts where one order may not be so large. */
  closeReduceOnly(position: VenuePosition): void;
  /** Makes the configured stop and target rest for the position of now: places, moves or resizes them, reduce-only. */
  restoreProtection(index: number): void;
  /** Asks the venue for the configured leverage and modes. */
  applySettings(index: number): void;
  /** The venue's wallet, quote units, becomes ours; the difference is recorded as an adjustment. */
  adoptBalance(wallet: number): void;
  /** No new risk on an index from now on; told once until `release`. */
  quarantine(index: number, reason: string): void;
  release(index: number): void;
  /** No new risk until a person resumes: on an index, or everywhere with −1. Durable. */
  halt(index: number, reason: string): void;
  note(note: FindingNote): void;
  noteRow(change: RowChange): void;
}
