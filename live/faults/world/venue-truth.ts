import type { ExecutionCause, PositionSlot } from "#engine/model/venue-snapshot.ts";
import type { OrderOrigin, ServerOrderStatus } from "./server-order.ts";
import type { VenueServer } from "./venue-server.ts";

export interface TrueOrder {
  readonly clientId: string;
  readonly venueOrderId: string;
  readonly origin: OrderOrigin;
  readonly symbol: string;
  readonly slot: PositionSlot;
  readonly side: number;
  readonly type: number;
  readonly reduceOnly: boolean;
  readonly status: ServerOrderStatus;
  /** Whether the exchange ever took it, whatever came of it later. */
  readonly isTaken: boolean;
  readonly qtyLots: number;
  readonly filledLots: number;
  /** Virtual time. */
  readonly acceptedAt: number;
}

export interface TrueExecution {
  readonly executionId: number;
  readonly clientId: string;
  /** Empty for liquidations and funding. */
  readonly venueOrderId: string;
  readonly symbol: string;
  readonly slot: PositionSlot;
  readonly cause: ExecutionCause | "funding";
  /** 0 for funding. */
  readonly signedLots: number;
  readonly priceTicks: number;
  readonly fee: number;
  readonly funding: number;
  /** Virtual time. */
  readonly time: number;
}

export interface TruePosition {
  readonly symbol: string;
  readonly slot: PositionSlot;
  /** Signed, never 0. */
  readonly qtyLots: number;
  readonly entryPrice: number;
}

/** What is so at the venue, faults or not. Checkers may read it, nothing that is under test. */
export interface VenueTruth {
  readonly wallet: number;
  /** Sum of deposits less withdrawals since the start. */
  readonly transferred: number;
  readonly positions: readonly TruePosition[];
  /** Every order that was ever acknowledged, in the order of arrival. */
  readonly orders: readonly TrueOrder[];
  readonly executions: readonly TrueExecution[];
  /** Requests beyond the limits, and requests during a ban. */
  readonly overLimit: number;
  readonly duringBan: number;
}

export function truthOf(server: VenueServer): VenueTruth {
  const { books, matcher, gate } = server;
  return {
    wallet: matcher.exchange.account.wallet,
    transferred: server.transferred,
    positions: matcher.slots.flatMap(({ symbol, slot, sim }) =>
      sim.isFlat
        ? []
        : [{ symbol, slot, qtyLots: sim.position.qtyLots, entryPrice: sim.position.entryPrice }],
    ),
    orders: books.orders.map(({ terms, venueOrderId, status, isTaken, qtyLots, filledLots }) => ({
      clientId: terms.clientId,
      venueOrderId,
      origin: terms.origin,
      symbol: terms.slot.symbol,
      slot: terms.slot.slot,
      side: terms.side,
      type: terms.type,
      reduceOnly: terms.reduceOnly,
      status,
      isTaken,
      qtyLots,
      filledLots,
      acceptedAt: terms.acceptedAt,
    })),
    executions: books.executions.map(({ row, order, slot, cause, signedLots, ...rest }) => ({
      executionId: Number(row["execId"]),
      clientId: order?.terms.clientId ?? "",
      venueOrderId: order?.venueOrderId ?? "",
      symbol: slot.symbol,
      slot: slot.slot,
      cause,
      signedLots,
      priceTicks: rest.priceTicks,
      fee: rest.fee,
      funding: rest.funding,
      time: rest.time,
    })),
    overLimit: gate.overLimit,
    duringBan: gate.duringBan,
  };
}
