import type { VenueOrder } from "#engine/model/venue-snapshot.ts";
import type { LocalOrder } from "./local-books.ts";

/**
 * Whether size or prices of an order rest otherwise than they are known here. What it has filled is not compared: only
 * executions move that.
 */
export function orderTermsDiffer(local: LocalOrder, there: VenueOrder): boolean {
  return (
    local.qtyLots !== there.qtyLots ||
    differ(local.priceTicks, there.priceTicks) ||
    differ(local.triggerTicks, there.triggerTicks)
  );
}

/** NaN, no price, equals NaN. */
function differ(one: number, other: number): boolean {
  return one !== other && (one === one || other === other);
}
