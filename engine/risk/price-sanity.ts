import { fromUnits, type Grid } from "#engine/model/grid.ts";
import type { Order } from "#engine/orders/order-store.ts";

/**
 * Whether a price that an order names lies further than `pct` percent from the last price or from the mark, or the last
 * price itself from the mark: a slipped digit, a wrong unit, a bad tick. What is not known is not compared, but an
 * order that has neither to be compared with is far off.
 */
export function isFarOff(
  order: Order,
  tick: Grid,
  last: number,
  mark: number,
  pct: number,
): boolean {
  if (last !== last && mark !== mark) return true;
  if (isApart(last, mark, pct)) return true;
  const { wantedPriceTicks, wantedTriggerTicks, conditions } = order;
  const activation = conditions.isPlain ? Number.NaN : conditions.activationTicks;
  for (const ticks of [wantedPriceTicks, wantedTriggerTicks, activation]) {
    if (ticks !== ticks) continue;
    const price = fromUnits(tick, ticks);
    if (isApart(price, last, pct) || isApart(price, mark, pct)) return true;
  }
  return false;
}

/** False where one is not known. */
function isApart(price: number, from: number, pct: number): boolean {
  return Math.abs(price - from) * 100 > from * pct;
}
