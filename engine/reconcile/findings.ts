import type {
  PositionSlot,
  VenueOrder,
  VenuePosition,
  VenueSymbolSettings,
} from "#engine/model/venue-snapshot.ts";
import type { ReconcileClass } from "#engine/reconcile/classes.ts";

/** What every finding says. One of `match` is an order that both sides have, with other terms there. */
interface FindingBase {
  readonly class: ReconcileClass;
  /** Unique in a diff, the same in every one: `position BTCUSDT net`, `order 17`, `order at venue x`, `wallet`. */
  readonly key: string;
  /** The engine's index; −1 where there is none. */
  readonly index: number;
  /** The venue's name of the contract; empty for the wallet. */
  readonly symbol: string;
  /** What both sides say: two cuts agree when it is the same text. */
  readonly content: string;
}

export interface PositionFinding extends FindingBase {
  readonly subject: "position";
  readonly slot: PositionSlot;
  /** What the venue has; null when nothing. */
  readonly position: VenuePosition | null;
}

export interface OrderFinding extends FindingBase {
  readonly subject: "order";
  /** −1 for an order that no request of the engine made. */
  readonly requestId: number;
  /** What the venue has; null when nothing. */
  readonly order: VenueOrder | null;
}

export interface AccountFinding extends FindingBase {
  readonly subject: "account";
  /** The venue's wallet, quote units; NaN in a finding about settings. */
  readonly wallet: number;
  /** The venue's settings; null in a finding about the wallet. */
  readonly settings: VenueSymbolSettings | null;
}

export type Finding = PositionFinding | OrderFinding | AccountFinding;

export function positionKey(symbol: string, slot: PositionSlot): string {
  return `position ${symbol} ${slot}`;
}

export function orderKey(requestId: number, venueOrderId: string): string {
  return requestId >= 0 ? `order ${requestId}` : `order at venue ${venueOrderId}`;
}
