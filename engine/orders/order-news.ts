import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import { REJECT } from "#engine/model/order-terms.ts";
import type { OrderManager } from "#engine/orders/order-manager.ts";
import {
  isResting,
  isTerminal,
  mayBecome,
  STATUS,
  type Status,
} from "#engine/orders/order-status.ts";
import { CANCEL, type Order, type OrderStoreState } from "#engine/orders/order-store.ts";
import { type ResolveTerms, UnresolvedOrders } from "#engine/orders/unresolved-orders.ts";

/** Kinds of events that tell of an order, but for its executions. */
type OrderNewsKind =
  | typeof EVENT.orderAccepted
  | typeof EVENT.orderRejected
  | typeof EVENT.orderTriggered
  | typeof EVENT.orderAmended
  | typeof EVENT.orderCancelled
  | typeof EVENT.orderExpired
  | typeof EVENT.commandRejected
  | typeof EVENT.unknownOutcome;

/**
 * What the venue tells of orders, in whatever order and however often: moves each along the table of `order-status.ts`,
 * and has it looked for when nobody knows what became of it.
 */
export class OrderNews {
  readonly unresolved: UnresolvedOrders;
  readonly #manager: OrderManager;

  constructor(manager: OrderManager, terms: ResolveTerms) {
    this.#manager = manager;
    this.unresolved = new UnresolvedOrders(terms);
  }

  /** Goes on looking for the orders of a state that was kept. */
  restore(state: OrderStoreState): void {
    for (const { requestId } of state.working) {
      const order = this.#manager.store.find(requestId);
      if (order !== undefined) this.unresolved.restore(order);
    }
  }

