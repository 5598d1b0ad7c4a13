import type { OrderTypeName, PurposeName, RejectName } from "#engine/model/order-terms.ts";

/**
 * What is seen of a run while it is done again: commands on their way to the venue and what comes back, in order.
 * Prices in quote units, quantities in base units, times epoch ms.
 */

/** An order as it was sent; what an amendment changes is in its moments. */
export interface SeenOrder {
  readonly requestId: number;
  /** Position of the engine that it acts on: a symbol, in hedge mode one side of it. */
  readonly slot: number;
  readonly symbol: string;
  /** 0: the engine's own (exit rules, protection). */
  readonly strategy: number;
  readonly decidedAt: number;
  /** The how-manieth of its purpose at that time. */
  readonly sequence: number;
  readonly side: "buy" | "sell";
  readonly type: OrderTypeName;
  readonly purpose: PurposeName;
  readonly tag: string | null;
  readonly reduceOnly: boolean;
  /** What it says beyond size and prices: time in force, trigger price, trailing distance … */
  readonly conditions: readonly string[];
  /** As the venue holds it now. */
  terms: OrderTerms;
  triggeredAt: number | null;
  executions: number;
  readonly moments: Moment[];
}

export interface OrderTerms {
  readonly qty: number;
  readonly price: number | null;
  readonly trigger: number | null;
}

/** The bar in which something happened, of the candles that the exchange matches on. */
export interface SeenBar {
  readonly time: number;
  readonly intervalMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Null where it is not known. */
  readonly volume: number | null;
  /** The mark in this bar as the exchange saw it; null without mark candles. */
  readonly mark: { readonly open: number; readonly high: number; readonly low: number } | null;
}

interface MomentBase {
  /** Place in the run. */
  readonly index: number;
  readonly time: number;
  readonly slot: number;
  readonly symbol: string;
}

export interface OrderMoment extends MomentBase {
  readonly kind:
    | "orderSent"
    | "amendSent"
    | "cancelSent"
    | "orderAccepted"
    | "orderRejected"
    | "orderTriggered"
    | "orderAmended"
    | "orderCancelled"
    | "orderExpired"
    | "commandRejected"
    | "unknownOutcome";
  readonly order: SeenOrder;
  /** What was asked for, or holds from here on. */
  readonly terms: OrderTerms;
  readonly reason: RejectName;
  /** Where the venue acts on a price: the bar. */
  readonly bar: SeenBar | null;
}

/** A position at a moment; flat: qty 0 and no trade. */
export interface SeenPosition {
  /** Base units, signed. */
  readonly qty: number;
  readonly tradeId: number | null;
  /** NaN where there is none. */
  readonly liquidation: number;
}

/** Where in its bar an execution happened. */
export type Phase = "open" | "inside" | "close";

export interface ExecutionMoment extends MomentBase {
  readonly kind: "orderFilled" | "orderPartiallyFilled" | "liquidated";
  /** Null for a liquidation. */
  readonly order: SeenOrder | null;
  readonly side: "buy" | "sell";
  readonly qty: number;
  readonly price: number;
  /** Price without slippage. */
  readonly reference: number;
  readonly liquidity: "maker" | "taker";
  readonly fee: number;
  /** Share of the bar's volume; NaN where unknown. */
  readonly participation: number;
  readonly phase: Phase;
  readonly bar: SeenBar;
  /** Whether the order went off at this very time. */
  readonly isTriggeredNow: boolean;
  /** Executions of this order before. */
  readonly earlier: number;
  /** The terms of the order when it filled. */
  readonly terms: OrderTerms | null;
  readonly before: SeenPosition;
  after: SeenPosition;
}

export interface FundingMoment extends MomentBase {
  readonly kind: "fundingPaid";
  /** Positive: received. */
  readonly amount: number;
  readonly rate: number;
  /** The mark, or the index where the venue settles on that. */
  readonly price: number;
  /** Base units, signed. */
  readonly qty: number;
  readonly tradeId: number | null;
  /** The liquidation price after it, where the payment moved it. */
  liquidation: number | null;
}

export type Moment = OrderMoment | ExecutionMoment | FundingMoment;

export function isExecution(moment: Moment): moment is ExecutionMoment {
  return (
    moment.kind === "orderFilled" ||
    moment.kind === "orderPartiallyFilled" ||
    moment.kind === "liquidated"
  );
}
