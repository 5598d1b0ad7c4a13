import { must } from "#engine/assert.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { ORDER_TYPE, type OrderSide, type OrderType, PURPOSE } from "#engine/model/order-terms.ts";
import type { PositionSlot, VenueSymbolSettings } from "#engine/model/venue-snapshot.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import type {
  LocalBooks,
  LocalOrder,
  LocalProtection,
  PositionOrigin,
} from "#engine/reconcile/local-books.ts";
import { addTrade, type Holding, instrumentOf, PLACES } from "./model-exchange.ts";

export type ModelOrder = { -readonly [K in keyof LocalOrder]: LocalOrder[K] };

/** Books as plain data that tests write. */
export class ModelBooks implements LocalBooks {
  readonly size = PLACES.length;
  readonly holdings: Holding[] = PLACES.map(() => ({ lots: 0, entry: Number.NaN }));
  readonly stops: { ticks: number; requestId: number }[] = PLACES.map(() => ({
    ticks: Number.NaN,
    requestId: -1,
  }));
  readonly targets: LocalProtection[] = [];
  readonly orders = new Map<number, ModelOrder>();
  readonly activity: number[] = PLACES.map(() => Number.NEGATIVE_INFINITY);
  readonly leverages: number[] = PLACES.map(() => 3);
  readonly booked = new Set<number>();
  wallet = 1_000;
  lastMoneyAt = Number.NEGATIVE_INFINITY;
  #nextId = 0;

  qtyLots(index: number): number {
    return this.#holding(index).lots;
  }
  entryPrice(index: number): number {
    return this.#holding(index).entry;
  }
  slot(index: number): PositionSlot {
    return must(PLACES[index], "A place").slot;
  }
  instrument(index: number): Instrument {
    return INSTRUMENTS[index] as Instrument;
  }
  instrumentOf(symbol: string): Instrument {
    return instrumentOf(symbol);
  }
  protection(index: number): LocalProtection | null {
    const { ticks, requestId } = this.stops[index] as ModelBooks["stops"][number];
    const held = this.qtyLots(index);
    if (held === 0 || ticks !== ticks) return null;
    return {
      stopTicks: ticks,
      stopLots: Math.abs(held),
      stopRequestId: requestId,
      targetTicks: Number.NaN,
      targetLots: Number.NaN,
      targetRequestId: -1,
    };
  }
  origin(index: number): PositionOrigin {
    return { strategy: `strategy-${index}`, source: "bot", openedBy: "alice" };
  }
  settings(index: number): Omit<VenueSymbolSettings, "index"> {
    return {
      leverage: this.leverages[index] as number,
      marginMode: "isolated",
      positionMode: this.slot(index) === "net" ? "oneWay" : "hedge",
    };
  }
  working(index: number): readonly LocalOrder[] {
    return [...this.orders.values()].filter((o) => o.symbol === index && !isTerminal(o.status));
  }
  find(requestId: number): ModelOrder | undefined {
    return this.orders.get(requestId);
  }
  lastActivityAt(index: number): number {
    return this.activity[index] as number;
  }

  /** A new order that has been sent. */
  create(
    index: number,
    side: OrderSide,
    type: OrderType,
    qtyLots: number,
    triggerTicks: number,
    reduceOnly: boolean,
  ): ModelOrder {
    const requestId = this.#nextId;
    this.#nextId += 1;
    const order: ModelOrder = {
      requestId,
      strategy: 0,
      symbol: index,
      side,
      type,
      purpose: PURPOSE.stopLoss,
      status: STATUS.sent,
      qtyLots,
      filledLots: 0,
      wantedLots: qtyLots,
      priceTicks: Number.NaN,
      triggerTicks,
      reduceOnly,
      isAccepted: false,
      fenceAt: 0,
    };
    this.orders.set(requestId, order);
    return order;
  }

  /** A stop that closes what is held. */
  createStop(index: number): ModelOrder {
    const held = this.qtyLots(index);
    const { ticks } = this.stops[index] as ModelBooks["stops"][number];
    const side = held > 0 ? -1 : 1;
    return this.create(index, side, ORDER_TYPE.stopMarket, Math.abs(held), ticks, true);
  }

  trade(index: number, signedLots: number, price: number, now: number): void {
    this.wallet += addTrade(this.#holding(index), signedLots, price);
    this.activity[index] = now;
    this.lastMoneyAt = now;
  }

  #holding(index: number): Holding {
    return this.holdings[index] as Holding;
  }
}

const INSTRUMENTS = PLACES.map(({ symbol }) => instrumentOf(symbol));
