import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { hasLimitPrice, REJECT, type RejectCode } from "#engine/model/order-terms.ts";
import type { Order } from "#engine/orders/order-store.ts";

declare const approved: unique symbol;

/** An order whose wanted size and price risk has let through. Only such an order is sent or amended. */
export type Approved = Order & { readonly [approved]: true };

/**
 * Checks what an order wants, new or changed, before anything is sent; returns the reason against it when there is
 * one. What a venue checks again (margin, price bands) is not repeated here; what could not be corrected afterwards
 * is. What only reduces is never refused for its size, nor because no price is known: a position larger than the
 * largest order, or smaller than the smallest, must not stay without its stop. `lastPrice` in quote units values
 * orders that name no price. The limits of the account are `risk-manager.ts`.
 */
export function approve(
  order: Order,
  instrument: Instrument,
  lastPrice: number,
): Approved | RejectCode {
  if (!(order.wantedLots > 0)) return REJECT.belowMinQty;
  const isLimit = hasLimitPrice(order.type);
  const price = isLimit ? fromUnits(instrument.tick, order.wantedPriceTicks) : lastPrice;
  if (order.reduceOnly) {
    return isLimit && !(price > 0) ? REJECT.outsidePriceBand : (order as Approved);
  }
  if (!(price > 0)) return REJECT.outsidePriceBand;
  const qty = fromUnits(instrument.lot, order.wantedLots);
  if (qty < instrument.minQty) return REJECT.belowMinQty;
  if (qty > instrument.maxQty) return REJECT.aboveMaxQty;
  if (qty * price < instrument.minNotional) return REJECT.belowMinNotional;
  return order as Approved;
}
