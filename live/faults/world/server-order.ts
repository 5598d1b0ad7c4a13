import type { OrderSide, OrderType } from "#engine/model/order-terms.ts";
import type { ExecutionCause } from "#engine/model/venue-snapshot.ts";
import type { VenueSlot } from "./venue-matcher.ts";
import type { WireRow } from "./wire.ts";

/** `waiting`: acknowledged, the matcher has not seen it yet. */
export type ServerOrderStatus =
  | "waiting"
  | "open"
  | "filled"
  | "cancelled"
  | "rejected"
  | "expired";

/** Who made an order: a client with the key, a person at the venue's own screen, or the venue itself. */
export type OrderOrigin = "client" | "operator" | "venue";

export interface ServerOrderTerms {
  readonly number: number;
  readonly clientId: string;
  readonly origin: OrderOrigin;
  readonly cause: ExecutionCause;
  readonly slot: VenueSlot;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly qtyLots: number;
  readonly priceTicks: number;
  readonly triggerTicks: number;
  readonly reduceOnly: boolean;
  /** Virtual time of its acknowledgement. */
  readonly acceptedAt: number;
}

/** An order as the venue keeps it, from its acknowledgement on for ever. */
export class ServerOrder {
  readonly terms: ServerOrderTerms;
  readonly venueOrderId: string;
  status: ServerOrderStatus = "waiting";
  /** Whether the matcher took it into the book: it is an order then, whatever comes of it. */
  isTaken = false;
  qtyLots: number;
  filledLots = 0;
  priceTicks: number;
  triggerTicks: number;
  /** Virtual time from which lists and look-ups show it. */
  visibleAt: number;
  closedAt = Number.NaN;
  /** A cancel was acknowledged. */
  isCancelTaken = false;
  /** Look-ups that missed it although it was there. */
  misses = 0;
  lastExecution: WireRow | null = null;

  constructor(terms: ServerOrderTerms) {
    this.terms = terms;
    this.venueOrderId = `v${100_000 + terms.number}`;
    this.qtyLots = terms.qtyLots;
    this.priceTicks = terms.priceTicks;
    this.triggerTicks = terms.triggerTicks;
    this.visibleAt = terms.acceptedAt;
  }

  get isLive(): boolean {
    return this.status === "waiting" || this.status === "open";
  }

  row(time: number): WireRow {
    const { terms } = this;
    return {
      orderId: this.venueOrderId,
      clientId: terms.clientId,
      symbol: terms.slot.symbol,
      slot: terms.slot.slot,
      side: terms.side > 0 ? "Buy" : "Sell",
      type: terms.type,
      qty: this.qtyLots,
      filled: this.filledLots,
      price: orNull(this.priceTicks),
      trigger: orNull(this.triggerTicks),
      reduceOnly: terms.reduceOnly,
      status: this.status === "waiting" ? "open" : this.status,
      time,
    };
  }
}

/** Messages have no NaN. */
export function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
