import type { VenueOrder, VenuePosition } from "#engine/model/venue-snapshot.ts";

/** What an order of ours has come to, as far as the kill switch asks. */
export interface OrderEnd {
  /** Proven at its end: nothing of it can be filled any more. */
  readonly isEnded: boolean;
  /** Why it did not do what it was for, in words; empty when it filled or still works. */
  readonly why: string;
}

/**
 * What the kill switch acts through: the engine for its own account, a fake venue in tests. Nothing here answers at
 * once; what became of it is asked with `endOf` and seen in the next cut of the account.
 */
export interface FlattenDesk {
  /** Latches the halt, so that nothing new can open. */
  halt(reason: string): void;
  /**
   * Asks for the end of every order of ours that works, conditional ones and protection too, but not of `closing`;
   * returns how many it asked for now that were not asked for already.
   */
  cancelOwn(closing: ReadonlySet<number>): number;
  /** How many orders of ours work, `closing` not counted: on their way, resting, unknown. */
  ownWorking(closing: ReadonlySet<number>): number;
  /** Asks for the end of an order that no request of ours made. */
  cancelForeign(order: VenueOrder): void;
  /** Positions as our own books have them, to act upon before the first cut has come. */
  heldPositions(): readonly FlattenPosition[];
  /**
   * Sends reduce-only market orders for what no other close takes of the position, as many as the venue's largest size
   * wants.
   */
  close(position: FlattenPosition): CloseAttempt;
  endOf(requestId: number): OrderEnd;
}

/** A position to be closed. */
export type FlattenPosition = Pick<VenuePosition, "index" | "symbol" | "slot" | "qty" | "qtyLots">;

/** The orders of one attempt, closes that were under way already among them; none when it cannot be made, and then why. */
export interface CloseAttempt {
  readonly requestIds: readonly number[];
  readonly why: string;
}
