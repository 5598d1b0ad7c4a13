import { COMMAND, type Command, type CommandKind, type Outbox } from "#engine/model/command.ts";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import {
  type OrderSide,
  type OrderType,
  type Purpose,
  REJECT,
  type RejectCode,
} from "#engine/model/order-terms.ts";
import { LegCounter, packKey, unpackKey } from "#engine/orders/intent-key.ts";
import { OrderCounts } from "#engine/orders/order-counts.ts";
import { isTerminal, mayBecome, STATUS, type Status } from "#engine/orders/order-status.ts";
import {
  CANCEL,
  type Order,
  OrderStore,
  type OrderStoreState,
} from "#engine/orders/order-store.ts";
import { type ResolveTerms, UnresolvedOrders } from "#engine/orders/unresolved-orders.ts";
import { orAbsent, RECORD, type RecordLog } from "#engine/records/record-log.ts";
import { type Approved, approve } from "#engine/risk/approve.ts";

/** What names no order. */
const NO_REQUEST = -1;

/** Kinds of events that tell of an order, but for its executions. */
type OrderNews =
  | typeof EVENT.orderAccepted
  | typeof EVENT.orderRejected
  | typeof EVENT.orderTriggered
  | typeof EVENT.orderAmended
  | typeof EVENT.orderCancelled
  | typeof EVENT.orderExpired
  | typeof EVENT.commandRejected
  | typeof EVENT.unknownOutcome;

/**
 * The life of every order: an intent is made, asked of risk, recorded and sent; what the venue tells of it moves it
 * along the table of `order-status.ts`. Sizes in lots, prices in ticks. Nothing else writes commands.
 */
export class OrderManager {
  readonly store: OrderStore;
  readonly counts = new OrderCounts();
  readonly unresolved: UnresolvedOrders;
  /** What intents are decided at, where that is not the time of the event: the close of a bar that came late. */
  decisionAt = Number.NaN;
  /** Last price per symbol: what risk values a market order with. */
  readonly lastPrices: Float64Array;
  readonly #instruments: readonly Instrument[];
  readonly #outbox: Outbox;
  readonly #records: RecordLog;
  readonly #legs: LegCounter;

  constructor(
    instruments: readonly Instrument[],
    outbox: Outbox,
    records: RecordLog,
    terms: ResolveTerms,
  ) {
    this.#instruments = instruments;
    this.unresolved = new UnresolvedOrders(terms);
    this.#outbox = outbox;
    this.#records = records;
    this.store = new OrderStore(instruments.length);
    this.#legs = new LegCounter(instruments.length);
    this.lastPrices = new Float64Array(instruments.length).fill(Number.NaN);
  }

  /** Time of the event that is being handled, epoch ms. */
  get now(): number {
    return this.#records.now;
  }

  /** What of the orders outlives a process. */
  state(): OrderStoreState {
    return this.store.state();
  }

  /** Goes on from there: the same orders under the same request ids, and keys that no intent had before. */
  restore(state: OrderStoreState): void {
    this.store.restore(state);
    for (const { strategy, symbol, decidedAt, keyRest } of [...state.ended, ...state.working]) {
      const { leg, sequence } = unpackKey(keyRest);
      this.#legs.resume(strategy, symbol, leg, decidedAt, sequence);
    }
    for (const { requestId } of state.working) {
      const order = this.store.find(requestId);
      if (order !== undefined) this.unresolved.restore(order);
    }
  }

