import type { BarPath } from "#sim/bar-path.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";
import type { IntrabarMode } from "#sim/venue-settings.ts";

/**
 * The order in which a bar visits its extremes. A candle does not tell, so the mode decides:
 * `worst` takes the extreme that hurts the position first, `best` the one that helps it; without a position both
 * fall back to `adaptive`. `adaptive` takes the extreme nearer to the open first, the low at a tie. Under
 * `detail` every finer candle is walked as `worst`.
 */
function visitsHighFirst(mode: IntrabarMode, symbol: SimSymbol): boolean {
  const lots = symbol.position.qtyLots;
  switch (mode) {
    case "ohlc":
      return true;
    case "olhc":
      return false;
    case "worst":
    case "detail":
      return lots === 0 ? nearerToHigh(symbol) : lots < 0;
    case "best":
      return lots === 0 ? nearerToHigh(symbol) : lots > 0;
    case "adaptive":
      return nearerToHigh(symbol);
    default:
      return nearerToHigh(symbol);
  }
}

/** The path through the bar that is open, as its inside begins. */
export function startPath(
  path: BarPath,
  mode: IntrabarMode,
  symbol: SimSymbol,
  newestOrder: number,
): void {
  const { highTicks, lowTicks, closeTicks } = symbol;
  if (visitsHighFirst(mode, symbol)) path.start(highTicks, lowTicks, closeTicks, newestOrder);
  else path.start(lowTicks, highTicks, closeTicks, newestOrder);
}

/**
 * The extreme that the path visits next after an entry inside the bar. Under `worst` the adverse one still counts,
 * the favourable one only as far as the close confirms it; `best` mirrors that. NaN: the path goes on as it was.
 */
export function extremeAfterEntry(mode: IntrabarMode, symbol: SimSymbol): number {
  return extremeFor(mode, symbol, symbol.position.qtyLots > 0);
}

/** As `extremeAfterEntry`, for a position of either side. */
export function extremeFor(mode: IntrabarMode, symbol: SimSymbol, isLong: boolean): number {
  if (mode === "worst" || mode === "detail") return isLong ? symbol.lowTicks : symbol.highTicks;
  if (mode === "best") return isLong ? symbol.highTicks : symbol.lowTicks;
  return Number.NaN;
}

/** Whether a fill opened a position or turned one around: what came before it in the bar is not the new one's. */
export function isEntry(lotsBefore: number, lotsAfter: number): boolean {
  return lotsAfter > 0 ? lotsBefore <= 0 : lotsAfter < 0 && lotsBefore >= 0;
}

function nearerToHigh(symbol: SimSymbol): boolean {
  return symbol.highTicks - symbol.openTicks < symbol.openTicks - symbol.lowTicks;
}
