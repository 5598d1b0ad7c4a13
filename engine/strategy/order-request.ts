import {
  BUY,
  ORDER_TYPE,
  type OrderSide,
  type OrderType,
  PURPOSE,
  type Purpose,
  SELL,
} from "#engine/model/order-terms.ts";
import type { OrderTerms } from "#engine/strategy/order-desk.ts";
import { RequestConditions } from "#engine/strategy/request-conditions.ts";

/**
 * What a context asks the desk for, in prices and base units. A context has one and fills it anew each time, so
 * that a decision makes no objects; the desk keeps nothing of it.
 */
export class OrderRequest {
  side: OrderSide = BUY;
  type: OrderType = ORDER_TYPE.market;
  purpose: Purpose = PURPOSE.entry;
  qty = 0;
  /** Limit price; NaN without one. */
  price = Number.NaN;
  /** Trigger of a stop or take-profit order; NaN without one. */
  trigger = Number.NaN;
  reduceOnly = false;
  readonly conditions = new RequestConditions();
  tag: string | null = null;
  /** Of an entry: the prices that protect what it opens; undefined leaves them to others, null wants none. */
  stopLoss: number | null | undefined = undefined;
  takeProfit: number | null | undefined = undefined;

  /** A market order without anything else; the caller sets what differs. */
  reset(side: OrderSide, qty: number, purpose: Purpose): void {
    this.side = side;
    this.type = ORDER_TYPE.market;
    this.purpose = purpose;
    this.qty = qty;
    this.price = Number.NaN;
    this.trigger = Number.NaN;
    this.reduceOnly = false;
    this.conditions.clear();
    this.tag = null;
    this.stopLoss = undefined;
    this.takeProfit = undefined;
  }

  /**
   * Takes over what a strategy says in words.
   * @throws RangeError for a side or type that there is not: strategy files are not type-checked before they run.
   */
  take(terms: OrderTerms): void {
    const { side, type = "market" } = terms;
    if (side !== "buy" && side !== "sell") {
      throw new RangeError(`An order's side is "buy" or "sell", not ${JSON.stringify(side)}`);
    }
    if (!Object.hasOwn(ORDER_TYPE, type)) {
      const known = Object.keys(ORDER_TYPE).join(", ");
      throw new RangeError(`There is no order type ${JSON.stringify(type)}: use ${known}`);
    }
    this.reset(side === "buy" ? BUY : SELL, terms.qty, PURPOSE.entry);
    this.type = ORDER_TYPE[type];
    if (terms.price !== undefined) this.price = terms.price;
    if (terms.trigger !== undefined) this.trigger = terms.trigger;
    this.conditions.take(terms, this.type);
    if (terms.tag !== undefined) this.tag = terms.tag;
    if (terms.reduceOnly === true) this.reduce();
  }

  /** It only reduces the position. */
  reduce(): void {
    this.reduceOnly = true;
    this.purpose = exitPurpose(this.type);
  }
}

/** A reduce-only stop is a stop loss, a take-profit or a reduce-only limit a take profit. */
function exitPurpose(type: OrderType): Purpose {
  switch (type) {
    case ORDER_TYPE.stopMarket:
    case ORDER_TYPE.stopLimit:
      return PURPOSE.stopLoss;
    case ORDER_TYPE.trailingStop:
      return PURPOSE.trailing;
    case ORDER_TYPE.limit:
    case ORDER_TYPE.takeProfitMarket:
    case ORDER_TYPE.takeProfitLimit:
      return PURPOSE.takeProfit;
    case ORDER_TYPE.market:
      return PURPOSE.signal;
  }
}