  /** A new intent without prices: the caller fills in what its type needs, and sends it in the same step. */
  intend(
    strategy: number,
    symbol: number,
    type: OrderType,
    side: OrderSide,
    lots: number,
    purpose: Purpose,
  ): Order {
    const at = this.decisionAt;
    const now = at === at ? at : this.#records.now;
    const order = this.store.create(symbol);
    order.strategy = strategy;
    order.decidedAt = now;
    order.keyRest = packKey(strategy, purpose, this.#legs.next(strategy, symbol, purpose, now));
    order.type = type;
    order.side = side;
    order.qtyLots = lots;
    order.priceTicks = Number.NaN;
    order.triggerTicks = Number.NaN;
    order.purpose = purpose;
    order.reduceOnly = false;
    order.tag = null;
    return order;
  }

  /** Records the intent, asks risk, and puts the command out. */
  send(order: Order): void {
    order.wantedLots = order.qtyLots;
    order.wantedPriceTicks = order.priceTicks;
    order.wantedTriggerTicks = order.triggerTicks;
    const { symbol } = order;
    const { rows } = this.#records;
    const at = this.#records.add(RECORD.intent, symbol, order);
    rows[at] = order.side * order.qtyLots;
    rows[at + 1] = orAbsent(order.priceTicks);
    rows[at + 2] = orAbsent(order.triggerTicks);
    rows[at + 3] = order.type;
    rows[at + 4] = order.purpose * 2 + (order.reduceOnly ? 1 : 0);
    if (!order.conditions.isPlain) this.#recordConditions(order);
    const approved = this.#approve(order);
    if (typeof approved === "number") {
      this.transition(order, STATUS.rejected, approved);
      return;
    }
    this.#place(approved);
  }

  /** Asks for a new size or price; NaN leaves what is. False when the order has ended or risk is against it. */
  amend(order: Order, lots: number, priceTicks: number, triggerTicks: number): boolean {
    if (isTerminal(order.status)) return false;
    const { wantedLots, wantedPriceTicks, wantedTriggerTicks } = order;
    if (lots === lots) order.wantedLots = lots;
    if (priceTicks === priceTicks) order.wantedPriceTicks = priceTicks;
    if (triggerTicks === triggerTicks) order.wantedTriggerTicks = triggerTicks;
    const approved = this.#approve(order);
    if (typeof approved === "number") {
      order.wantedLots = wantedLots;
      order.wantedPriceTicks = wantedPriceTicks;
      order.wantedTriggerTicks = wantedTriggerTicks;
      return false;
    }
    if (isResting(order)) this.transition(order, STATUS.amending, 0);
    const command = this.#command(COMMAND.amend, approved);
    command.qtyLots = lots;
    command.priceTicks = priceTicks;
    command.triggerTicks = triggerTicks;
    return true;
  }

  /** Asks for the end of an order; false when it has ended or is asked already. */
  cancel(order: Order): boolean {
    if (isTerminal(order.status) || order.status === STATUS.cancelling) return false;
    order.cancel = CANCEL.asked;
    if (isResting(order)) this.transition(order, STATUS.cancelling, 0);
    this.#command(COMMAND.cancel, order);
    return true;
  }

  /** Looks for the orders whose look-up is due. */
  onTime(now: number): void {
    this.unresolved.onTime(now, (order) => this.#command(COMMAND.query, order));
  }

  /**
   * An order is not where it should rest: it is looked for like one whose outcome is not known, and keeps its status
   * until there is evidence.
   */
  doubt(order: Order): void {
    this.store.touch(order);
    if (!isTerminal(order.status)) this.unresolved.begin(order, 0, this.#records.now);
  }

  /** The venue has taken an amend or cancel over: when the news of it does not come, it is looked for. */
  onCommandAccepted(order: Order, fenceAt: number): void {
    if (order.status !== STATUS.amending && order.status !== STATUS.cancelling) return;
    this.store.touch(order);
    this.unresolved.begin(order, fenceAt, this.#records.now);
  }

  /** After a restart: whatever was on its way may have arrived or not. */
  onRestarted(order: Order, fenceAt: number): void {
    if (order.cancel === CANCEL.asked) order.cancel = CANCEL.owed;
    if (mayBecome(order.status, STATUS.unknown)) this.transition(order, STATUS.unknown, 0);
    if (order.status === STATUS.unknown) {
      this.unresolved.begin(order, fenceAt, this.#records.now);
    }
  }

  /** The next attempt of an intent whose last one is proven never accepted; risk is asked again. */
  resend(order: Order): void {
    this.unresolved.end(order);
    const approved = this.#approve(order);
    if (typeof approved === "number") this.transition(order, STATUS.rejected, approved);
    else this.#place(approved);
  }

  /** Asks the venue for other terms of a symbol; 0 leaves what is. */
  configure(symbol: number, leverage: number, margin: number): void {
    const command = this.#outbox.add();
    command.kind = COMMAND.configure;
    command.time = this.#records.now;
    command.symbol = symbol;
    command.requestId = NO_REQUEST;
    command.leverage = leverage;
    command.marginAdded = margin;
  }

  /** Moves an order along the table and records it; repeated news changes nothing. */
  transition(order: Order, to: Status, reason: number): boolean {
    if (!this.store.transition(order, to)) return false;
    this.counts.add(to, order.filledLots, reason);
    const { rows } = this.#records;
    const at = this.#records.add(RECORD.transition, order.symbol, order);
    rows[at] = to;
    rows[at + 1] = order.filledLots;
    rows[at + 2] = reason;
    rows[at + 3] = order.attempt;
    rows[at + 4] = 0;
    return true;
  }

  /** The venue's news of an order, but for its executions. */
  onNews(event: EngineEvent, order: Order): void {
    this.store.touch(order);
    switch (event.kind as OrderNews) {
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
        return;
      case EVENT.orderCancelled:
        this.#finish(order, STATUS.cancelled, event.reason);
        return;
      case EVENT.orderExpired:
        this.#finish(order, STATUS.expired, event.reason);
        return;
      case EVENT.unknownOutcome:
        if (order.cancel === CANCEL.asked) order.cancel = CANCEL.owed;
        // A fill may have told more than the lost answer would have; a cancel that was lost is not forgotten.
        if (!mayBecome(order.status, STATUS.unknown)) {
          if (order.cancel === CANCEL.owed) this.doubt(order);
          return;
        }
        this.transition(order, STATUS.unknown, event.reason);
        this.unresolved.begin(order, event.amount, this.#records.now);
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
    if (status === STATUS.cancelling && this.unresolved.isCancelLost(order, this.#records.now)) {
      this.transition(order, order.statusBefore, 0);
      order.cancel = CANCEL.owed;
    }
    if (status === STATUS.sent || status === STATUS.unknown) {
      this.transition(order, order.filledLots > 0 ? STATUS.partiallyFilled : STATUS.accepted, 0);
    }
    this.#afterEvidence(order);
  }

  /** A fill has moved an order along. */
  onFilled(order: Order): void {
    this.store.touch(order);
    order.isAccepted = true;
    const isDone = order.filledLots >= order.qtyLots;
    this.transition(order, isDone ? STATUS.filled : STATUS.partiallyFilled, 0);
    this.#afterEvidence(order);
  }

  /** The end of an order that is proven to be nowhere at the venue. */
  onAbsent(order: Order): void {
    const isKnown = order.isAccepted;
    const to = isKnown ? STATUS.cancelled : STATUS.rejected;
    this.#finish(order, to, isKnown ? REJECT.gone : REJECT.neverAccepted);
  }

  #finish(order: Order, to: Status, reason: number): void {
    this.transition(order, to, reason);
    if (order.nextLookupAt !== Number.POSITIVE_INFINITY) this.unresolved.end(order);
  }

  /** What the venue has is looked for no more; a cancel that was lost is sent again. */
  #afterEvidence(order: Order): void {
    // What was asked of it is still open: seeing that it rests says nothing of that.
    if (order.status === STATUS.amending || order.status === STATUS.cancelling) return;
    if (order.nextLookupAt !== Number.POSITIVE_INFINITY) this.unresolved.end(order);
    if (order.cancel === CANCEL.owed && isResting(order)) this.cancel(order);
  }

  #onCommandRejected(event: EngineEvent, order: Order): void {
    order.wantedLots = order.qtyLots;
    order.wantedPriceTicks = order.priceTicks;
    order.wantedTriggerTicks = order.triggerTicks;
    const { status } = order;
    const isUnknownThere = event.reason === REJECT.unknownOrder;
    if (status === STATUS.amending || status === STATUS.cancelling) {
      this.transition(order, order.statusBefore, event.reason);
      // The venue does not know it any more: how it ended is still to be told.
      if (isUnknownThere) this.doubt(order);
      else order.cancel = CANCEL.none;
    } else if (isUnknownThere && order.cancel === CANCEL.asked) {
      // The cancel was faster than its order.
      order.cancel = CANCEL.owed;
    }
  }

  #approve(order: Order): Approved | RejectCode {
    const { symbol } = order;
    const instrument = this.#instruments[symbol] as Instrument;
    return approve(order, instrument, this.lastPrices[symbol] as number);
  }

  #recordConditions(order: Order): void {
    const { conditions } = order;
    const { rows } = this.#records;
    const at = this.#records.add(RECORD.conditions, order.symbol, order);
    const flags = conditions.timeInForce * 4 + conditions.triggerBy;
    rows[at] = flags * 2 + (conditions.isPostOnly ? 1 : 0);
    rows[at + 1] = orAbsent(conditions.expiresAt);
    rows[at + 2] = orAbsent(
      conditions.callbackTicks === conditions.callbackTicks
        ? conditions.callbackTicks
        : conditions.callbackPct,
    );
    rows[at + 3] = orAbsent(conditions.activationTicks);
    rows[at + 4] = conditions.group;
  }

  #place(order: Approved): void {
    order.attempt += 1;
    this.transition(order, STATUS.persisted, 0);
    this.transition(order, STATUS.sent, 0);
    const command = this.#command(COMMAND.place, order);
    command.side = order.side;
    command.type = order.type;
    command.qtyLots = order.qtyLots;
    command.priceTicks = order.priceTicks;
    command.triggerTicks = order.triggerTicks;
    command.reduceOnly = order.reduceOnly;
    command.conditions.copy(order.conditions);
  }

  #command(kind: CommandKind, order: Order): Command {
    this.store.touch(order);
    const command = this.#outbox.add();
    command.kind = kind;
    command.time = this.#records.now;
    command.symbol = order.symbol;
    command.requestId = order.requestId;
    command.decidedAt = order.decidedAt;
    command.keyRest = order.keyRest;
    command.attempt = order.attempt;
    return command;
  }

  #onAmended(event: EngineEvent, order: Order): void {
    order.isAccepted = true;
    if (event.asOf !== 0) {
      if (event.asOf < order.termsAsOf) return;
      order.termsAsOf = event.asOf;
    }
    order.qtyLots = event.qtyLots;
    order.priceTicks = event.priceTicks;
    order.triggerTicks = event.triggerTicks;
    // An order whose size came down to what it had filled is done.
    const isDone = order.filledLots > 0 && order.filledLots >= order.qtyLots;
    if (isDone) this.transition(order, STATUS.filled, 0);
    else if (order.status === STATUS.amending) this.transition(order, order.statusBefore, 0);
    if (isTerminal(order.status) || order.status === STATUS.sent) return;
    // The venue resized it by itself: nobody here had asked for anything else.
    if (event.reason === REJECT.groupFilled) order.wantedLots = order.qtyLots;
  }
}

function isResting(order: Order): boolean {
  return order.status === STATUS.accepted || order.status === STATUS.partiallyFilled;
}
