import type { AgedDesk, AgedSent } from "#engine/aged/aged-closer.ts";
import type { AgedClose } from "#engine/aged/aged-record.ts";
import { TrailingWatch } from "#engine/aged/trailing-watch.ts";
import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { BUY, ORDER_TYPE, type OrderType, PURPOSE, SELL } from "#engine/model/order-terms.ts";
import { closableLots } from "#engine/orders/closes.ts";
import type { Desk } from "#engine/orders/desk.ts";
import { ENGINE_STRATEGY } from "#engine/orders/engine-strategy.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import { againstAccount } from "#engine/orders/protective-orders.ts";
import type { Protection } from "#engine/rules/protection.ts";
import type { EngineSeries } from "#engine/strategy/series-view.ts";

export interface AgedOrderParts {
  readonly instruments: readonly Instrument[];
  /** The finest candles of each symbol. */
  readonly clocks: readonly EngineSeries[];
  readonly ledger: Ledger;
  readonly desk: Desk;
  readonly protections: readonly Protection[];
}

/** The aged rules' orders among all others of the engine: they bear the purpose `aged` and the rule as their tag. */
export class AgedOrders implements AgedDesk {
  readonly #parts: AgedOrderParts;
  readonly #trailing = new TrailingWatch();

  constructor(parts: AgedOrderParts) {
    this.#parts = parts;
  }

  closableLots(symbol: number): number {
    return closableLots(this.#heldLots(symbol), this.#working(symbol), null);
  }

  isTrailing(symbol: number): boolean {
    const { protections, clocks, instruments } = this.#parts;
    if ((protections[symbol] as Protection).isTrailing) return true;
    const { tick } = instruments[symbol] as Instrument;
    return this.#trailing.isTrailing(this.#working(symbol), clocks[symbol] as EngineSeries, tick);
  }

  isClosing(symbol: number): boolean {
    for (const order of this.#working(symbol)) if (order.purpose === PURPOSE.aged) return true;
    return false;
  }

  closeAtMarket(symbol: number, lots: number, close: AgedClose): AgedSent {
    const order = this.#closing(symbol, ORDER_TYPE.market, lots, close);
    this.#parts.desk.protective.sendClose(order);
    return sentOf(order);
  }

  restAt(symbol: number, price: number, close: AgedClose): AgedSent {
    const lots = this.closableLots(symbol);
    const order = this.#closing(symbol, ORDER_TYPE.limit, lots, close);
    order.priceTicks = this.#ticksAt(symbol, price, order);
    this.#parts.desk.orderManager.send(order);
    return sentOf(order);
  }

  moveTo(symbol: number, requestId: number, price: number, close: AgedClose): void {
    const { orderManager, store } = this.#parts.desk;
    const order = store.find(requestId);
    if (order === undefined || isTerminal(order.status)) return;
    order.tag = close;
    const lots = Math.abs(this.#heldLots(symbol)) + order.filledLots;
    const priceTicks = this.#ticksAt(symbol, price, order);
    if (lots === order.wantedLots && priceTicks === order.wantedPriceTicks) return;
    orderManager.amend(order, lots, priceTicks, Number.NaN);
  }

  cancel(requestId: number): void {
    const { orderManager, store } = this.#parts.desk;
    const order = store.find(requestId);
    if (order !== undefined) orderManager.cancel(order);
  }

  cancelInFlight(symbol: number): void {
    const { orderManager } = this.#parts.desk;
    for (const order of this.#working(symbol)) {
      if (order.purpose === PURPOSE.aged && order.status === STATUS.sent)
        orderManager.cancel(order);
    }
  }

  /** The position of a symbol is gone. */
  forget(symbol: number): void {
    this.#trailing.forget(symbol);
  }

  #closing(symbol: number, type: OrderType, lots: number, close: AgedClose): Order {
    const side = this.#heldLots(symbol) > 0 ? SELL : BUY;
    const { orderManager } = this.#parts.desk;
    const order = orderManager.intend(ENGINE_STRATEGY, symbol, type, side, lots, PURPOSE.aged);
    order.reduceOnly = true;
    order.tag = close;
    return order;
  }

  /** A computed price, rounded against the account; a target of nothing rests at the lowest price there is. */
  #ticksAt(symbol: number, price: number, { side }: Order): number {
    const { tick } = this.#parts.instruments[symbol] as Instrument;
    return Math.max(1, againstAccount(tick, price, side));
  }

  #heldLots(symbol: number): number {
    return (this.#parts.ledger.positions[symbol] as Position).qtyLots;
  }

  #working(symbol: number): readonly Order[] {
    return this.#parts.desk.store.working(symbol);
  }
}

function sentOf({ requestId, status }: Order): AgedSent {
  return { requestId, isRefused: isTerminal(status) };
}
