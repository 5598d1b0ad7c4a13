import { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import { Outbox } from "#engine/model/command.ts";
import { EngineEvent, EVENT, type EventKind } from "#engine/model/event.ts";
import { makeGrid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { ORDER_TYPE, type OrderSide, type OrderType, PURPOSE } from "#engine/model/order-terms.ts";
import { OrderManager } from "#engine/orders/order-manager.ts";
import { OrderNews } from "#engine/orders/order-news.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import { RESOLVE_TERMS } from "#engine/orders/unresolved-orders.ts";
import { RecordLog } from "#engine/records/record-log.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import { RiskManager, type RiskState } from "#engine/risk/risk-manager.ts";

export const PRICE = 100;
const LEG = PURPOSE.entry;

export interface Wish {
  readonly type?: OrderType;
  /** Ticks of 1. */
  readonly price?: number;
  readonly trigger?: number;
  readonly reduceOnly?: boolean;
}

function instrumentOf(symbol: string): Instrument {
  return {
    exchange: "bybit",
    symbol,
    tick: makeGrid(1),
    lot: makeGrid(1),
    minQty: 0,
    maxQty: Number.POSITIVE_INFINITY,
    minNotional: 0,
    maxLeverage: 100,
    tiers: [],
    isPerpetual: true,
  };
}

/**
 * Orders, ledger and risk without the rest of an engine: a tick and a lot are 1, prices stand at 100, and the test is
 * the venue. Two slots of one name are the two sides of a hedged symbol.
 */
export class RiskRig {
  readonly ledger: Ledger;
  readonly risk: RiskManager;
  readonly orders: OrderManager;
  readonly outbox = new Outbox();
  readonly #records = new RecordLog(() => {});
  readonly #event = new EngineEvent();
  readonly #news: OrderNews;

  constructor(limits: RiskLimits, symbols: readonly string[] = ["BTC"], balance = 100_000) {
    const instruments = symbols.map(instrumentOf);
    this.ledger = new Ledger(instruments, balance, 1);
    this.risk = new RiskManager({ instruments, ledger: this.ledger, limits });
    const { outbox, risk } = this;
    this.orders = new OrderManager({ instruments, outbox, records: this.#records, risk });
    this.#news = new OrderNews(this.orders, RESOLVE_TERMS);
    for (let slot = 0; slot < symbols.length; slot++) this.setPrice(slot, PRICE);
  }

  get now(): number {
    return this.#records.now;
  }
  set now(time: number) {
    this.#records.now = time;
  }

  lots(slot = 0): number {
    return (this.ledger.positions[slot] as Position).qtyLots;
  }

  setPrice(slot: number, price: number): void {
    this.risk.lastPrices[slot] = price;
    this.risk.marks[slot] = price;
    this.risk.priceAsOf[slot] = this.now;
  }

  place(slot: number, side: OrderSide, lots: number, wish: Wish = {}): Order {
    const { type = ORDER_TYPE.market, reduceOnly = false } = wish;
    const order = this.orders.intend(1, slot, type, side, lots, LEG);
    order.priceTicks = wish.price ?? Number.NaN;
    order.triggerTicks = wish.trigger ?? Number.NaN;
    order.reduceOnly = reduceOnly;
    this.orders.send(order);
    return order;
  }

  /** Places, has it taken, and fills it whole. */
  open(slot: number, side: OrderSide, lots: number): Order {
    const order = this.place(slot, side, lots);
    this.say(EVENT.orderAccepted, order);
    this.fill(order, lots);
    return order;
  }

  amend(order: Order, lots: number, price: number = Number.NaN): boolean {
    return this.orders.amend(order, lots, price, Number.NaN);
  }

  /** The venue's news of an order. */
  say(kind: EventKind, order: Order, fields: Partial<EngineEvent> = {}): void {
    const { symbol, requestId } = order;
    Object.assign(
      this.#event,
      new EngineEvent(),
      { kind, symbol, requestId, time: this.now },
      fields,
    );
    this.#news.onNews(this.#event, order);
  }

  /** An execution, as the engine books it. */
  fill(order: Order, lots: number, price: number = PRICE): void {
    order.filledLots += lots;
    const isDone = order.filledLots === order.qtyLots;
    this.orders.transition(order, isDone ? STATUS.filled : STATUS.partiallyFilled, 0);
    this.execute(order.symbol, order.side, lots, price);
  }

  /** An execution that no order of ours explains. */
  execute(slot: number, side: OrderSide, lots: number, price: number = PRICE): void {
    const event = new EngineEvent();
    event.symbol = slot;
    event.side = side;
    event.qtyLots = lots;
    event.priceTicks = price;
    event.referenceTicks = price;
    event.time = this.now;
    this.ledger.book(event, 0, LEG, null);
  }

  /** Kinds of commands and their orders since the last look. */
  commands(): readonly (readonly [kind: number, requestId: number])[] {
    const { length } = this.outbox;
    const taken = Array.from({ length }, (_, at) => {
      const { kind, requestId } = this.outbox.at(at);
      return [kind, requestId] as const;
    });
    this.outbox.clear();
    return taken;
  }

  /** Everything that a journal keeps of risk, through JSON and back, as after a crash. */
  restart(): void {
    this.risk.restore(JSON.parse(JSON.stringify(this.risk.state(this.now))) as RiskState);
  }
}
