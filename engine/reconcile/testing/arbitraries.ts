import * as fc from "fast-check";
import { ORDER_TYPE, type OrderSide } from "#engine/model/order-terms.ts";
import type { VenueOrder, VenuePosition, VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { STATUS, type Status } from "#engine/orders/order-status.ts";
import type { InFlight } from "#engine/reconcile/in-flight.ts";
import { ModelBooks } from "./model-books.ts";
import { FOREIGN, PLACES } from "./model-exchange.ts";

/** Books, a cut and what is in flight, small enough that everything meets everything. */
export interface Pairing {
  readonly books: ModelBooks;
  readonly cut: VenueSnapshot;
  readonly inFlight: InFlight;
}

export const BEGAN_AT = 1_000;
export const NOW = 1_100;
export const STUCK_GRACE_MS = 50;

const lots = fc.integer({ min: -3, max: 3 });
const side = fc.constantFrom<OrderSide>(1, -1);
const status = fc.constantFrom<Status>(
  STATUS.sent,
  STATUS.accepted,
  STATUS.accepted,
  STATUS.partiallyFilled,
  STATUS.amending,
  STATUS.unknown,
  STATUS.filled,
  STATUS.cancelled,
);

const place = fc.record({
  here: lots,
  /** The venue's lots; null: the same as here. */
  there: fc.option(lots),
  entryOffset: fc.constantFrom(0, 0, 0.5, 0.6, 2),
  isActive: fc.boolean(),
  fills: fc.array(fc.constantFrom(-2, -1, 1, 2), { maxLength: 3 }),
  stopTicks: fc.constantFrom(Number.NaN, 90, 90),
  leverage: fc.constantFrom(3, 3, 3, 5, Number.NaN),
});

const order = fc.record({
  index: fc.nat(PLACES.length - 1),
  side,
  status,
  qtyLots: fc.integer({ min: 1, max: 3 }),
  reduceOnly: fc.boolean(),
  isThere: fc.boolean(),
  isHere: fc.constantFrom(true, true, true, false),
  triggerOffset: fc.constantFrom(0, 0, 0, 1),
  fenceAt: fc.constantFrom(1_000, 1_060),
  isStop: fc.boolean(),
});

type Places = readonly (typeof place extends fc.Arbitrary<infer T> ? T : never)[];
type Orders = readonly (typeof order extends fc.Arbitrary<infer T> ? T : never)[];

/** The same without differing positions and unresolved orders, behind which others would not be met. */
function calmed<P extends Places, O extends Orders>({ places, orders }: { places: P; orders: O }) {
  return {
    places: places.map((one) => ({ ...one, there: null, entryOffset: 0 })),
    orders: orders.map((one) => ({ ...one, status: STATUS.accepted })),
  };
}

/** Any books against any cut. */
export const pairings: fc.Arbitrary<Pairing> = fc
  .record({
    places: fc.tuple(place, place, place, place),
    orders: fc.array(order, { maxLength: 6 }),
    foreignOrders: fc.array(fc.tuple(fc.integer({ min: -1, max: 3 }), fc.boolean(), fc.boolean()), {
      maxLength: 2,
    }),
    foreignQty: fc.constantFrom(0, 0, 0.25, -7),
    walletOffset: fc.constantFrom(0, 0, 0.004, 5),
    hasMoneyMoved: fc.boolean(),
    isCalm: fc.boolean(),
  })
  .map(({ isCalm, ...all }) => (isCalm ? { ...all, ...calmed(all) } : all))
  .map(({ places, orders, foreignOrders, foreignQty, walletOffset, hasMoneyMoved }) => {
    const books = new ModelBooks();
    const positions: VenuePosition[] = [];
    places.forEach(({ here, there, entryOffset, isActive, stopTicks }, index) => {
      const holding = books.holdings[index];
      if (holding === undefined) return;
      holding.lots = here;
      holding.entry = here === 0 ? Number.NaN : 100;
      books.activity[index] = isActive ? BEGAN_AT : BEGAN_AT - 1;
      const stop = books.stops[index];
      if (stop !== undefined) stop.ticks = stopTicks;
      const qtyLots = there ?? here;
      if (qtyLots !== 0) positions.push(positionAt(index, qtyLots, 100 + entryOffset));
    });
    if (foreignQty !== 0) positions.push({ ...positionAt(-1, Number.NaN, 1), qty: foreignQty });
    const resting: VenueOrder[] = [];
    for (const terms of orders) {
      const trigger = 90;
      const made = books.create(
        terms.index,
        terms.side,
        ORDER_TYPE.stopMarket,
        terms.qtyLots,
        trigger,
        terms.reduceOnly,
      );
      made.status = terms.status;
      made.fenceAt = terms.fenceAt;
      const stop = books.stops[terms.index];
      if (terms.isStop && stop !== undefined) stop.requestId = made.requestId;
      if (terms.isThere) {
        resting.push({
          ...restingOrder(terms.index, made.requestId, `v${made.requestId}`),
          side: terms.side,
          qtyLots: terms.qtyLots,
          triggerTicks: trigger + terms.triggerOffset,
          reduceOnly: terms.reduceOnly,
        });
      }
      if (!terms.isHere) books.orders.delete(made.requestId);
    }
    foreignOrders.forEach(([index, reduceOnly, isChild], at) => {
      const parentRequestId = isChild ? 0 : undefined;
      resting.push({ ...restingOrder(index, -1, `f${at}`), reduceOnly, parentRequestId });
    });
    books.lastMoneyAt = hasMoneyMoved ? BEGAN_AT : BEGAN_AT - 1;
    return {
      books,
      cut: {
        beganAt: BEGAN_AT,
        asOf: BEGAN_AT,
        positions,
        orders: resting,
        executions: [],
        executionsFrom: 0,
        wallet: books.wallet + walletOffset,
        settings: places.map(({ leverage }, index) => ({
          index,
          leverage,
          marginMode: "isolated" as const,
          positionMode: books.settings(index).positionMode,
        })),
      },
      inFlight: {
        now: NOW,
        stuckGraceMs: STUCK_GRACE_MS,
        newerFills: (index) => places[index]?.fills ?? [],
      },
    };
  });

export function positionAt(index: number, qtyLots: number, entryPrice: number): VenuePosition {
  return {
    index,
    ...(PLACES[index] ?? { symbol: FOREIGN, slot: "net" }),
    qtyLots,
    qty: qtyLots * 0.5,
    entryPrice,
    markPrice: 100,
    openedAt: Number.NaN,
    hasTrailingStop: false,
  };
}

export function restingOrder(index: number, requestId: number, venueOrderId: string): VenueOrder {
  return {
    index,
    symbol: PLACES[index]?.symbol ?? FOREIGN,
    requestId,
    clientId: "",
    venueOrderId,
    side: 1,
    type: ORDER_TYPE.stopMarket,
    qtyLots: 1,
    filledLots: 0,
    priceTicks: Number.NaN,
    triggerTicks: 90,
    reduceOnly: false,
  };
}
