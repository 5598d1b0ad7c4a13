import type { EngineAged } from "#engine/aged/engine-aged.ts";
import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import type { OpenTrade } from "#engine/ledger/trade-log.ts";
import { type EngineEvent, EVENT, type EventKind } from "#engine/model/event.ts";
import { ORDER_TYPE, PURPOSE, type Purpose, REJECT } from "#engine/model/order-terms.ts";
import { isClose, isExitClose, needsPosition } from "#engine/orders/closes.ts";
import { ENGINE_STRATEGY } from "#engine/orders/engine-strategy.ts";
import type { OrderManager } from "#engine/orders/order-manager.ts";
import type { OrderNews } from "#engine/orders/order-news.ts";
import { isTerminal } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import { RESOLVE_TERMS } from "#engine/orders/unresolved-orders.ts";
import { OwedProtection } from "#engine/rules/owed-protection.ts";
import type { Protection } from "#engine/rules/protection.ts";

export interface OrderOutcomeParts {
  readonly ledger: Ledger;
  readonly orderManager: OrderManager;
  readonly orderNews: OrderNews;
  readonly protections: readonly Protection[];
  readonly aged: EngineAged | null;
}

/** News of an end that leaves a rest. */
const ENDS: readonly EventKind[] = [EVENT.orderRejected, EVENT.orderCancelled, EVENT.orderExpired];

/** What follows for a position from the news of its orders: a stop that was refused, a close that never arrived. */
export class OrderOutcomes {
  readonly owed: OwedProtection;
  readonly #ledger: Ledger;
  readonly #orderManager: OrderManager;
  readonly #orderNews: OrderNews;
  readonly #protections: readonly Protection[];
  readonly #aged: EngineAged | null;

  constructor(parts: OrderOutcomeParts) {
    this.#ledger = parts.ledger;
    this.#orderManager = parts.orderManager;
    this.#orderNews = parts.orderNews;
    this.#protections = parts.protections;
    this.#aged = parts.aged;
    this.owed = new OwedProtection(parts.protections.length);
  }

  /** Protects anew what could not be protected when it was due; what is being flattened needs no stop. */
  onTime(now: number, isFlattening: boolean): void {
    this.owed.onTime(now, (symbol) => {
      if (!isFlattening) (this.#protections[symbol] as Protection).restore(now);
    });
  }

  onNews(event: EngineEvent): void {
    const order = this.#orderManager.store.find(event.requestId);
    // News of an order that ended long ago (a duplicate, a late cancel) changes nothing.
    if (order === undefined) return;
    const hadEnded = isTerminal(order.status);
    this.#takeNews(event, order, hadEnded);
    const isAged = this.#aged !== null && order.purpose === PURPOSE.aged;
    if (isAged && !hadEnded && isTerminal(order.status)) this.#aged?.onOrderEnded(order, event);
  }

  #takeNews(event: EngineEvent, order: Order, hadEnded: boolean): void {
    if (event.kind === EVENT.commandAccepted) {
      this.#orderNews.onCommandAccepted(order, event.amount);
      return;
    }
    if (event.kind === EVENT.orderFoundOpen) {
      this.#orderNews.onFoundOpen(event, order);
      this.#dropStale(order);
      return;
    }
    if (event.kind === EVENT.orderNotFound) {
      this.#orderManager.store.touch(order);
      if (this.#orderNews.unresolved.isProvenAbsent(order, event.amount)) this.#onAbsent(order);
      return;
    }
    this.#orderNews.onNews(event, order);
    if (event.kind === EVENT.orderAccepted) {
      this.#dropStale(order);
      return;
    }
    const isEnd = ENDS.includes(event.kind) && order.filledLots < order.qtyLots;
    if (isEnd) this.#onEnded(event, order, hadEnded);
  }

  /** An order has ended, now or as was told before, that has not filled whole. */
  #onEnded(event: EngineEvent, order: Order, hadEnded: boolean): void {
    const { kind, reason } = event;
    const isNotSent = reason === REJECT.venueBusy;
    if (isExitClose(order)) {
      // Whatever the venue had against it: what it was to close is still there, and is to be closed or protected.
      if (!hadEnded) this.#owe(order, isNotSent);
      return;
    }
    if (kind === EVENT.orderExpired || reason === 0) return;
    // The venue ends a stop with its position, and may tell of that before it tells of the close.
    if (kind === EVENT.orderCancelled && this.#isOnItsWayOut(order)) return;
    const protection = this.#protections[order.symbol] as Protection;
    if (!isNotSent) {
      this.#onRefused(order);
    } else if (protection.owns(order.requestId)) {
      protection.onGone(order.requestId);
      this.#owe(order, true);
    }
  }

  /** A stop or target that the venue does not have: its position goes at market, or is protected anew. */
  #onRefused(order: Order): void {
    const protection = this.#protections[order.symbol] as Protection;
    if (protection.onRejected(order.requestId, order.purpose as Purpose)) this.#owe(order, false);
  }