  /** Looks for the orders whose look-up is due. */
  onTime(now: number): void {
    this.unresolved.onTime(now, (order) => this.#manager.query(order));
  }

  /**
   * An order is not where it should rest: it is looked for like one whose outcome is not known, and keeps its status
   * until there is evidence.
   */
  doubt(order: Order): void {
    this.#manager.store.touch(order);
    if (!isTerminal(order.status)) this.unresolved.begin(order, 0, this.#manager.now);
  }

  /** The venue has taken an amend or cancel over: when the news of it does not come, it is looked for. */
  onCommandAccepted(order: Order, fenceAt: number): void {
    const isAsked = order.status === STATUS.amending || order.status === STATUS.cancelling;
    if (!isAsked && !(isResting(order.status) && isChanging(order))) return;
    this.#manager.store.touch(order);
    this.unresolved.begin(order, fenceAt, this.#manager.now);
  }

  /** After a restart: whatever was on its way may have arrived or not. */
  onRestarted(order: Order, fenceAt: number): void {
    this.#manager.store.touch(order);
    if (order.cancel === CANCEL.asked) order.cancel = CANCEL.owed;
    if (mayBecome(order.status, STATUS.unknown)) this.#manager.transition(order, STATUS.unknown, 0);
    if (order.status === STATUS.unknown) {
      this.unresolved.begin(order, fenceAt, this.#manager.now);
    }
  }

  /** The venue's news of an order, but for its executions. */
  onNews(event: EngineEvent, order: Order): void {
    this.#manager.store.touch(order);
    this.#manager.activityAt[order.symbol] = this.#manager.now;
    switch (event.kind as OrderNewsKind) {
      case EVENT.orderAccepted:
        this.onSeen(order);
        return;
      case EVENT.orderRejected:
        if (!order.isAccepted || mayBecome(order.status, STATUS.rejected)) {
          this.#finish(order, STATUS.rejected, event.reason);
        }
        return;
      case EVENT.orderAmended:
        this.#onAmended(event, order);
        return;
      case EVENT.commandRejected:
        this.#onCommandRejected(event, order);
        if (this.#manager.risk.isCounting) this.#manager.risk.onRefused(order);
        return;
      case EVENT.orderCancelled:
        this.#finish(order, STATUS.cancelled, event.reason);
        return;
      case EVENT.orderExpired:
        this.#finish(order, STATUS.expired, event.reason);
        return;
      case EVENT.unknownOutcome:
        if (order.cancel === CANCEL.asked) order.cancel = CANCEL.owed;
        // A fill may have told more than the lost answer would have; a cancel or change that was lost is not forgotten.
        if (!mayBecome(order.status, STATUS.unknown)) {
          if (order.cancel === CANCEL.owed) this.doubt(order);
          else if (isResting(order.status) && isChanging(order))
            this.unresolved.begin(order, event.amount, this.#manager.now);
          return;
        }
        this.#manager.transition(order, STATUS.unknown, event.reason);
        this.unresolved.begin(order, event.amount, this.#manager.now);
        return;
      case EVENT.orderTriggered:
        // Changes nothing of the order's status: it rests until it fills.
        this.onSeen(order);
        return;
    }
  }

  /** The venue has the order: it rests, or has begun to fill. */
  onSeen(order: Order): void {
    order.isAccepted = true;
    const { status } = order;
    if (status === STATUS.cancelling && this.unresolved.isCancelLost(order, this.#manager.now)) {
      this.#manager.transition(order, order.statusBefore, 0);
      order.cancel = CANCEL.owed;
    }
    if (status === STATUS.sent || status === STATUS.unknown) {
      this.#manager.transition(order, restingOf(order), 0);
      if (this.#manager.risk.endsOnArrival(order)) this.#manager.cancel(order);
    }
    this.#afterEvidence(order);
  }

  /**
   * A look-up found the order resting. Its list may lag behind: terms that are not those asked for prove that an amend
   * was lost only once the venue can take it no more.
   */
  onFoundOpen(event: EngineEvent, order: Order): void {
    if (isTerminal(order.status)) return;
    this.#manager.store.touch(order);
    order.isAccepted = true;
    const isOpenQuestion =
      order.status === STATUS.amending || order.status === STATUS.unknown || isChanging(order);
    if (!isOpenQuestion) {
      this.onSeen(order);
      return;
    }
    const { qtyLots, priceTicks, triggerTicks } = event;
    const isAsAsked =
      qtyLots === order.wantedLots &&
      isSamePrice(priceTicks, order.wantedPriceTicks) &&
      isSamePrice(triggerTicks, order.wantedTriggerTicks);
    if (!isAsAsked && !this.unresolved.isPastFence(order, this.#manager.now)) return;
    if (order.status === STATUS.amending) this.#manager.transition(order, order.statusBefore, 0);
    this.onTerms(order, Math.max(qtyLots, order.filledLots), priceTicks, triggerTicks);
  }

  /** A fill has moved an order along. */
  onFilled(order: Order): void {
    this.#manager.store.touch(order);
    order.isAccepted = true;
    const isDone = order.filledLots >= order.qtyLots;
    this.#manager.transition(order, isDone ? STATUS.filled : STATUS.partiallyFilled, 0);
    this.#afterEvidence(order);
  }

  /** The last attempt is proven never accepted and the order still wanted. */
  resend(order: Order): void {
    this.unresolved.end(order);
    this.#manager.resend(order);
  }

  /** The end of an order that is proven to be nowhere at the venue. */
  onAbsent(order: Order): void {
    const isKnown = order.isAccepted;
    const to = isKnown ? STATUS.cancelled : STATUS.rejected;
    this.#finish(order, to, isKnown ? REJECT.gone : REJECT.neverAccepted);
  }

  /** An order that rested is proven to rest no more; what it has filled stays. */
  onGone(order: Order): void {
    this.#manager.store.touch(order);
    this.#finish(order, STATUS.cancelled, REJECT.gone);
  }

  /** An order rests with these terms, as a list of the venue says. */
  onTerms(order: Order, lots: number, priceTicks: number, triggerTicks: number): void {
    if (isTerminal(order.status)) return;
    this.#manager.store.touch(order);
    order.qtyLots = lots;
    order.priceTicks = priceTicks;
    order.triggerTicks = triggerTicks;
    order.wantedLots = lots;
    order.wantedPriceTicks = priceTicks;
    order.wantedTriggerTicks = triggerTicks;
    if (order.status === STATUS.amending) this.#manager.transition(order, order.statusBefore, 0);
    if (this.#manager.risk.isCounting) this.#manager.risk.onTerms(order, true);
    this.onSeen(order);
  }

  #finish(order: Order, to: Status, reason: number): void {
    this.#manager.transition(order, to, reason);
    if (order.nextLookupAt !== Number.POSITIVE_INFINITY) this.unresolved.end(order);
  }

  /** What the venue has is looked for no more; a cancel that was lost is sent again. */
  #afterEvidence(order: Order): void {
    // What was asked of it is still open: seeing that it rests says nothing of that.
    if (order.status === STATUS.amending || order.status === STATUS.cancelling) return;
    const isLookedFor = order.nextLookupAt !== Number.POSITIVE_INFINITY;
    if (isLookedFor && (isTerminal(order.status) || !isChanging(order))) this.unresolved.end(order);
    if (order.cancel === CANCEL.owed && isResting(order.status)) this.#manager.cancel(order);
  }

  #onCommandRejected(event: EngineEvent, order: Order): void {
    // A later change is on its way: this one is not what is waited for.
    if (event.amount !== 0 && event.amount < order.changedAt) return;
    wantAsKnown(order);
    const { status } = order;
    const isUnknownThere = event.reason === REJECT.unknownOrder;
    const isNotSent = event.reason === REJECT.venueBusy && order.cancel === CANCEL.asked;
    if (isNotSent) order.cancel = CANCEL.owed;
    if (status === STATUS.amending || status === STATUS.cancelling) {
      this.#manager.transition(order, order.statusBefore, event.reason);
      // The venue does not know it any more: how it ended is still to be told.
      if (isUnknownThere) this.doubt(order);
      else if (!isNotSent) order.cancel = CANCEL.none;
    } else if (isUnknownThere && order.cancel === CANCEL.asked) {
      // The cancel was faster than its order.
      order.cancel = CANCEL.owed;
    }
    // It never left: it is sent again once the order has been seen.
    if (isNotSent && isResting(order.status)) this.doubt(order);
  }

  #onAmended(event: EngineEvent, order: Order): void {
    order.isAccepted = true;
    if (event.asOf !== 0) {
      if (event.asOf < order.termsAsOf) return;
      order.termsAsOf = event.asOf;
    }
    const isSettled = !isChanging(order);
    order.qtyLots = event.qtyLots;
    order.priceTicks = event.priceTicks;
    order.triggerTicks = event.triggerTicks;
    // An order whose size came down to what it had filled is done.
    const isDone = order.filledLots > 0 && order.filledLots >= order.qtyLots;
    if (isDone) this.#manager.transition(order, STATUS.filled, 0);
    else if (order.status === STATUS.amending)
      this.#manager.transition(order, order.statusBefore, 0);
    // What is told of rests: an amend whose answer was lost has come through.
    else if (order.status === STATUS.unknown) this.#manager.transition(order, restingOf(order), 0);
    if (isTerminal(order.status) || order.status === STATUS.sent) return;
    const isByItself = event.reason === REJECT.groupFilled;
    // The venue resized it by itself, or did what it had refused: nobody here is asking for anything else.
    if (isByItself) order.wantedLots = order.qtyLots;
    else if (isSettled) wantAsKnown(order);
    if (this.#manager.risk.isCounting) this.#manager.risk.onTerms(order, !isByItself);
    this.#afterEvidence(order);
  }
}

/** The terms that are known are those that are wanted. */
function wantAsKnown(order: Order): void {
  order.wantedLots = order.qtyLots;
  order.wantedPriceTicks = order.priceTicks;
  order.wantedTriggerTicks = order.triggerTicks;
}

/** How an order rests. */
function restingOf({ filledLots }: Order): Status {
  return filledLots > 0 ? STATUS.partiallyFilled : STATUS.accepted;
}

/** Whether other terms were asked for than are known to rest: the change is on its way, or was lost. */
function isChanging(order: Order): boolean {
  return !(
    order.qtyLots === order.wantedLots &&
    isSamePrice(order.priceTicks, order.wantedPriceTicks) &&
    isSamePrice(order.triggerTicks, order.wantedTriggerTicks)
  );
}

function isSamePrice(one: number, other: number): boolean {
  return one === other || (one !== one && other !== other);
}
