import type { EngineAged } from "#engine/aged/engine-aged.ts";
import { AssertionFailed } from "#engine/assert.ts";
import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import type { OpenTrade } from "#engine/ledger/trade-log.ts";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { ORDER_TYPE, PURPOSE, type Purpose } from "#engine/model/order-terms.ts";
import type { Desk } from "#engine/orders/desk.ts";
import type { OrderManager } from "#engine/orders/order-manager.ts";
import type { OrderNews } from "#engine/orders/order-news.ts";
import type { Order } from "#engine/orders/order-store.ts";
import { RecentIds } from "#engine/recent-ids.ts";
import type { EngineReconcile } from "#engine/reconcile/engine-reconcile.ts";
import { orAbsent, RECORD, type RecordLog } from "#engine/records/record-log.ts";
import type { RiskManager } from "#engine/risk/risk-manager.ts";
import { EntryProtection } from "#engine/rules/entry-protection.ts";
import type { Protection } from "#engine/rules/protection.ts";
import type { EngineSeries } from "#engine/strategy/series-view.ts";

/** What executions move. */
export interface ExecutionParts {
  readonly instruments: readonly Instrument[];
  readonly clocks: readonly EngineSeries[];
  readonly ledger: Ledger;
  readonly records: RecordLog;
  readonly orderManager: OrderManager;
  readonly orderNews: OrderNews;
  readonly risk: RiskManager;
  readonly desk: Desk;
  readonly protections: readonly Protection[];
  /** Null where the aged rules are off. */
  readonly aged: EngineAged | null;
}

/** Where executions become money: order, ledger, trade and the orders that protect what is held, in this order. */
export class Executions {
  readonly #instruments: readonly Instrument[];
  readonly #clocks: readonly EngineSeries[];
  readonly #ledger: Ledger;
  readonly #records: RecordLog;
  readonly #orderManager: OrderManager;
  readonly #orderNews: OrderNews;
  readonly #risk: RiskManager;
  readonly #desk: Desk;
  readonly #protections: readonly Protection[];
  readonly #aged: EngineAged | null;
  /** Of executions without an order of ours: neither a stop nor a target. */
  readonly #noPrices = new EntryProtection();
  #reconcile: EngineReconcile | null = null;
  /** Executions without an order of ours that are booked: a venue may tell of one twice. */
  readonly foreignIds = new RecentIds();

  constructor(parts: ExecutionParts) {
    this.#instruments = parts.instruments;
    this.#clocks = parts.clocks;
    this.#ledger = parts.ledger;
    this.#records = parts.records;
    this.#orderManager = parts.orderManager;
    this.#orderNews = parts.orderNews;
    this.#risk = parts.risk;
    this.#desk = parts.desk;
    this.#protections = parts.protections;
    this.#aged = parts.aged;
  }

  /** Who hears of every fill; reconcile needs these executions itself, so it comes after them. */
  bindReconcile(reconcile: EngineReconcile | null): void {
    this.#reconcile = reconcile;
  }

  /** An execution of an order of ours. */
  onFill(event: EngineEvent): void {
    const order = this.#orderManager.store.find(event.requestId);
    if (order !== undefined) this.#onFillOf(order, event);
    // Of an order that is forgotten only reconcile remembers which executions were told.
    else if (this.#reconcile?.hearsNews === true) this.#reconcile.onExternal(event);
    else this.onExternalFill(event, false);
  }

  /** One that is told for the first time; of an order that is forgotten it is booked like a stranger's. */
  onMissedFill(event: EngineEvent): void {
    const order = this.#orderManager.store.find(event.requestId);
    if (order === undefined) this.onExternalFill(event, false);
    else this.#onFillOf(order, event);
  }

  #onFillOf(order: Order, event: EngineEvent): void {
    if (!order.takeExecution(event.executionId)) return;
    order.filledLots += event.qtyLots;
    const isPart = event.kind === EVENT.orderPartiallyFilled;
    if (order.filledLots > order.qtyLots || (isPart && order.filledLots === order.qtyLots))
      this.#onStaleSize(order, isPart);
    const signedLots = event.side * event.qtyLots;
    const { rows } = this.#records;
    const at = this.#records.add(RECORD.fill, event.symbol, order);
    rows[at] = signedLots;
    rows[at + 1] = orAbsent(event.priceTicks);
    rows[at + 2] = event.liquidity;
    rows[at + 3] = event.fee;
    rows[at + 4] = 0;
    this.#orderNews.onFilled(order);
    this.#book(event, order, PURPOSE.entry, order.tag);
    if (this.#reconcile !== null) this.#reconcile.onFill(event);
  }

  /**
   * An order has filled more than we know of, or all of that in a part. A real venue fills what its order says: then our
   * size of it is out of date, and where there is more to come the change that was asked for has come through.
   */
  #onStaleSize(order: Order, isPart: boolean): void {
    if (isPart && order.wantedLots > order.filledLots) order.qtyLots = order.wantedLots;
    if (order.filledLots <= order.qtyLots) return;
    if (this.#reconcile === null) {
      throw new AssertionFailed("An order is never filled beyond its quantity");
    }
    order.qtyLots = order.filledLots;
  }

  /** The venue closed the position or a part of it: an execution without an order of ours. */
  onLiquidated(event: EngineEvent): void {
    if (!this.foreignIds.take(event.executionId)) return;
    const signedLots = event.side * event.qtyLots;
    const { rows } = this.#records;
    const at = this.#records.add(RECORD.liquidation, event.symbol, null);
    rows[at] = signedLots;
    rows[at + 1] = event.priceTicks;
    rows[at + 2] = event.fee;
    rows[at + 3] = 0;
    rows[at + 4] = 0;
    this.#book(event, null, PURPOSE.liquidation, null);
  }

