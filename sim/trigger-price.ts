import { exactUnits } from "#engine/model/grid.ts";
import { TRIGGER_BY } from "#engine/model/order-terms.ts";
import type { MarkSeries } from "#sim/mark-series.ts";
import type { SimOrder } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";

/** The series that triggers the order; null for the last price, also where the named one is not known. */
export function triggerSeries(symbol: SimSymbol, order: SimOrder): MarkSeries | null {
  const { isPlain, triggerBy } = order.conditions;
  if (isPlain || triggerBy === TRIGGER_BY.last) return null;
  const series = triggerBy === TRIGGER_BY.mark ? symbol.mark : symbol.indexPrice;
  return series.isStored ? series : null;
}

/**
 * The price that triggers the order, where the last price is at `lastTicks`, in ticks (not rounded). Of another price
 * only the open is known inside a bar.
 */
export function triggerPriceAt(symbol: SimSymbol, order: SimOrder, lastTicks: number): number {
  const series = triggerSeries(symbol, order);
  if (series === null) return lastTicks;
  return exactUnits(symbol.instrument.tick, series.open);
}
