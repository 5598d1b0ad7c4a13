import type { Instrument } from "#engine/model/instrument.ts";
import type { PositionSlot, VenueSymbolSettings } from "#engine/model/venue-snapshot.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";

/** An order as reconcile reads it; the engine's own `Order` is one. */
export type LocalOrder = Readonly<
  Pick<
    Order,
    | "requestId"
    | "strategy"
    | "symbol"
    | "side"
    | "type"
    | "purpose"
    | "status"
    | "qtyLots"
    | "filledLots"
    | "wantedLots"
    | "priceTicks"
    | "triggerTicks"
    | "reduceOnly"
    | "isAccepted"
    | "fenceAt"
  >
>;

/** What shall rest at the venue for a position. Ticks and lots are NaN and the request id −1 where there is none. */
export interface LocalProtection {
  readonly stopTicks: number;
  /** Lots that the stop shall still close. */
  readonly stopLots: number;
  /** The order that is the stop; −1 while none was placed. */
  readonly stopRequestId: number;
  readonly targetTicks: number;
  readonly targetLots: number;
  readonly targetRequestId: number;
}

/** Where a position comes from, for people who read the mirror. */
export interface PositionOrigin {
  readonly strategy: string | null;
  /** `bot`, `terminal`, `aged`, `risk`, `reconcile` or `manual`. */
  readonly source: string;
  readonly openedBy: string | null;
}

/**
 * What the engine believes of its account, read-only and without copies: reconcile asks for nothing else. Indexes are
 * the engine's places of (symbol, slot), 0 to `size` − 1.
 */
export interface LocalBooks {
  readonly size: number;
  /** Signed; 0 when flat. */
  qtyLots(index: number): number;
  /** Quote units; NaN when flat. */
  entryPrice(index: number): number;
  slot(index: number): PositionSlot;
  instrument(index: number): Instrument;
  /** Terms of a contract that the engine does not trade; null where nobody has told them. */
  instrumentOf(symbol: string): Instrument | null;
  /** Null without configured protection, and when flat. */
  protection(index: number): LocalProtection | null;
  origin(index: number): PositionOrigin | null;
  /** What is configured; null where the venue's own settings are as good. */
  settings(index: number): Omit<VenueSymbolSettings, "index"> | null;
  /** Orders that have not ended, in any order. */
  working(index: number): readonly LocalOrder[];
  /** An order by its number, alive or ended; undefined when it is not known any more. */
  find(requestId: number): LocalOrder | undefined;
  /**
   * Engine time, epoch ms, of the last request, fill, or news of an order on this index, answers to look-ups included;
   * −Infinity without one. A cut that began no later may lack it.
   */
  lastActivityAt(index: number): number;
  readonly wallet: number;
  /** Engine time of the last change of the wallet; −Infinity without one. */
  readonly lastMoneyAt: number;
}

/** Whether the last request about an order has no answer yet. */
export function isUnresolved(order: LocalOrder): boolean {
  const { status } = order;
  return !isTerminal(status) && status !== STATUS.accepted && status !== STATUS.partiallyFilled;
}
