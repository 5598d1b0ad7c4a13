import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import { type SimOrder, triggersOnRise } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";

/** What the path meets next. `order` is null for the liquidation of the position. Reused: read it at once. */
export interface Hit {
  order: SimOrder | null;
  level: number;
}

const found: { order: SimOrder | null; level: number } = { order: null, level: 0 };

/**
 * The first thing that acts on the way from the symbol's price to `target` (ticks), or null. The nearest level acts
 * first; at the same level liquidation, then stops, then the order that came first. When the bar has no volume left
 * limits are passed by; triggers still act on touch, and what they set off waits for the next bar.
 */
export function nextHit(symbol: SimSymbol, target: number, through: number): Hit | null {
  const at = symbol.atTicks;
  const rising = target > at;
  let best = Number.POSITIVE_INFINITY;
  let bestRank = 0;
  let hit: SimOrder | null = null;
  let isHit = false;
  let level = 0;
  const liquidation = liquidationLevel(symbol, target, rising);
  if (liquidation === liquidation) {
    isHit = true;
    level = liquidation;
    best = Math.abs(liquidation - at);
    bestRank = -1;
  }
  const hasVolume = symbol.capacityLots > 0;
  for (const order of symbol.orders) {
    const isLimit = order.type === ORDER_TYPE.limit;
    if (isLimit && !hasVolume) continue;
    const reached = levelOf(order, at, target, rising, through);
    if (reached !== reached) continue;
    const distance = Math.abs(reached - at);
    const rank = isLimit ? 1 : 0;
    if (distance < best || (distance === best && rank < bestRank)) {
      best = distance;
      bestRank = rank;
      hit = order;
      isHit = true;
      level = reached;
    }
  }
  if (!isHit) return null;
  found.order = hit;
  found.level = level;
  return found;
}

/** The price in ticks at which the order acts on this leg of the path; NaN when it does not. */
function levelOf(
  order: SimOrder,
  at: number,
  target: number,
  rising: boolean,
  through: number,
): number {
  if (order.type === ORDER_TYPE.limit) {
    const price = order.priceTicks;
    if (order.side > 0) {
      // Buys fill below: on the way down, once the price has traded through.
      return !rising && target <= price - through ? Math.min(at, price) : Number.NaN;
    }
    return rising && target >= price + through ? Math.max(at, price) : Number.NaN;
  }
  // A market order that found no volume at the open waits for the next bar.
  if (order.isMarket) return Number.NaN;
  const trigger = order.triggerTicks;
  if (triggersOnRise(order)) {
    return rising && target >= trigger ? Math.max(at, trigger) : Number.NaN;
  }
  return !rising && target <= trigger ? Math.min(at, trigger) : Number.NaN;
}

/** Where on this leg the mark liquidates the position, in ticks of the price path; NaN when it does not. */
function liquidationLevel(symbol: SimSymbol, target: number, rising: boolean): number {
  const lots = symbol.position.qtyLots;
  if (lots === 0 || lots > 0 === rising) return Number.NaN;
  const price = symbol.liquidation;
  const { denominator, numerator } = symbol.instrument.tick;
  const level = (price * denominator) / numerator;
  if (symbol.mark.isStored) {
    const reached = lots > 0 ? symbol.mark.low <= price : symbol.mark.high >= price;
    // Only the leg to the extreme carries the mark there; later legs do not reach it again.
    const extreme = lots > 0 ? symbol.lowTicks : symbol.highTicks;
    if (!reached || target !== extreme) return Number.NaN;
  } else if (lots > 0 ? target > level : target < level) {
    return Number.NaN;
  }
  return lots > 0
    ? Math.min(symbol.atTicks, Math.max(level, target))
    : Math.max(symbol.atTicks, Math.min(level, target));
}
