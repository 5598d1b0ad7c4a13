import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import { COMMAND, type Outbox } from "#engine/model/command.ts";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import { ceilUnits, floorUnits, fromUnits, type Grid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import {
  BUY,
  ORDER_TYPE,
  type OrderSide,
  type OrderTypeName,
  PURPOSE,
  type Purpose,
  REJECT,
  SELL,
} from "#engine/model/order-terms.ts";
import { packKey } from "#engine/orders/intent-key.ts";
import { OrderCounts } from "#engine/orders/order-counts.ts";
import { isTerminal, mayBecome, STATUS, type Status } from "#engine/orders/order-status.ts";
import { type Order, OrderStore } from "#engine/orders/order-store.ts";
import { RECORD, type RecordLog } from "#engine/records/record-log.ts";
import { approve } from "#engine/risk/approve.ts";
import { EntryProtection } from "#engine/rules/entry-protection.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import type { Protection, ProtectionDesk } from "#engine/rules/protection.ts";
import type {
  OrderChange,
  OrderDesk,
  OrderTerms,
  OrderView,
  ProtectionPrices,
} from "#engine/strategy/order-desk.ts";

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

const UNPROTECTED: ProtectionPrices = {};

/** Strategy number of intents that the engine itself raises (exit rules, protection). */
export const ENGINE_STRATEGY = 0;

/**
 * Where wishes become intents and intents become commands: rounds prices and sizes once, asks risk, writes the
 * records, moves orders along the table. It serves the strategies and the protection of positions alike.
 */
export class Desk implements OrderDesk, ProtectionDesk {
  now = 0;
  readonly store: OrderStore;
  readonly counts = new OrderCounts();
  readonly lastPrices: Float64Array;
  readonly marks: Float64Array;
  readonly fundingRates: Float64Array;
  readonly #instruments: readonly Instrument[];
  readonly #ledger: Ledger;
  readonly #outbox: Outbox;
  readonly #records: RecordLog;
  #protections: readonly Protection[] = [];
  /** Prices named while there was neither a position nor an entry: they wait for one of the same decision. */
  readonly #early: readonly EntryProtection[];
  readonly #earlyAt: Float64Array;
  #keyTime = Number.NaN;
  #keySequence = 0;

  constructor(
    instruments: readonly Instrument[],
    ledger: Ledger,
    outbox: Outbox,
    records: RecordLog,
  ) {
    const count = instruments.length;
    this.#instruments = instruments;
    this.#ledger = ledger;
    this.#outbox = outbox;
    this.#records = records;
    this.store = new OrderStore(count);
    this.lastPrices = new Float64Array(count).fill(Number.NaN);
    this.marks = new Float64Array(count).fill(Number.NaN);
    this.fundingRates = new Float64Array(count).fill(Number.NaN);
    this.#early = instruments.map(() => new EntryProtection());
    this.#earlyAt = new Float64Array(count).fill(Number.NaN);
  }

  bindProtections(protections: readonly Protection[]): void {
    this.#protections = protections;
  }

  equity(): number {
    return this.#ledger.equity(this.marks);
  }

  wallet(): number {
    return this.#ledger.wallet;
  }

  lastPrice(symbol: number): number {
    return this.lastPrices[symbol] as number;
  }

  fundingRate(symbol: number): number {
    return this.fundingRates[symbol] as number;
  }

  positionQty(symbol: number): number {
    return (this.#ledger.positions[symbol] as Position).qty;
  }

  positionEntry(symbol: number): number {
    return (this.#ledger.positions[symbol] as Position).entryPrice;
  }

  positionUnrealised(symbol: number): number {
    return (this.#ledger.positions[symbol] as Position).unrealised(this.marks[symbol] as number);
  }

  leverage(symbol: number): number {
    return this.#ledger.leverageOf(symbol);
  }

  place(
    strategy: number,
    symbol: number,
    terms: OrderTerms,
    purpose: Purpose,
    protection: ProtectionPrices = UNPROTECTED,
  ): number {
    const { lot, tick } = this.#instruments[symbol] as Instrument;
    const lots = Number.isFinite(terms.qty) ? floorUnits(lot, Math.abs(terms.qty)) : 0;
    if (lots === 0) return 0;
    const side = terms.side === "buy" ? BUY : SELL;
    const type = ORDER_TYPE[terms.type ?? "market"];
    const price = terms.price === undefined ? Number.NaN : againstAccount(tick, terms.price, side);
    const trigger =
      terms.trigger === undefined ? Number.NaN : againstAccount(tick, terms.trigger, side);
    checkTerms(terms, type, price, trigger);
    const order = this.#intend(strategy, symbol, type, side, lots, price, trigger, purpose);
    order.reduceOnly = terms.reduceOnly === true;
    order.tag = terms.tag ?? null;
    if (isEntry(order)) {
      if (this.#earlyAt[symbol] === this.now) {
        order.protection.nameAs(this.#early[symbol] as EntryProtection);
      }
      order.protection.name(protection.stopLoss, protection.takeProfit);
    }
    return this.#send(order);
  }

  amend(symbol: number, ref: number, change: OrderChange): boolean {
    const order = this.#findOwn(symbol, ref);
    if (order === undefined) return false;
    const { lot, tick } = this.#instruments[symbol] as Instrument;
    const lots = change.qty === undefined ? Number.NaN : floorUnits(lot, change.qty);
    const price =
      change.price === undefined ? Number.NaN : againstAccount(tick, change.price, order.side);
    const trigger =
      change.trigger === undefined ? Number.NaN : againstAccount(tick, change.trigger, order.side);
    if (price <= 0 || trigger <= 0) {
      throw new RangeError("An order is amended to a price above 0 and a trigger above 0");
    }
    return this.#amend(order, lots, price, trigger);
  }

  cancel(symbol: number, ref: number): boolean {
    const order = this.#findOwn(symbol, ref);
    return order !== undefined && this.#cancel(order);
  }

  orders(symbol: number): readonly OrderView[] {
    const { lot, tick } = this.#instruments[symbol] as Instrument;
    return this.store
      .working(symbol)
      .map((order) => viewOf(order, lot, tick))
      .sort((a, b) => a.ref - b.ref);
  }

  hasWorkingEntry(symbol: number, side: 1 | -1): boolean {
    for (const order of this.store.working(symbol)) {
      if (isEntry(order) && (order.type !== ORDER_TYPE.market || order.side === side)) return true;
    }
    return false;
  }

  cancelMarketEntries(symbol: number, side: 1 | -1): void {
    const working = this.store.working(symbol);
    for (let at = 0; at < working.length; at++) {
      const order = working[at] as Order;
      const isMeant = isEntry(order) && order.type === ORDER_TYPE.market && order.side === side;
      if (isMeant) this.#cancel(order);
    }
  }

  hasWorkingReduceOnly(symbol: number): boolean {
    for (const order of this.store.working(symbol)) if (order.reduceOnly) return true;
    return false;
  }

  exitingQty(symbol: number): number {
    let lots = 0;
    for (const order of this.store.working(symbol)) {
      if (order.reduceOnly && order.type === ORDER_TYPE.market) lots += order.remainingLots;
    }
    const held = Math.abs((this.#ledger.positions[symbol] as Position).qtyLots);
    const { lot } = this.#instruments[symbol] as Instrument;
    return fromUnits(lot, Math.min(lots, held));
  }

  protect(symbol: number, prices: ProtectionPrices): void {
    const { stopLoss, takeProfit } = prices;
    const isHeld = (this.#ledger.positions[symbol] as Position).qtyLots !== 0;
    if (isHeld) {
      const protection = this.#protections[symbol] as Protection;
      protection.setPrices(stopLoss, takeProfit, this.now);
    }
    let isSaid = isHeld;
    for (const order of this.store.working(symbol)) {
      // While a position is held, an entry that has not filled yet keeps the prices it was given.
      if (!isEntry(order) || (isHeld && !order.protection.isInForce)) continue;
      order.protection.name(stopLoss, takeProfit);
      isSaid = true;
    }
    if (isSaid) return;
    const early = this.#early[symbol] as EntryProtection;
    if (this.#earlyAt[symbol] !== this.now) early.clear();
    this.#earlyAt[symbol] = this.now;
    early.name(stopLoss, takeProfit);
  }

  setRules(symbol: number, rules: ExitRules): void {
    (this.#protections[symbol] as Protection).setRules(rules);
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
    const order = this.store.find(requestId);
    if (order !== undefined) this.#cancel(order);
  }

  closeAtMarket(symbol: number, purpose: Purpose): void {
    const lots = (this.#ledger.positions[symbol] as Position).qtyLots;
    if (lots === 0) return;
    const side = lots > 0 ? SELL : BUY;
    const size = Math.abs(lots);
    const order = this.#intend(
      ENGINE_STRATEGY,
      symbol,
      ORDER_TYPE.market,
      side,
      size,
      Number.NaN,
      Number.NaN,
      purpose,
    );
    order.reduceOnly = true;
    order.tag = null;
    this.#send(order);
  }

  /** Moves an order along the table and records it; repeated news changes nothing. */
  transition(order: Order, to: Status, reason: number): boolean {
    if (!this.store.transition(order, to)) return false;
    this.counts.add(to, order.filledLots, reason);
    this.#records.write(
      RECORD.transition,
      this.now,
      order.symbol,
      order.decidedAt,
      order.keyRest,
      to,
      order.filledLots,
      reason,
      order.attempt,
      0,
    );
    return true;
  }

  /** The venue's news of an order, but for its executions. */
  onNews(event: EngineEvent, order: Order): void {
    switch (event.kind as OrderNews) {
      case EVENT.orderAccepted:
        if (order.status === STATUS.sent || order.status === STATUS.unknown) {
          this.transition(order, STATUS.accepted, 0);
        }
        return;
      case EVENT.orderRejected:
        if (order.status === STATUS.sent || order.status === STATUS.unknown) {
          this.transition(order, STATUS.rejected, event.reason);
        }
        return;
      case EVENT.orderAmended:
        this.#onAmended(event, order);
        return;
      case EVENT.commandRejected:
        order.wantedLots = order.qtyLots;
        order.wantedPriceTicks = order.priceTicks;
        order.wantedTriggerTicks = order.triggerTicks;
        if (order.status === STATUS.amending || order.status === STATUS.cancelling) {
          this.transition(order, order.statusBefore, event.reason);
        }
        return;
      case EVENT.orderCancelled:
        this.transition(order, STATUS.cancelled, event.reason);
        return;
      case EVENT.orderExpired:
        this.transition(order, STATUS.expired, event.reason);
        return;
      case EVENT.unknownOutcome:
        // A fill may have told more than the lost answer would have.
        if (mayBecome(order.status, STATUS.unknown)) {
          this.transition(order, STATUS.unknown, event.reason);
        }
        return;
      case EVENT.orderTriggered:
        // Changes nothing of the order's status: it rests until it fills.
        return;
    }
  }

  /** An order of a strategy by its reference; those that protect a position are moved by `protect` alone. */
  #findOwn(symbol: number, ref: number): Order | undefined {
    const order = this.store.find(ref - 1);
    if (order === undefined || order.symbol !== symbol) return undefined;
    return order.strategy === ENGINE_STRATEGY ? undefined : order;
  }

  #onAmended(event: EngineEvent, order: Order): void {
    order.qtyLots = event.qtyLots;
    order.priceTicks = event.priceTicks;
    order.triggerTicks = event.triggerTicks;
    if (order.status !== STATUS.amending) return;
    this.transition(order, order.statusBefore, 0);
  }

  #placeProtective(symbol: number, type: number, price: number, purpose: Purpose): number {
    const { tick } = this.#instruments[symbol] as Instrument;
    const held = (this.#ledger.positions[symbol] as Position).qtyLots;
    const side = held > 0 ? SELL : BUY;
    const ticks = atLeastOne(againstAccount(tick, price, side));
    const isStop = type === ORDER_TYPE.stopMarket;
    const order = this.#intend(
      ENGINE_STRATEGY,
      symbol,
      type,
      side,
      Math.abs(held),
      isStop ? Number.NaN : ticks,
      isStop ? ticks : Number.NaN,
      purpose,
    );
    order.reduceOnly = true;
    order.tag = null;
    return this.#send(order) - 1;
  }

  #moveProtective(
    symbol: number,
    requestId: number,
    price: number,
    trigger: number,
    purpose: Purpose,
  ): boolean {
    const order = this.store.find(requestId);
    if (order === undefined || isTerminal(order.status)) return false;
    const { tick } = this.#instruments[symbol] as Instrument;
    const held = Math.abs((this.#ledger.positions[symbol] as Position).qtyLots);
    const priceTicks = atLeastOne(againstAccount(tick, price, order.side));
    const triggerTicks = atLeastOne(againstAccount(tick, trigger, order.side));
    order.purpose = purpose;
    const lots = held + order.filledLots;
    const isSame =
      lots === order.wantedLots &&
      (priceTicks === order.wantedPriceTicks || triggerTicks === order.wantedTriggerTicks);
    if (!isSame) this.#amend(order, lots, priceTicks, triggerTicks);
    return true;
  }

  #intend(
    strategy: number,
    symbol: number,
    type: number,
    side: OrderSide,
    lots: number,
    priceTicks: number,
    triggerTicks: number,
    purpose: Purpose,
  ): Order {
    if (this.now !== this.#keyTime) {
      this.#keyTime = this.now;
      this.#keySequence = 0;
    }
    const order = this.store.create(symbol);
    order.strategy = strategy;
    order.decidedAt = this.now;
    order.keyRest = packKey(strategy, purpose, this.#keySequence++);
    order.type = type;
    order.side = side;
    order.qtyLots = lots;
    order.priceTicks = priceTicks;
    order.triggerTicks = triggerTicks;
    order.wantedLots = lots;
    order.wantedPriceTicks = priceTicks;
    order.wantedTriggerTicks = triggerTicks;
    order.purpose = purpose;
    return order;
  }

  /** Records the intent, asks risk, and puts the command out. Returns the reference (request id + 1). */
  #send(order: Order): number {
    const { symbol, requestId } = order;
    this.#records.write(
      RECORD.intent,
      this.now,
      symbol,
      order.decidedAt,
      order.keyRest,
      order.side * order.qtyLots,
      order.priceTicks,
      order.triggerTicks,
      order.type,
      order.purpose * 2 + (order.reduceOnly ? 1 : 0),
    );
    const instrument = this.#instruments[symbol] as Instrument;
    const reason = approve(order, instrument, this.lastPrices[symbol] as number);
    if (reason !== REJECT.none) {
      this.transition(order, STATUS.rejected, reason);
      return requestId + 1;
    }
    order.attempt = 1;
    this.transition(order, STATUS.persisted, 0);
    this.transition(order, STATUS.sent, 0);
    const command = this.#outbox.add();
    command.kind = COMMAND.place;
    command.time = this.now;
    command.symbol = symbol;
    command.requestId = requestId;
    command.side = order.side;
    command.type = order.type as (typeof ORDER_TYPE)[OrderTypeName];
    command.qtyLots = order.qtyLots;
    command.priceTicks = order.priceTicks;
    command.triggerTicks = order.triggerTicks;
    command.reduceOnly = order.reduceOnly;
    return requestId + 1;
  }

  #amend(order: Order, lots: number, priceTicks: number, triggerTicks: number): boolean {
    if (isTerminal(order.status)) return false;
    const isResting = order.status === STATUS.accepted || order.status === STATUS.partiallyFilled;
    if (isResting) this.transition(order, STATUS.amending, 0);
    if (lots === lots) order.wantedLots = lots;
    if (priceTicks === priceTicks) order.wantedPriceTicks = priceTicks;
    if (triggerTicks === triggerTicks) order.wantedTriggerTicks = triggerTicks;
    const command = this.#outbox.add();
    command.kind = COMMAND.amend;
    command.time = this.now;
    command.symbol = order.symbol;
    command.requestId = order.requestId;
    command.qtyLots = lots;
    command.priceTicks = priceTicks;
    command.triggerTicks = triggerTicks;
    return true;
  }

  #cancel(order: Order): boolean {
    if (isTerminal(order.status) || order.status === STATUS.cancelling) return false;
    const isResting = order.status === STATUS.accepted || order.status === STATUS.partiallyFilled;
    if (isResting) this.transition(order, STATUS.cancelling, 0);
    const command = this.#outbox.add();
    command.kind = COMMAND.cancel;
    command.time = this.now;
    command.symbol = order.symbol;
    command.requestId = order.requestId;
    return true;
  }
}

function isEntry(order: Order): boolean {
  return order.purpose === PURPOSE.entry && !order.reduceOnly;
}

/** A protective level of no price or less still is an order: it rests at the lowest price there is. */
function atLeastOne(ticks: number): number {
  return ticks < 1 ? 1 : ticks;
}

/** A computed price on the tick, rounded against the account: buys up, sells down. NaN stays NaN. */
function againstAccount(tick: Grid, price: number, side: OrderSide): number {
  if (price !== price) return Number.NaN;
  return side > 0 ? ceilUnits(tick, price) : floorUnits(tick, price);
}

function checkTerms(terms: OrderTerms, type: number, price: number, trigger: number): void {
  if (type === ORDER_TYPE.limit && !(price > 0)) {
    throw new RangeError(`A limit order has a price above 0, not ${String(terms.price)}`);
  }
  const triggers = type === ORDER_TYPE.stopMarket || type === ORDER_TYPE.takeProfitMarket;
  if (triggers && !(trigger > 0)) {
    throw new RangeError(
      `A ${terms.type} order has a trigger above 0, not ${String(terms.trigger)}`,
    );
  }
}

const TYPE_NAMES = Object.keys(ORDER_TYPE) as readonly OrderTypeName[];

function viewOf(order: Order, lot: Grid, tick: Grid): OrderView {
  const { priceTicks, triggerTicks } = order;
  return {
    ref: order.requestId + 1,
    side: order.side > 0 ? "buy" : "sell",
    type: TYPE_NAMES[order.type] as OrderTypeName,
    qty: fromUnits(lot, order.qtyLots),
    filled: fromUnits(lot, order.filledLots),
    price: priceTicks === priceTicks ? fromUnits(tick, priceTicks) : null,
    trigger: triggerTicks === triggerTicks ? fromUnits(tick, triggerTicks) : null,
    reduceOnly: order.reduceOnly,
    tag: order.tag,
  };
}
