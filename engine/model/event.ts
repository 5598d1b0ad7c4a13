import { BUY, LIQUIDITY, type OrderSide } from "#engine/model/order-terms.ts";
import type { VenueSnapshot } from "#engine/model/venue-snapshot.ts";

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
  /** An amend or cancel, asked for at `amount` by the engine's time (0: not known), is refused. */
  commandRejected: 13,
  unknownOutcome: 14,
  positionChanged: 15,
  balanceChanged: 16,
  connectionLost: 17,
  connectionRestored: 18,
  snapshot: 19,
  /** All market data of this time has arrived: exits, reconcile and entries may decide. */
  decide: 20,
  /** A complete look-up, begun at `amount` (epoch ms), found no trace of the order: not open, not closed, no execution. */
  orderNotFound: 21,
  /** Time has come to `Engine.nextTimerAt`. */
  timer: 22,
  /** The last price of a ticker: `price`, made at `asOf` by the engine's clock. */
  lastPrice: 23,
  /** The engine goes on after a restart: what was on its way is unknown. */
  restarted: 24,
  /** A cut of the account could not be made whole: nothing follows from it. */
  snapshotFailed: 25,
  /** An execution that no order of ours made: somebody else traded on the account. */
  externalFill: 26,
  /** The venue has taken an amend or cancel over, which is not done: `amount` is its fence. */
  commandAccepted: 27,
  /** A person says so: `order`, and `text` for the reason. */
  operator: 28,
  /** A look-up found the order resting, with the terms that its list had: those may lag behind the streams. */
  orderFoundOpen: 29,
} as const;
export type EventKind = (typeof EVENT)[keyof typeof EVENT];

/** What a person can order an engine to do. */
export type OperatorOrder = "none" | "halt" | "resume" | "flatten";

/**
 * One inbound event. One flat class for all kinds keeps the loop's call sites monomorphic; the sender reuses the
 * object, so the engine copies what it keeps and never writes to it.
 */
export class EngineEvent {
  kind: EventKind = EVENT.decide;
  time = 0;
  /**
   * When the venue says that it happened, epoch ms; 0 where it does not. Of a price and of the close of a bar by the
   * engine's clock, which their age is told by; else by the venue's. decide: the close of the bars that are decided
   * on, where the event comes later than that.
   */
  asOf = 0;
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
  /**
   * Quote units; fundingPaid: positive = received. positionChanged: the leverage, 0 where it is not told. unknownOutcome:
   * the fence, the time after which the venue does not take the request any more, epoch ms.
   */
  amount = 0;
  /** markPrice: the mark; positionChanged: the liquidation price (NaN without one). */
  price = Number.NaN;
  /** Quantity / bar volume of an execution; NaN where unknown. */
  participation = Number.NaN;
  /** Reject code of `order-terms.ts`. */
  reason = 0;
  /** With `operator`: what is to be done, and why. */
  order: OperatorOrder = "none";
  text = "";
  /** With `snapshot`: the cut; it is not changed after it was handed over. */
  snapshot: VenueSnapshot | null = null;
}
