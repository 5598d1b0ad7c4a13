import type { OrderTypeName, TimeInForceName, TriggerByName } from "#engine/model/order-terms.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import type { OrderRequest } from "#engine/strategy/order-request.ts";

/** What a strategy may say of an order, in prices and base units. */
export interface OrderTerms {
  readonly side: "buy" | "sell";
  /** Default market. */
  readonly type?: OrderTypeName | undefined;
  /** Base units; rounded to the lot toward zero. */
  readonly qty: number;
  /** Limit price; rounded to the tick against the account. */
  readonly price?: number | undefined;
  /** Trigger price of a stop or take-profit order; rounded like `price`. */
  readonly trigger?: number | undefined;
  /** The price that triggers; default last. */
  readonly triggerBy?: TriggerByName | undefined;
  /** Trailing stop: its distance to the best price, percent of that price. */
  readonly callbackPct?: number | undefined;
  /** Trailing stop: the same as a distance in price. */
  readonly callback?: number | undefined;
  /** Trailing stop: it follows once the price has been here; without one at once. */
  readonly activation?: number | undefined;
  /** Default gtc: till cancelled. */
  readonly tif?: TimeInForceName | undefined;
  /** Under gtd: the order acts before this time only, epoch ms. */
  readonly expiresAt?: number | undefined;
  /** Rejected instead of taking liquidity; limit orders. */
  readonly postOnly?: boolean | undefined;
  readonly reduceOnly?: boolean | undefined;
  /** Hedge mode: the position it acts on; in one-way mode nothing. */
  readonly positionSide?: "long" | "short" | undefined;
  /** One cancels the other: a word that orders of the strategy share. What one fills, the others lose. */
  readonly oco?: string | undefined;
  /** A word of the strategy's own; the exit's becomes `exitDetail`. */
  readonly tag?: string | undefined;
}

export interface OrderChange {
  /** New total in base units. */
  readonly qty?: number | undefined;
  readonly price?: number | undefined;
  readonly trigger?: number | undefined;
}

/** Prices at which a position is protected; null takes the protection away, undefined leaves it. */
export interface ProtectionPrices {
  readonly stopLoss?: number | null | undefined;
  readonly takeProfit?: number | null | undefined;
}

/** An entry and the prices that protect what it opens, in force from its fill on. */
export interface EntryTerms extends ProtectionPrices {
  /** Base units. */
  readonly qty: number;
  /** Limit or stop entry: without one the order is market. */
  readonly limit?: number | undefined;
  readonly stop?: number | undefined;
  readonly tag?: string | undefined;
  /** Adds to a position of the same side; without it such an entry does nothing. */
  readonly add?: boolean | undefined;
}

/** An order as a strategy sees it. */
export interface OrderView {
  readonly ref: number;
  readonly side: "buy" | "sell";
  readonly type: OrderTypeName;
  readonly qty: number;
  readonly filled: number;
  readonly price: number | null;
  readonly trigger: number | null;
  readonly reduceOnly: boolean;
  readonly tag: string | null;
}

/** What the engine offers to the contexts of its strategies. Every call becomes an intent; none acts at once. */
export interface OrderDesk {
  readonly now: number;
  equity(): number;
  wallet(): number;
  lastPrice(symbol: number): number;
  fundingRate(symbol: number): number;
  positionQty(symbol: number): number;
  positionEntry(symbol: number): number;
  positionUnrealised(symbol: number): number;
  leverage(symbol: number): number;
  /** Returns the order's reference, or 0 when nothing was asked (zero size after rounding). */
  place(strategy: number, symbol: number, request: OrderRequest): number;
  amend(strategy: number, symbol: number, ref: number, change: OrderChange): boolean;
  cancel(strategy: number, symbol: number, ref: number): boolean;
  /** Asks for another leverage (0: as it is) and for money into the isolated margin (0: none). */
  configure(symbol: number, leverage: number, margin: number): void;
  orders(symbol: number): readonly OrderView[];
  /** An entry of this side that is on its way or rests: a new one would double it. */
  hasWorkingEntry(symbol: number, side: 1 | -1): boolean;
  /** Cancels market entries of a side of which a part is still to be filled. */
  cancelMarketEntries(symbol: number, side: 1 | -1): void;
  /**
   * Whether a position is turned around by a close and an entry of their own: while anything else could close it first,
   * and on an account with limits.
   */
  turnsInTwo(symbol: number): boolean;
  /** Base units of the position that market exits on their way will close, unsigned. */
  exitingQty(symbol: number): number;
  protect(symbol: number, prices: ProtectionPrices): void;
  setRules(symbol: number, rules: ExitRules): void;
}
