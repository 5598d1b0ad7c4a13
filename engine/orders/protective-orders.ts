import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import { ceilUnits, floorUnits, type Grid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import {
  BUY,
  ORDER_TYPE,
  type OrderSide,
  type OrderType,
  type Purpose,
  SELL,
} from "#engine/model/order-terms.ts";
import { closableLots, isExitClose } from "#engine/orders/closes.ts";
import { ENGINE_STRATEGY } from "#engine/orders/engine-strategy.ts";
import type { OrderManager } from "#engine/orders/order-manager.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import type { ProtectionDesk } from "#engine/rules/protection.ts";

/** The orders that close positions for the engine: stops, targets, market closes in as many parts as a venue wants. */
export class ProtectiveOrders implements ProtectionDesk {
  readonly #instruments: readonly Instrument[];
  readonly #ledger: Ledger;
  readonly #orderManager: OrderManager;

  constructor(instruments: readonly Instrument[], ledger: Ledger, orderManager: OrderManager) {
    this.#instruments = instruments;
    this.#ledger = ledger;
    this.#orderManager = orderManager;
  }

  placeStop(symbol: number, price: number, purpose: Purpose): number {
    return this.#placeProtective(symbol, ORDER_TYPE.stopMarket, price, purpose);
  }

  placeTarget(symbol: number, price: number, purpose: Purpose): number {
    return this.#placeProtective(symbol, ORDER_TYPE.limit, price, purpose);
  }

  moveStop(symbol: number, requestId: number, price: number, purpose: Purpose): boolean {
    return this.#moveProtective(symbol, requestId, Number.NaN, price, purpose);
  }

  moveTarget(symbol: number, requestId: number, price: number, purpose: Purpose): boolean {
    return this.#moveProtective(symbol, requestId, price, Number.NaN, purpose);
  }

  cancelOrder(_symbol: number, requestId: number): void {
    const order = this.#orderManager.store.find(requestId);
    if (order !== undefined) this.#orderManager.cancel(order);
  }

  cancelInFlight(requestId: number): void {
    const order = this.#orderManager.store.find(requestId);
    if (order?.status === STATUS.sent) this.#orderManager.cancel(order);
  }

  isClosing(symbol: number): boolean {
    const { qtyLots } = this.#ledger.positions[symbol] as Position;
    const working = this.#orderManager.store.working(symbol);
    return qtyLots !== 0 && closableLots(qtyLots, working, null, isExitClose) === 0;
  }

  closeAtMarket(symbol: number, purpose: Purpose): void {
    if ((this.#ledger.positions[symbol] as Position).qtyLots === 0) return;
    this.sendClose(this.#closing(symbol, ORDER_TYPE.market, purpose));
  }

  /** What one order may close at market: the venue takes no larger ones. */
  largestPart(symbol: number, lots: number): number {
    const { maxQty, lot } = this.#instruments[symbol] as Instrument;
    return maxQty === Number.POSITIVE_INFINITY ? lots : Math.min(lots, floorUnits(lot, maxQty));
  }

  /**
   * Sends a market order that closes, in as many parts as it takes: the first is the order itself. Ends with a part of
   * which other closes left nothing or less than asked; true when all of it was sent.
   */
  sendClose(whole: Order): boolean {
    const { strategy, symbol, type, side, purpose, tag, qtyLots } = whole;
    let order = whole;
    for (let left = qtyLots; ; ) {
      const part = this.largestPart(symbol, left);
      order.qtyLots = part;
      this.#orderManager.send(order);
      if (order.qtyLots < part || isTerminal(order.status)) return false;
      left -= part;
      if (left <= 0) return true;
      order = this.#orderManager.intend(strategy, symbol, type, side, left, purpose);
      order.reduceOnly = true;
      order.tag = tag;
    }
  }

  /** An order of the engine's own for the whole position. */
  #closing(symbol: number, type: OrderType, purpose: Purpose): Order {
    const held = (this.#ledger.positions[symbol] as Position).qtyLots;
    const side = held > 0 ? SELL : BUY;
    const lots = Math.abs(held);
    const order = this.#orderManager.intend(ENGINE_STRATEGY, symbol, type, side, lots, purpose);
    order.reduceOnly = true;
    return order;
  }

  #placeProtective(symbol: number, type: OrderType, price: number, purpose: Purpose): number {
    const { tick } = this.#instruments[symbol] as Instrument;
    const order = this.#closing(symbol, type, purpose);
    const ticks = protectiveTicks(tick, price, order.side);
    if (type === ORDER_TYPE.stopMarket) order.triggerTicks = ticks;
    else order.priceTicks = ticks;
    this.#orderManager.send(order);
    return order.requestId;
  }

  #moveProtective(
    symbol: number,
    requestId: number,
    price: number,
    trigger: number,
    purpose: Purpose,
  ): boolean {
    const order = this.#orderManager.store.find(requestId);
    if (order === undefined || isTerminal(order.status)) return false;
    const { tick } = this.#instruments[symbol] as Instrument;
    const held = Math.abs((this.#ledger.positions[symbol] as Position).qtyLots);
    const priceTicks = protectiveTicks(tick, price, order.side);
    const triggerTicks = protectiveTicks(tick, trigger, order.side);
    order.purpose = purpose;
    this.#orderManager.store.touch(order);
    const lots = held + order.filledLots;
    const isSame =
      lots === order.wantedLots &&
      (priceTicks === order.wantedPriceTicks || triggerTicks === order.wantedTriggerTicks);
    if (!isSame) this.#orderManager.amend(order, lots, priceTicks, triggerTicks);
    return true;
  }
}

/**
 * The level of a protective order on the tick, rounded against the account; NaN stays NaN. One of no price or less still
 * is an order: it rests at the lowest price there is.
 */
export function protectiveTicks(tick: Grid, price: number, side: OrderSide): number {
  const ticks = againstAccount(tick, price, side);
  return ticks < 1 ? 1 : ticks;
}

/** A computed price on the tick, rounded against the account: buys up, sells down. NaN stays NaN. */
export function againstAccount(tick: Grid, price: number, side: OrderSide): number {
  if (price !== price) return Number.NaN;
  return side > 0 ? ceilUnits(tick, price) : floorUnits(tick, price);
}
