import { BUY, LIQUIDITY, type OrderSide } from "#engine/model/order-terms.ts";

/** Everything that reaches the engine. The number is the second key of the total order (time, kind, symbol, sequence). */
export const EVENT = {
  /** A candle closed: `series`, `index`. */
  barClosed: 0,
  /** A mark price: `price`. */
  markPrice: 1,
  /** A funding rate became known: `price` holds the rate. */
  fundingRate: 2,
  /** Funding was exchanged: `amount` > 0 received. */
  fundingPaid: 3,
  /** The venue closed the position or a part of it: a fill without an order of ours. */
  liquidated: 4,
  orderAccepted: 5,
  orderRejected: 6,
  orderTriggered: 7,
  orderAmended: 8,
  orderPartiallyFilled: 9,
  orderFilled: 10,
  orderCancelled: 11,
  orderExpired: 12,
  commandRejected: 13,
  unknownOutcome: 14,
  positionChanged: 15,
  balanceChanged: 16,
  connectionLost: 17,
  connectionRestored: 18,
  snapshot: 19,
  /** All market data of this time has arrived: exits, reconcile and entries may decide. */
  decide: 20,
} as const;
export type EventKind = (typeof EVENT)[keyof typeof EVENT];

/**
 * One inbound event. One flat class for all kinds keeps the loop's call sites monomorphic; the sender reuses the
 * object, so the engine copies what it keeps and never writes to it.
 */
export class EngineEvent {
  kind: EventKind = EVENT.decide;
  time = 0;
  symbol = 0;
  series = 0;
  index = 0;
  requestId = 0;
  /** The venue's number of this execution, the same when it is told again; 0 where the venue gives none. */
  executionId = 0;
  side: OrderSide = BUY;
  /** Of this execution; in positionChanged: signed size. */
  qtyLots = 0;
  /** Execution price in ticks; in orderAmended the new limit price. */
  priceTicks = Number.NaN;
  triggerTicks = Number.NaN;
  /** Price without the slippage of this execution, ticks. */
  referenceTicks = Number.NaN;
  /**
   * Executions: lowest and highest price since the bar began or the position was opened, ticks, as far as the sender
   * has seen it; NaN where it has not. Bars that closed are seen by the engine itself.
   */
  lowTicks = Number.NaN;
  highTicks = Number.NaN;
  liquidity: number = LIQUIDITY.taker;
  /** Quote units, positive = paid. */
  fee = 0;
  /** Quote units; fundingPaid: positive = received. positionChanged: the leverage, 0 where it is not told. */
  amount = 0;
  /** markPrice: the mark; positionChanged: the liquidation price (NaN without one). */
  price = Number.NaN;
  /** Quantity / bar volume of an execution; NaN where unknown. */
  participation = Number.NaN;
  /** Reject code of `order-terms.ts`. */
  reason = 0;
}
