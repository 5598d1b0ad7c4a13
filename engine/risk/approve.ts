import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { ORDER_TYPE, REJECT, type RejectCode } from "#engine/model/order-terms.ts";
import type { Order } from "#engine/orders/order-store.ts";

declare const approved: unique symbol;

/** An order that risk has let through. Only such an order can be sent. */
export type Approved = Order & { readonly [approved]: true };

/**
 * Checks an intent before anything is written or sent. What a venue checks again (margin, price bands) is not
 * repeated here; what could not be corrected afterwards is.
 */
export function approve(order: Order, instrument: Instrument, lastPrice: number): RejectCode {
  const qty = fromUnits(instrument.lot, order.qtyLots);
  if (order.qtyLots <= 0 || qty < instrument.minQty) return REJECT.belowMinQty;
  if (qty > instrument.maxQty) return REJECT.aboveMaxQty;
  const price =
    order.type === ORDER_TYPE.limit ? fromUnits(instrument.tick, order.priceTicks) : lastPrice;
  if (!(price > 0)) return REJECT.outsidePriceBand;
  if (!order.reduceOnly && qty * price < instrument.minNotional) return REJECT.belowMinNotional;
  return REJECT.none;
}

/** Brands an order whose check gave no reason against it. */
export function asApproved(order: Order): Approved {
  return order as Approved;
}
