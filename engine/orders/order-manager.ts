import { COMMAND, type Command, type CommandKind, type Outbox } from "#engine/model/command.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { type OrderSide, type OrderType, type Purpose } from "#engine/model/order-terms.ts";
import { LegCounter, packKey, unpackKey } from "#engine/orders/intent-key.ts";
import { OrderCounts } from "#engine/orders/order-counts.ts";
import { isResting, isTerminal, STATUS, type Status } from "#engine/orders/order-status.ts";
import {
  CANCEL,
  type Order,
  OrderStore,
  type OrderStoreState,
} from "#engine/orders/order-store.ts";
import { orAbsent, RECORD, type RecordLog } from "#engine/records/record-log.ts";
import type { Approved } from "#engine/risk/approve.ts";
import type { RiskManager } from "#engine/risk/risk-manager.ts";

/** What names no order. */
const NO_REQUEST = -1;

export interface OrderManagerParts {
  readonly instruments: readonly Instrument[];
  readonly outbox: Outbox;
  readonly records: RecordLog;
  readonly risk: RiskManager;
}

/**
 * The life of every order: an intent is made, asked of risk, recorded and sent; what the venue tells of it moves it
 * along the table of `order-status.ts`. Sizes in lots, prices in ticks. Nothing else writes commands.
 */
export class OrderManager {
  readonly store: OrderStore;
  readonly counts = new OrderCounts();
  /** What intents are decided at, where that is not the time of the event: the close of a bar that came late. */
  decisionAt = Number.NaN;
  readonly risk: RiskManager;
  /** Time of the last request, news or execution, by symbol; −Infinity before the first. */
  readonly activityAt: Float64Array;
  readonly #outbox: Outbox;
  readonly #records: RecordLog;
  readonly #legs: LegCounter;

  constructor({ instruments, outbox, records, risk }: OrderManagerParts) {
    this.#outbox = outbox;
    this.#records = records;
    this.risk = risk;
    this.activityAt = new Float64Array(instruments.length).fill(Number.NEGATIVE_INFINITY);
    this.store = new OrderStore(instruments.length);
    this.#legs = new LegCounter(instruments.length);
    risk.bind({
      working: (symbol) => this.store.working(symbol),
      cancel: (order) => this.cancel(order),
    });
  }

  /** Time of the event that is being handled, epoch ms. */
  get now(): number {
    return this.#records.now;
  }

  /** Goes on from orders that were kept: the same ones under the same request ids, and keys that no intent had before. */
  restore(state: OrderStoreState): void {
    this.store.restore(state);
    for (const { strategy, symbol, decidedAt, keyRest } of [...state.ended, ...state.working]) {
      const { leg, sequence } = unpackKey(keyRest);
      this.#legs.resume(strategy, symbol, leg, decidedAt, sequence);
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
    // The engine's own intents have the time of what they answer, which only rises: their keys are never given twice.
    const now = at === at && strategy > 0 ? at : this.#records.now;
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

  /** Asks risk, records the intent, and puts the command out. */
  send(order: Order): void {
    order.wantedLots = order.qtyLots;
    order.wantedPriceTicks = order.priceTicks;
    order.wantedTriggerTicks = order.triggerTicks;
    const { symbol } = order;
    // First: risk may let an order through as one that only reduces.
    const approved = this.risk.approve(order, this.#records.now);
    const { rows } = this.#records;
    const at = this.#records.add(RECORD.intent, symbol, order);
    rows[at] = order.side * order.qtyLots;
    rows[at + 1] = orAbsent(order.priceTicks);
    rows[at + 2] = orAbsent(order.triggerTicks);
    rows[at + 3] = order.type;
    rows[at + 4] = order.purpose * 2 + (order.reduceOnly ? 1 : 0);
    if (!order.conditions.isPlain) this.#recordConditions(order);
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
    const approved = this.risk.approveChange(
      order,
      this.#records.now,
      wantedLots,
      wantedPriceTicks,
      wantedTriggerTicks,
    );
    if (typeof approved === "number") {
      order.wantedLots = wantedLots;
      order.wantedPriceTicks = wantedPriceTicks;
      order.wantedTriggerTicks = wantedTriggerTicks;
      return false;
    }
    if (isResting(order.status)) this.transition(order, STATUS.amending, 0);
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
    if (isResting(order.status)) this.transition(order, STATUS.cancelling, 0);
    if (this.risk.isCounting) this.risk.onCancel(order);
    this.#command(COMMAND.cancel, order);
    return true;
  }

  /** Asks for the end of an order that is no working one of ours, by the venue's names for it. */
  cancelForeign(symbol: number, requestId: number, clientId: string, venueOrderId: string): void {
    this.activityAt[symbol] = this.#records.now;
    const command = this.#outbox.add();
    command.kind = COMMAND.cancel;
    command.time = this.#records.now;
    command.symbol = symbol;
    command.requestId = requestId;
    command.decidedAt = 0;
    command.keyRest = 0;
    command.attempt = 0;
    command.clientId = clientId;
    command.venueOrderId = venueOrderId;
  }

  /** Asks the venue for a cut of the account. */
  cutAccount(): void {
    const command = this.#outbox.add();
    command.kind = COMMAND.snapshot;
    command.time = this.#records.now;
  }

  /** Asks the venue for the last price of a symbol. */
  pollPrice(symbol: number): void {
    const command = this.#outbox.add();
    command.kind = COMMAND.pollPrice;
    command.time = this.#records.now;
    command.symbol = symbol;
  }

  /** Asks the venue where an order is. */
  query(order: Order): void {
    this.#command(COMMAND.query, order);
  }

  /** The next attempt of an intent whose last one is proven never accepted; risk is asked again. */
  resend(order: Order): void {
    // A change that was asked for meanwhile has found no order either: what it wanted is sent.
    order.qtyLots = order.wantedLots;
    order.priceTicks = order.wantedPriceTicks;
    order.triggerTicks = order.wantedTriggerTicks;
    const approved = this.risk.approve(order, this.#records.now);
    if (typeof approved === "number") this.transition(order, STATUS.rejected, approved);
    else this.#place(approved);
  }

  /** Asks the venue for other terms of a symbol; 0 leaves what is. */
  configure(symbol: number, leverage: number, margin: number): void {
    const command = this.#outbox.add();
    this.activityAt[symbol] = this.#records.now;
    command.kind = COMMAND.configure;
    command.time = this.#records.now;
    command.symbol = symbol;
    command.requestId = NO_REQUEST;
    command.leverage = leverage;
    command.marginAdded = margin;
  }

  /** Moves an order along the table and records it; repeated news changes nothing. */
  transition(order: Order, to: Status, reason: number): boolean {
    const from = order.status;
    if (!this.store.transition(order, to)) return false;
    const isUnknown = from === STATUS.unknown || to === STATUS.unknown;
    if (isUnknown || this.risk.isCounting) this.risk.onTransition(order, from);
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
    this.activityAt[order.symbol] = this.#records.now;
    if (kind === COMMAND.amend || kind === COMMAND.cancel) order.changedAt = this.#records.now;
    const command = this.#outbox.add();
    command.kind = kind;
    command.time = this.#records.now;
    command.symbol = order.symbol;
    command.requestId = order.requestId;
    command.decidedAt = order.decidedAt;
    command.keyRest = order.keyRest;
    command.attempt = order.attempt;
    command.clientId = "";
    command.venueOrderId = "";
    return command;
  }
}
