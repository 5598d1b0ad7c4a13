import type { EngineEvent } from "#engine/model/event.ts";
import type { OrderSide, OrderType, TimeInForce, TriggerBy } from "#engine/model/order-terms.ts";
import type {
  PositionSlot,
  VenueExecution,
  VenueOrder,
  VenuePosition,
  VenueSymbolSettings,
} from "#engine/model/venue-snapshot.ts";

/**
 * What the live driver asks of one account at a venue, in words that every venue has. An adapter implements it with the
 * venue's SDK, the fault simulator with a network in virtual time. Every ask is answered by exactly one call of `done`,
 * never inside `ask` itself; an answer whose meaning is not proven is `unknown`, whatever went wrong.
 */
export interface VenuePort {
  ask(ask: Ask, done: (answer: Answer) => void): void;
  /** Begins to listen; what the venue tells from then on goes to the listener. */
  connect(listener: VenuePortListener): void;
  close(): void;
}

/** An order of ours by the name that the venue knows it by. */
export interface OrderName {
  /** f(target, intent, attempt): the same after every restart and for every sending of one attempt. */
  readonly clientId: string;
  readonly symbol: string;
}

export type Ask =
  | PlaceAsk
  | AmendAsk
  | CancelAsk
  | ConfigureAsk
  | LookupAsk
  | PageAsk
  | PriceAsk
  | TimeAsk;

export interface PlaceAsk extends OrderName {
  readonly kind: "place";
  /** Of which position; `net` in one-way mode. */
  readonly slot: PositionSlot;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly qtyLots: number;
  /** NaN without one. */
  readonly priceTicks: number;
  readonly triggerTicks: number;
  readonly reduceOnly: boolean;
  readonly triggerBy: TriggerBy;
  readonly timeInForce: TimeInForce;
  readonly isPostOnly: boolean;
  readonly expiresAt: number;
  /** Trailing stop: its distance in percent or in ticks, and where it begins to follow; NaN where nothing is said. */
  readonly callbackPct: number;
  readonly callbackTicks: number;
  readonly activationTicks: number;
  /** The venue refuses it after this time of its own clock, epoch ms. */
  readonly fenceAt: number;
}
export interface AmendAsk extends OrderName {
  readonly kind: "amend";
  /** NaN: as it is. */
  readonly qtyLots: number;
  readonly priceTicks: number;
  readonly triggerTicks: number;
  readonly fenceAt: number;
}
export interface CancelAsk extends OrderName {
  readonly kind: "cancel";
  /** Counts where the client id is empty: an order that nobody here sent. */
  readonly venueOrderId: string;
  readonly fenceAt: number;
}
export interface ConfigureAsk {
  readonly kind: "configure";
  readonly symbol: string;
  /** 0: as it is. */
  readonly leverage: number;
  /** Quote units into the isolated margin of the position of that slot; 0: none. */
  readonly slot: PositionSlot;
  readonly marginAdded: number;
  /** Null: as they are. */
  readonly marginMode: "isolated" | "cross" | null;
  readonly positionMode: "oneWay" | "hedge" | null;
  readonly fenceAt: number;
}
/** Looks for one order in one of the places where a venue keeps them. */
export interface LookupAsk extends OrderName {
  readonly kind: "lookup";
  readonly where: "open" | "closed" | "executions";
}
/** One page of a list; `cursor` is empty for the first. */
export interface PageAsk {
  readonly kind: "page";
  readonly of: "positions" | "orders" | "executions" | "wallet" | "settings";
  readonly cursor: string;
  /** Executions: those at or after this time, epoch ms. */
  readonly since: number;
}
export interface PriceAsk {
  readonly kind: "price";
  readonly symbol: string;
}
/** Asks for the time of the venue, to measure how far the own clock is off. */
export interface TimeAsk {
  readonly kind: "time";
}

/** Why the venue takes nothing now. `notSent`: the request never left, there was no connection to be had. */
export type RefusalCause = "rateLimit" | "ban" | "maintenance" | "credentials" | "notSent";

export type Answer =
  /** The venue took it over (which is not filled), or did what was asked. */
  | { readonly kind: "accepted"; readonly venueOrderId: string }
  /** The venue names this request and says no: a `REJECT` code and the venue's words. */
  | { readonly kind: "rejected"; readonly code: number; readonly text: string }
  /**
   * Proven that this request was not accepted; the venue is to be asked again after `waitMs`. It is no proof for the
   * attempt: the network may still hold a copy of it until the fence has passed, unless it was never sent.
   */
  | {
      readonly kind: "refusedForNow";
      readonly cause: RefusalCause;
      readonly waitMs: number;
      readonly text: string;
    }
  /** It may have happened or not. */
  | { readonly kind: "unknown"; readonly why: string }
  | { readonly kind: "foundOrder"; readonly order: FoundOrder }
  | { readonly kind: "foundExecutions"; readonly executions: readonly VenueExecution[] }
  /** The venue answered that it has no such order there. */
  | { readonly kind: "notFound" }
  | { readonly kind: "page"; readonly page: Page; readonly next: string; readonly asOf: number }
  /** `asOf`: the venue's time of the price, not that of the answer. */
  | { readonly kind: "price"; readonly price: number; readonly asOf: number }
  | { readonly kind: "time"; readonly asOf: number };

/** An order as a look-up finds it: resting, or how it ended. */
export interface FoundOrder extends VenueOrder {
  readonly status: "open" | "filled" | "cancelled" | "rejected" | "expired";
}

/** One page of a list; `next` of its answer is empty after the last. */
export type Page =
  | { readonly of: "positions"; readonly rows: readonly VenuePosition[] }
  | { readonly of: "orders"; readonly rows: readonly VenueOrder[] }
  | { readonly of: "executions"; readonly rows: readonly VenueExecution[] }
  | { readonly of: "wallet"; readonly wallet: number }
  | { readonly of: "settings"; readonly rows: readonly VenueSymbolSettings[] };

/**
 * Who hears an account. The port redials by itself until it is closed; a message that it can not read counts as a loss,
 * because nobody knows what it said.
 */
export interface VenuePortListener {
  /** The engine's number of the order with a client id; −1 when nobody here sent it. */
  requestOf(clientId: string): number;
  /**
   * News of orders, positions and prices, with the venue's time in `asOf`; the object is used again after the call.
   * Executions and funding bear the venue's number in `executionId` and may come twice. An execution without an order
   * of ours is `liquidated` or `externalFill`, with `requestId` −1 and the place of its cause in `EXECUTION_CAUSES` as
   * reason. Other news of orders that nobody here sent are left out.
   *
   * @param clientId the one that news of an order names, "" for other news: news of an attempt that was followed by
   *   another say nothing of its order, except executions
   */
  onEvent(event: EngineEvent, clientId: string): void;
  /** The account's own stream is gone: what happens from here on is not told. */
  onLost(why: string): void;
  /** Connected and every subscription of the account confirmed, for the first time or again. What happened in between is not told. */
  onRestored(): void;
}