  /**
   * Somebody else traded on the account. `isEstimated`: the execution itself is not to be had, and this one leads to
   * where the venue says that the position is.
   */
  onExternalFill(event: EngineEvent, isEstimated: boolean): void {
    if (!this.foreignIds.take(event.executionId)) return;
    const { rows } = this.#records;
    const at = this.#records.add(RECORD.external, event.symbol, null);
    rows[at] = event.side * event.qtyLots;
    rows[at + 1] = event.priceTicks;
    rows[at + 2] = event.fee;
    rows[at + 3] = isEstimated ? 1 : 0;
    rows[at + 4] = 0;
    this.#book(event, null, PURPOSE.external, isEstimated ? "estimated" : null);
  }

  /** `purpose` is that of an execution without an order; an order brings its own. */
  #book(event: EngineEvent, order: Order | null, purpose: Purpose, tag: string | null): void {
    const symbol = event.symbol;
    const position = this.#ledger.positions[symbol] as Position;
    const before = position.qtyLots;
    const clock = this.#clocks[symbol] as EngineSeries;
    const { tick } = this.#instruments[symbol] as Instrument;
    if (before !== 0 && event.lowTicks < event.highTicks) {
      const low = fromUnits(tick, event.lowTicks);
      this.#ledger.seeRange(symbol, low, fromUnits(tick, event.highTicks));
    }
    const bar = event.index >= 0 ? event.index : clock.index + 1;
    const why = order === null ? purpose : purposeOf(order, before, event.side);
    this.#ledger.book(event, bar, why, tag);
    this.#seePrice(symbol, this.#ledger.price, event);
    this.#orderManager.activityAt[symbol] = event.time;
    // The mark known last may be as old as the bar before: a position that begins is worth what it cost.
    if (before === 0) {
      const { priceTicks, referenceTicks } = event;
      this.#desk.marks[symbol] =
        referenceTicks === priceTicks ? this.#ledger.price : fromUnits(tick, referenceTicks);
    }
    const { rows } = this.#records;
    const at = this.#records.add(RECORD.ledger, symbol, order);
    rows[at] = this.#ledger.realised;
    rows[at + 1] = event.fee;
    rows[at + 2] = this.#ledger.wallet;
    rows[at + 3] = position.qtyLots;
    rows[at + 4] = 0;
    // Asked first: a read beyond the end would make an object of every time.
    const barAt = bar < clock.bars.length ? (clock.bars.time[bar] as number) : event.time;
    this.#protect(symbol, before, position, event.time, barAt, order);
    if (this.#aged !== null) this.#aged.onBooked(event, before, order);
  }

  /**
   * The price of an execution is the last price where nothing else tells one: live, a ticker does, and the stamp of an
   * execution is the venue's.
   */
  #seePrice(symbol: number, price: number, { asOf, time }: EngineEvent): void {
    if (asOf === 0) this.#risk.seePrice(symbol, price, time);
    else if (Number.isNaN(this.#desk.lastPrices[symbol]))
      this.#risk.seePrice(symbol, price, Number.NEGATIVE_INFINITY);
  }

  #protect(
    symbol: number,
    before: number,
    position: Position,
    time: number,
    barAt: number,
    order: Order | null,
  ): void {
    const after = position.qtyLots;
    const protection = this.#protections[symbol] as Protection;
    if (after === 0) {
      protection.onFlat();
      return;
    }
    const isLarger = before > 0 !== after > 0 || Math.abs(after) > Math.abs(before);
    if (order === null) {
      // What somebody else opened or enlarged stands under the rules as well; no entry of ours names prices for it.
      const side = after > 0 ? 1 : -1;
      if (isLarger) protection.onIncrease(side, position.entryPrice, time, barAt, this.#noPrices);
      return;
    }
    if (!isLarger) {
      const isDone = order.filledLots === order.qtyLots;
      if (isDone) protection.onFilledShort(order.requestId, order.purpose as Purpose, time);
      return;
    }
    protection.onIncrease(after > 0 ? 1 : -1, position.entryPrice, time, barAt, order.protection);
    this.#addRisk(symbol, before, after, order);
  }

  /** Money between the fills of the order that opened a trade and the stop that protects it. */
  #addRisk(symbol: number, before: number, after: number, order: Order): void {
    const stop = (this.#protections[symbol] as Protection).stopPrice;
    const trade = this.#ledger.trades.open[symbol] as OpenTrade;
    const isOpening = before === 0 || before > 0 !== after > 0;
    if (isOpening) trade.entryRequest = order.requestId;
    if (stop !== stop || trade.entryRequest !== order.requestId || trade.exitQty > 0) return;
    const { lot } = this.#instruments[symbol] as Instrument;
    const qty = fromUnits(lot, Math.abs(isOpening ? after : after - before));
    const risk = Math.abs(this.#ledger.price - stop) * qty;
    trade.initialRisk = Number.isNaN(trade.initialRisk) ? risk : trade.initialRisk + risk;
  }
}

/** A take-profit order that closes is an exit by its kind, whether or not it may open something too. */
function purposeOf(order: Order, before: number, side: number): Purpose {
  const { purpose, type } = order;
  if (purpose !== PURPOSE.entry || type === ORDER_TYPE.market || before * side >= 0) return purpose;
  const isTarget = type === ORDER_TYPE.takeProfitMarket || type === ORDER_TYPE.takeProfitLimit;
  return isTarget ? PURPOSE.takeProfit : purpose;
}
