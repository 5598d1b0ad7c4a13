import { exactUnits } from "#engine/model/grid.ts";
import { ANY_ORDER, actsOn } from "#sim/bar-path.ts";
import type { MarkSeries } from "#sim/mark-series.ts";
import { PHASE, type Phase, type SimOrder } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";
import { triggerSeries } from "#sim/trigger-price.ts";

/** What the path meets next. `order` is null for the liquidation of the position. Reused: read it at once. */
export interface Hit {
  order: SimOrder | null;
  level: number;
}

const found: { order: SimOrder | null; level: number } = { order: null, level: 0 };

/**
 * The first thing that acts on the way from the symbol's price to `target` (ticks), or null. The nearest level acts
 * first; at the same level liquidation, then stops, then the order that came first. When the bar has no volume left
 * limits are passed by; triggers still act on touch, and what they set off waits for the next bar. Orders that came
 * after `newestOrder` do not act; liquidation acts where every order does.
 */
export function nextHit(
  symbol: SimSymbol,
  target: number,
  through: number,
  newestOrder: number,
): Hit | null {
  const at = symbol.atTicks;
  let best = Number.POSITIVE_INFINITY;
  let bestRank = 0;
  let hit: SimOrder | null = null;
  let isHit = false;
  let level = 0;
  const liquidation = newestOrder === ANY_ORDER ? liquidationLevel(symbol, at, target) : Number.NaN;
  if (liquidation === liquidation) {
    isHit = true;
    level = liquidation;
    best = Math.abs(liquidation - at);
    bestRank = -1;
  }
  const hasVolume = symbol.capacityLots > 0;
  for (const order of symbol.orders) {
    if (!actsOn(newestOrder, order)) continue;
    const isLimit = order.phase === PHASE.limit;
    if (isLimit && !hasVolume) continue;
    const reached = levelReached(symbol, order, order.phase, at, target, through);
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

/**
 * The price in ticks at which the order acts on the way from `at` to `target`; NaN when it does not. A way that ends
 * where it begins goes up as well as down: a bar that opens at its high is at its high.
 */
export function levelReached(
  symbol: SimSymbol,
  order: SimOrder,
  phase: Phase,
  at: number,
  target: number,
  through: number,
): number {
  const rises = target >= at;
  const falls = target <= at;
  if (phase === PHASE.limit) {
    const price = order.priceTicks;
    if (order.side > 0) {
      // Buys fill below: on the way down, once the price has traded through.
      return falls && target <= price - through ? Math.min(at, price) : Number.NaN;
    }
    return rises && target >= price + through ? Math.max(at, price) : Number.NaN;
  }
  // A market order that found no volume at the open waits for the next bar.
  if (phase === PHASE.market) return Number.NaN;
  const trigger = order.triggerTicks;
  if (!order.conditions.isPlain) {
    const series = triggerSeries(symbol, order);
    if (series !== null) return levelOfSeries(symbol, order, series, at, target);
  }
  if (order.triggersOnRise) {
    return rises && target >= trigger ? Math.max(at, trigger) : Number.NaN;
  }
  return falls && target <= trigger ? Math.min(at, trigger) : Number.NaN;
}

/**
 * Another price than the last one sets the order off. A candle does not tell when that price was where; only the leg
 * to the extreme of the same direction carries it there, as with liquidation, and the last price is then as near to
 * the trigger as the bar allows.
 */
function levelOfSeries(
  symbol: SimSymbol,
  order: SimOrder,
  series: MarkSeries,
  at: number,
  target: number,
): number {
  const { tick } = symbol.instrument;
  const trigger = order.triggerTicks;
  if (order.triggersOnRise) {
    const reached = exactUnits(tick, series.high) >= trigger;
    if (!reached || target !== symbol.highTicks || target < at) return Number.NaN;
    return Math.max(at, Math.min(trigger, target));
  }
  const reached = exactUnits(tick, series.low) <= trigger;
  if (!reached || target !== symbol.lowTicks || target > at) return Number.NaN;
  return Math.min(at, Math.max(trigger, target));
}

/** Where on this leg the mark liquidates the position, in ticks of the price path; NaN when it does not. */
function liquidationLevel(symbol: SimSymbol, at: number, target: number): number {
  const lots = symbol.position.qtyLots;
  if (lots === 0 || (lots > 0 ? target > at : target < at)) return Number.NaN;
  const price = symbol.liquidationInside;
  if (price !== price) return Number.NaN;
  const level = exactUnits(symbol.instrument.tick, price);
  if (symbol.mark.isStored) {
    const reached = lots > 0 ? symbol.mark.low <= price : symbol.mark.high >= price;
    // Only the leg to the extreme carries the mark there; later legs do not reach it again.
    const extreme = lots > 0 ? symbol.lowTicks : symbol.highTicks;
    if (!reached || target !== extreme) return Number.NaN;
  } else if (lots > 0 ? target > level : target < level) {
    return Number.NaN;
  }
  return lots > 0 ? Math.min(at, Math.max(level, target)) : Math.max(at, Math.min(level, target));
}
