import { assert } from "#engine/assert.ts";
import type { Executions } from "#engine/executions.ts";
import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import { toUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { BUY, LIQUIDITY, ORDER_TYPE, PURPOSE, SELL } from "#engine/model/order-terms.ts";
import type { VenueExecution, VenueOrder, VenuePosition } from "#engine/model/venue-snapshot.ts";
import type { Desk } from "#engine/orders/desk.ts";
import { ENGINE_STRATEGY } from "#engine/orders/engine-strategy.ts";
import type { OrderManager } from "#engine/orders/order-manager.ts";
import type { OrderNews } from "#engine/orders/order-news.ts";
import { RECORD, type RecordLog } from "#engine/records/record-log.ts";
import type { RiskManager } from "#engine/risk/risk-manager.ts";
import type { Protection } from "#engine/rules/protection.ts";
import type { RowChange } from "./active-positions.ts";
import type { FindingNote, ReconcileDesk } from "./reconcile-desk.ts";

export interface EngineDeskParts {
  readonly instruments: readonly Instrument[];
  readonly ledger: Ledger;
  readonly records: RecordLog;
  readonly orderManager: OrderManager;
  readonly orderNews: OrderNews;
  readonly executions: Executions;
  readonly desk: Desk;
  readonly protections: readonly Protection[];
  readonly risk: RiskManager;
}

/** What reconcile does to an engine: bookings through the ordinary books, requests through the ordinary order path. */
export class EngineDesk implements ReconcileDesk {
  /** What was found and written since the driver asked last; empty where nobody keeps a journal. */
  readonly notes: (FindingNote | RowChange)[] = [];
  readonly #parts: EngineDeskParts;
  readonly #isBarred: (index: number) => boolean;

  /** @param isBarred whether a finding of reconcile still bars new risk from an index */
  constructor(parts: EngineDeskParts, isBarred: (index: number) => boolean) {
    this.#parts = parts;
    this.#isBarred = isBarred;
  }

  bookMissedFill(execution: VenueExecution): void {
    this.#parts.executions.onMissedFill(this.#eventOf(execution));
  }

  bookExternalExecution(execution: VenueExecution): void {
    const event = this.#eventOf(execution);
    if (execution.cause === "liquidation") this.#parts.executions.onLiquidated(event);
    else this.#parts.executions.onExternalFill(event, false);
  }

  bookEstimatedClose(index: number, _reason: string): void {
    this.#bookEstimated(index, -this.#held(index), this.#lastPrice(index));
  }

  setPosition(position: VenuePosition, _reason: string): void {
    const { index, qtyLots, entryPrice } = position;
    const here = this.#held(index);
    const staysOnSide = here !== 0 && here > 0 === qtyLots > 0;
    if (here !== 0 && !staysOnSide) this.#bookEstimated(index, -here, this.#lastPrice(index));
    const left = staysOnSide ? here : 0;
    if (Math.abs(qtyLots) < Math.abs(left)) {
      this.#bookEstimated(index, qtyLots - left, this.#lastPrice(index));
    } else if (qtyLots !== left) {
      const price = Number.isFinite(entryPrice) ? entryPrice : this.#lastPrice(index);
      this.#bookEstimated(index, qtyLots - left, price);
    }
    if (Number.isFinite(entryPrice)) this.#parts.ledger.adoptEntry(index, entryPrice);
  }

  doubtOrder(requestId: number): void {
    const order = this.#parts.orderManager.store.find(requestId);
    if (order !== undefined) this.#parts.orderNews.doubt(order);
  }

  endOrder(requestId: number, _reason: string): void {
    const order = this.#parts.orderManager.store.find(requestId);
    if (order === undefined) return;
    (this.#parts.protections[order.symbol] as Protection).onGone(requestId);
    this.#parts.orderNews.onGone(order);
  }

  adoptOrderTerms(found: VenueOrder): void {
    const order = this.#parts.orderManager.store.find(found.requestId);
    if (order === undefined) return;
    const { qtyLots, priceTicks, triggerTicks } = found;
    this.#parts.orderNews.onTerms(order, qtyLots, priceTicks, triggerTicks);
  }

  cancelOrder(requestId: number): void {
    const order = this.#parts.orderManager.store.find(requestId);
    if (order !== undefined) this.#parts.orderManager.cancel(order);
  }

  /** Nothing is sent to a contract that is not traded here: what was found of it stays told. */
  cancelVenueOrder({ index, requestId, clientId, venueOrderId }: VenueOrder): void {
    if (index < 0) return;
    this.#parts.orderManager.cancelForeign(index, requestId, clientId, venueOrderId);
  }

  closeReduceOnly({ index, qtyLots }: VenuePosition): void {
    if (index < 0) return;
    const { orderManager, desk } = this.#parts;
    const side = qtyLots > 0 ? SELL : BUY;
    const lots = Math.abs(qtyLots);
    const { market } = ORDER_TYPE;
    const { flatten } = PURPOSE;
    const order = orderManager.intend(ENGINE_STRATEGY, index, market, side, lots, flatten);
    order.reduceOnly = true;
    order.tag = "reconcile";
    desk.protective.sendClose(order);
  }

  restoreProtection(index: number): void {
    const { orderManager, protections } = this.#parts;
    (protections[index] as Protection).restore(orderManager.now);
  }

  applySettings(index: number): void {
    const { desk, orderManager } = this.#parts;
    orderManager.configure(index, desk.wantedLeverage[index] as number, 0);
  }

  adoptBalance(wallet: number): void {
    const { ledger, records, risk } = this.#parts;
    const amount = wallet - ledger.wallet;
    ledger.transfer(amount);
    risk.onTransfer(amount);
    const { rows } = records;
    const at = records.add(RECORD.transfer, 0, null);
    rows[at] = amount;
    rows[at + 1] = ledger.wallet;
    rows[at + 2] = 0;
    rows[at + 3] = 0;
    rows[at + 4] = 0;
  }

  quarantine(index: number, reason: string): void {
    const { risk, orderManager } = this.#parts;
    risk.latches.quarantine(this.#symbol(index), reason, orderManager.now);
  }

  /** The latch is of the symbol: in hedge mode its other side may still need it. */
  release(index: number): void {
    const symbol = this.#symbol(index);
    const { instruments, risk } = this.#parts;
    const isNeeded = instruments.some((one, at) => one.symbol === symbol && this.#isBarred(at));
    if (!isNeeded) risk.latches.clearQuarantine(symbol);
  }

  halt(index: number, reason: string): void {
    const { risk, orderManager } = this.#parts;
    if (index < 0) risk.halt(reason, orderManager.now);
    else risk.haltSymbol(this.#symbol(index), reason, orderManager.now);
  }

  note(note: FindingNote): void {
    this.notes.push(note);
  }

  noteRow(change: RowChange): void {
    this.notes.push(change);
  }

  /** An execution that leads to where the venue says that the position is. */
  #bookEstimated(index: number, signedLots: number, price: number): void {
    assert(signedLots !== 0, () => "An estimated execution moves something");
    const { tick } = this.#instrument(index);
    const event = this.#event(index);
    event.side = signedLots > 0 ? BUY : SELL;
    event.qtyLots = Math.abs(signedLots);
    event.priceTicks = Math.max(1, toUnits(tick, price));
    event.referenceTicks = event.priceTicks;
    this.#parts.executions.onExternalFill(event, true);
  }

  #eventOf(execution: VenueExecution): EngineEvent {
    const event = this.#event(execution.index);
    event.requestId = execution.requestId;
    event.executionId = execution.executionId;
    event.asOf = execution.time;
    event.side = execution.side;
    event.qtyLots = execution.qtyLots;
    event.priceTicks = execution.priceTicks;
    event.referenceTicks = execution.priceTicks;
    event.liquidity = execution.isMaker ? LIQUIDITY.maker : LIQUIDITY.taker;
    event.fee = execution.fee;
    return event;
  }

  #event(index: number): EngineEvent {
    const event = new EngineEvent();
    event.kind = EVENT.orderPartiallyFilled;
    event.time = this.#parts.orderManager.now;
    event.symbol = index;
    event.index = -1;
    return event;
  }

  /** The price known last; of a position without one its entry. */
  #lastPrice(index: number): number {
    const last = this.#parts.desk.lastPrices[index] as number;
    return last > 0 ? last : (this.#parts.ledger.positions[index] as Position).entryPrice;
  }

  #held(index: number): number {
    return (this.#parts.ledger.positions[index] as Position).qtyLots;
  }

  #instrument(index: number): Instrument {
    return this.#parts.instruments[index] as Instrument;
  }

  #symbol(index: number): string {
    return this.#instrument(index).symbol;
  }
}