  #owe({ symbol }: Order, isNotSent: boolean): void {
    this.owed.owe(symbol, this.#orderManager.now, isNotSent ? "notSent" : "refused");
  }

  /** Whether the venue has closes for all of the position that the order protected. */
  #isOnItsWayOut({ symbol, side }: Order): boolean {
    const held = (this.#ledger.positions[symbol] as Position).qtyLots;
    let closing = 0;
    for (const order of this.#orderManager.store.working(symbol)) {
      if (order.isAccepted && order.side === side && isClose(order)) closing += order.remainingLots;
    }
    return side * held < 0 && closing >= Math.abs(held);
  }

  /**
   * No request for the order ever took effect, or it was dropped. What closes is asked for once more while there is
   * something to close; an entry is late by now and is the strategy's to decide anew.
   */
  #onAbsent(order: Order): void {
    const { symbol } = order;
    const held = (this.#ledger.positions[symbol] as Position).qtyLots;
    const protection = this.#protections[symbol] as Protection;
    const isOwn = order.strategy === ENGINE_STRATEGY && order.type !== ORDER_TYPE.market;
    const isOrphan = isOwn && !this.#isOwned(order, protection);
    // What was to close an earlier position is not to close the one of now.
    const { openedAt } = this.#ledger.trades.open[symbol] as OpenTrade;
    const isOld = isClose(order) && order.decidedAt <= openedAt;
    const isWanted = order.reduceOnly && order.side * held < 0 && !isOrphan && !isOld;
    if (isWanted && !order.isAccepted) this.#orderNews.resend(order);
    else this.#orderNews.onAbsent(order);
    if (!isTerminal(order.status)) return;
    if (isExitClose(order)) this.#owe(order, false);
    else this.#onRefused(order);
  }

  onRestarted(time: number): void {
    for (let symbol = 0; symbol < this.#protections.length; symbol++) {
      for (const order of this.#orderManager.store.working(symbol)) {
        this.#orderNews.onRestarted(order, time + RESOLVE_TERMS.fenceMs);
      }
    }
  }

  /** A resting order whose position is gone: it was on its way when that ended, or its cancel was faster than itself. */
  #dropStale(order: Order): void {
    const { symbol, side, strategy, type } = order;
    if (type === ORDER_TYPE.market || !needsPosition(order)) return;
    const isWanted =
      strategy === ENGINE_STRATEGY
        ? this.#isOwned(order, this.#protections[symbol] as Protection)
        : side * (this.#ledger.positions[symbol] as Position).qtyLots < 0;
    if (!isWanted) this.#orderManager.cancel(order);
  }

  /** Whether a resting order of the engine's own belongs to the position of now. */
  #isOwned(order: Order, protection: Protection): boolean {
    return protection.owns(order.requestId) || this.#aged?.owns(order) === true;
  }
}
