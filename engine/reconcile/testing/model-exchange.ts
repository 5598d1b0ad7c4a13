import { makeGrid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { ORDER_TYPE, type OrderSide, type OrderType } from "#engine/model/order-terms.ts";
import type {
  PositionSlot,
  VenueExecution,
  VenueOrder,
  VenueSnapshot,
} from "#engine/model/venue-snapshot.ts";

/** Two one-way symbols and one in hedge mode: every kind of place that an engine has. */
export const PLACES: readonly { readonly symbol: string; readonly slot: PositionSlot }[] = [
  { symbol: "ADAUSDT", slot: "net" },
  { symbol: "BTCUSDT", slot: "net" },
  { symbol: "ETHUSDT", slot: "long" },
  { symbol: "ETHUSDT", slot: "short" },
];
/** A symbol that the engine does not trade. */
export const FOREIGN = "XRPUSDT";

export function instrumentOf(symbol: string): Instrument {
  return {
    exchange: "bybit",
    symbol,
    tick: makeGrid(0.5),
    lot: makeGrid(0.5),
    minQty: 1,
    maxQty: Number.POSITIVE_INFINITY,
    minNotional: 0,
    maxLeverage: 100,
    tiers: [],
    isPerpetual: true,
  };
}

export interface PlaceRequest {
  readonly requestId: number;
  readonly index: number;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly qtyLots: number;
  readonly triggerTicks: number;
  readonly reduceOnly: boolean;
}

/** What the exchange tells on its stream. */
export type News =
  | { readonly kind: "accepted" | "cancelled" | "rejected"; readonly requestId: number }
  | { readonly kind: "execution"; readonly execution: VenueExecution };

export interface Holding {
  lots: number;
  entry: number;
}

const TICK = 0.5;
const LOT = 0.5;

/** Adds a trade to a holding at its average price; returns the realised profit. */
export function addTrade(holding: Holding, signedLots: number, price: number): number {
  const before = holding.lots;
  const after = before + signedLots;
  let realised = 0;
  if (before * signedLots >= 0) {
    const value = Math.abs(before) * (before === 0 ? 0 : holding.entry);
    holding.entry = (value + Math.abs(signedLots) * price) / Math.abs(after);
  } else {
    const closed = Math.min(Math.abs(before), Math.abs(signedLots));
    realised = closed * LOT * (price - holding.entry) * Math.sign(before);
    if (after === 0) holding.entry = Number.NaN;
    else if (after * before < 0) holding.entry = price;
  }
  holding.lots = after;
  return realised;
}

/** A plain exchange in memory: the truth that reconcile must find. Market orders fill whole at once, stops rest. */
export class ModelExchange {
  readonly holdings: Holding[] = PLACES.map(() => ({ lots: 0, entry: Number.NaN }));
  readonly leverages: number[] = PLACES.map(() => 3);
  /** What its lists tell; the rest it has forgotten. */
  executions: VenueExecution[] = [];
  readonly allExecutions: VenueExecution[] = [];
  readonly orders = new Map<string, VenueOrder>();
  readonly taken = new Map<number, string>();
  foreignQty = 0;
  wallet = 1_000;
  /** Orders that would have opened or enlarged a position although they were to close. */
  riskRefused = 0;
  #executionCount = 0;
  #orderCount = 0;

  place(request: PlaceRequest, now: number): readonly News[] {
    const { requestId, index, side, type, qtyLots, triggerTicks, reduceOnly } = request;
    if (this.taken.has(requestId)) return [];
    const held = (this.holdings[index] as Holding).lots;
    if (reduceOnly && type === ORDER_TYPE.market && held * side >= 0) {
      if (held !== 0) this.riskRefused += 1;
      return [{ kind: "rejected", requestId }];
    }
    this.#orderCount += 1;
    const venueOrderId = `v${this.#orderCount}`;
    this.taken.set(requestId, venueOrderId);
    const accepted: News = { kind: "accepted", requestId };
    if (type === ORDER_TYPE.market) {
      const lots = reduceOnly ? Math.min(qtyLots, Math.abs(held)) : qtyLots;
      return [accepted, this.trade(index, side * lots, requestId, venueOrderId, now)];
    }
    this.orders.set(venueOrderId, {
      index,
      symbol: (PLACES[index] as (typeof PLACES)[number]).symbol,
      requestId,
      clientId: `c${requestId}`,
      venueOrderId,
      side,
      type,
      qtyLots,
      filledLots: 0,
      priceTicks: Number.NaN,
      triggerTicks,
      reduceOnly,
    });
    return [accepted];
  }

  /** An order that a person placed. */
  placeForeign(index: number, now: number): void {
    const id = -1 - this.#orderCount;
    const type = ORDER_TYPE.stopMarket;
    this.place(
      { requestId: id, index, side: 1, type, qtyLots: 1, triggerTicks: 900, reduceOnly: false },
      now,
    );
    const made = [...this.orders.values()].at(-1) as VenueOrder;
    this.orders.set(made.venueOrderId, { ...made, requestId: -1, clientId: "" });
  }

  /** Ends an order that rests; tells so if it is one of ours. */
  cancel(venueOrderId: string): readonly News[] {
    const order = this.orders.get(venueOrderId);
    if (order === undefined) return [];
    this.orders.delete(venueOrderId);
    return order.requestId < 0 ? [] : [{ kind: "cancelled", requestId: order.requestId }];
  }

  /** The trigger of a stop is reached. */
  trigger(venueOrderId: string, now: number): readonly News[] {
    const order = this.orders.get(venueOrderId);
    if (order === undefined) return [];
    this.orders.delete(venueOrderId);
    const { index, side, requestId, qtyLots } = order;
    const held = (this.holdings[index] as Holding).lots;
    const lots = order.reduceOnly
      ? held * side < 0
        ? Math.min(qtyLots, Math.abs(held))
        : 0
      : qtyLots;
    if (lots === 0) return requestId < 0 ? [] : [{ kind: "cancelled", requestId }];
    const news: News[] = [this.trade(index, side * lots, requestId, venueOrderId, now)];
    if (lots < qtyLots && requestId >= 0) news.push({ kind: "cancelled", requestId });
    return news;
  }

  /** A trade on the account, by an order of ours or (−1) by somebody else. */
  trade(
    index: number,
    signedLots: number,
    requestId: number,
    venueOrderId: string,
    now: number,
  ): News {
    this.#executionCount += 1;
    const priceTicks = 200 + (this.#executionCount % 7);
    this.wallet += addTrade(this.holdings[index] as Holding, signedLots, priceTicks * TICK);
    const execution: VenueExecution = {
      index,
      symbol: (PLACES[index] as (typeof PLACES)[number]).symbol,
      executionId: this.#executionCount,
      requestId,
      venueOrderId,
      side: signedLots > 0 ? 1 : -1,
      qtyLots: Math.abs(signedLots),
      priceTicks,
      isMaker: false,
      fee: 0,
      time: now,
      cause: "trade",
    };
    this.executions.push(execution);
    this.allExecutions.push(execution);
    return { kind: "execution", execution };
  }

  /** The account as it is now. */
  cut(beganAt: number, executionsFrom: number): VenueSnapshot {
    return {
      beganAt,
      asOf: beganAt,
      positions: [
        ...this.holdings.flatMap(({ lots, entry }, index) =>
          lots === 0
            ? []
            : [
                {
                  index,
                  ...(PLACES[index] as (typeof PLACES)[number]),
                  qtyLots: lots,
                  qty: lots * LOT,
                  entryPrice: entry,
                  markPrice: 100,
                  openedAt: Number.NaN,
                  hasTrailingStop: false,
                },
              ],
        ),
        ...(this.foreignQty === 0
          ? []
          : [
              {
                index: -1,
                symbol: FOREIGN,
                slot: "net" as const,
                qtyLots: Number.NaN,
                qty: this.foreignQty,
                entryPrice: 1,
                markPrice: 1,
                openedAt: Number.NaN,
                hasTrailingStop: false,
              },
            ]),
      ],
      orders: [...this.orders.values()],
      executions: this.executions.filter(({ time }) => time >= executionsFrom),
      executionsFrom,
      wallet: this.wallet,
      settings: this.leverages.map((leverage, index) => ({
        index,
        leverage,
        marginMode: "isolated",
        positionMode:
          (PLACES[index] as (typeof PLACES)[number]).slot === "net" ? "oneWay" : "hedge",
      })),
    };
  }
}
