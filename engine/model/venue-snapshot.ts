import type { OrderSide, OrderType } from "#engine/model/order-terms.ts";

/**
 * One consistent cut of an account as its venue tells it: executions, orders, positions, executions again without news
 * in between, every page of each. A cut that could not be made whole is not made at all: missing is not flat.
 *
 * Symbols: `symbol` is the venue's instrument as its canonical name; `index` the engine's place of it (in hedge mode the
 * place of that side), −1 where the engine does not trade it. Sizes are whole lots where the engine knows the instrument;
 * `qty` says the same in base units for all. Times are epoch ms of the venue.
 */
export interface VenueSnapshot {
  /** The engine's time when the first request of the cut left: later local activity is not in it. */
  readonly beganAt: number;
  /** The venue's time at its end. */
  readonly asOf: number;
  readonly positions: readonly VenuePosition[];
  /** Orders that rest or wait for a trigger. */
  readonly orders: readonly VenueOrder[];
  /** Executions, oldest first, none left out since `executionsFrom`. */
  readonly executions: readonly VenueExecution[];
  readonly executionsFrom: number;
  /** Quote units; NaN where the venue does not tell. */
  readonly wallet: number;
  readonly settings: readonly VenueSymbolSettings[];
}

/** Which position of a symbol: the only one, or one of two beside each other. */
export type PositionSlot = "net" | "long" | "short";

export interface VenuePosition {
  readonly index: number;
  readonly symbol: string;
  readonly slot: PositionSlot;
  /** Signed, never 0; NaN where `index` is −1. */
  readonly qtyLots: number;
  /** Signed, base units. */
  readonly qty: number;
  readonly entryPrice: number;
  /** NaN where the venue does not tell. */
  readonly markPrice: number;
  /** Opening time as the venue tells it; NaN where it does not. */
  readonly openedAt: number;
  readonly hasTrailingStop: boolean;
}

export interface VenueOrder {
  readonly index: number;
  readonly symbol: string;
  /** The engine's number of the order; −1 when no request of the engine made it. */
  readonly requestId: number;
  /** An order that the venue made for one of ours, such as an attached stop: the engine's number of that one. */
  readonly parentRequestId?: number | undefined;
  /** The client id as the venue tells it, empty without one. */
  readonly clientId: string;
  readonly venueOrderId: string;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly qtyLots: number;
  readonly filledLots: number;
  /** NaN without one. */
  readonly priceTicks: number;
  readonly triggerTicks: number;
  readonly reduceOnly: boolean;
}

/** Why the venue executed something. Events name one by its place: the first is what `liquidated` says by itself. */
export const EXECUTION_CAUSES = ["liquidation", "autoDeleverage", "settlement", "trade"] as const;
export type ExecutionCause = (typeof EXECUTION_CAUSES)[number];

export interface VenueExecution {
  readonly index: number;
  readonly symbol: string;
  /** A safe integer: the venue's number of the execution, or 53 bits of a hash over its text. */
  readonly executionId: number;
  /** The engine's number of the order; −1 when no request of the engine made it. */
  readonly requestId: number;
  readonly venueOrderId: string;
  readonly side: OrderSide;
  readonly qtyLots: number;
  readonly priceTicks: number;
  readonly isMaker: boolean;
  /** Quote units, positive: paid. */
  readonly fee: number;
  readonly time: number;
  readonly cause: ExecutionCause;
}

export interface VenueSymbolSettings {
  readonly index: number;
  readonly leverage: number;
  readonly marginMode: "isolated" | "cross";
  readonly positionMode: "oneWay" | "hedge";
}
