import type { AgedDeadlines } from "#engine/aged/aged-stages.ts";

/** Where an aged position stands; `closed` is final. The place is the number of the trace format. */
export const AGED_STATUSES = [
  "detected",
  "grace_pending",
  "grace_active",
  "progressive_active",
  "closed",
  "error",
] as const;
export type AgedStatus = (typeof AGED_STATUSES)[number];

/** Which rule closes: chosen with the price it acts on. */
export const AGED_CLOSES = [
  "profitable_close",
  "grace_target",
  "progressive_target",
  "max_loss_reached",
  "emergency",
] as const;
export type AgedClose = (typeof AGED_CLOSES)[number];

/** Why a transition happened; of `closed` the reason of the close. The place is the number of the trace format. */
export const AGED_REASONS = [
  // into detected
  "aged",
  "re_armed",
  // into grace_pending
  "subscribed",
  // into grace_active and progressive_active
  "price",
  "timer",
  // into error
  "attempts_failed",
  // into closed
  ...AGED_CLOSES,
  "other_exit",
  "closed_externally",
] as const;
export type AgedReason = (typeof AGED_REASONS)[number];

/** How a position became flat, as the reason of `closed`. */
export type AgedEnd = AgedClose | "other_exit" | "closed_externally";

/** What the state machine knows of one aged position. Plain values, null where there is none: it is its own JSON form. */
export interface AgedRecord extends AgedDeadlines {
  /** Index of the position's slot. */
  readonly symbol: number;
  /** 1 long, −1 short. */
  readonly side: 1 | -1;
  /** The venue's open time or the first fill, epoch ms. */
  readonly openedAt: number;
  /** Number of the record, in order of detection. */
  readonly id: number;
  readonly detectedAt: number;
  status: AgedStatus;
  /** Number of the latest history row: 1, 2, 3 … */
  seq: number;
  /** Reason of the latest transition. */
  reason: AgedReason;
  graceAt: number | null;
  progressiveAt: number | null;
  closedAt: number | null;
  /** Average entry price, quote units; an add moves it. */
  entryPrice: number;
  breakEven: number;
  /** What the price has to meet, without the buffer; null until a first price. */
  target: number | null;
  tolerancePct: number;
  /** The price that the rules looked at last. */
  price: number | null;
  /** Attempts of the campaign that is under way; 0 when none is. */
  attempts: number;
  /** Times that the venue was closed for orders, which uses up no attempt. */
  waits: number;
  /** The next attempt goes out at or after this, epoch ms. */
  notBefore: number;
  /** The rule of the order that is or was under way, the price it was decided on, and what that was compared with. */
  close: AgedClose | null;
  decidedPrice: number | null;
  decidedTarget: number | null;
  decidedTolerancePct: number;
  /** Request id of the order that was sent last. */
  requestId: number | null;
  /** Limit mode: the price at which the order rests. */
  restingPrice: number | null;
  /** Quantity-weighted price of all exits of the position, once flat. */
  closePrice: number | null;
  /** The same against the entry price, percent, before fees. */
  pnlPct: number | null;
}

/** One transition. Every one has exactly one row, `seq` without a hole per record. */
export interface AgedHistoryRow {
  readonly recordId: number;
  readonly seq: number;
  readonly symbol: number;
  readonly time: number;
  readonly from: AgedStatus | null;
  readonly to: AgedStatus;
  readonly reason: AgedReason;
  /** The price that led to it; of `closed` the price of the exits; null where there was none yet. */
  readonly price: number | null;
  readonly target: number | null;
  readonly tolerancePct: number;
  /** h of the design at `time`. */
  readonly hours: number;
}
