import type { Backtest } from "#sim/backtest.ts";
import type { OutcomePosition } from "#sim/scenario/scenario-outcome.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";

/** What is told of a symbol without a position. */
export const FLAT_POSITION: OutcomePosition = {
  qty: 0,
  entryPrice: null,
  liquidationPrice: null,
  bankruptcyPrice: null,
  initialMargin: 0,
  maintenanceMargin: 0,
};

/**
 * The position of each symbol as it stands after the last bar. Hedge mode has two of a symbol: the size is their
 * net, the margins are their sum, and prices are told while only one of them is open.
 */
export function positionsOf(
  backtest: Backtest,
): readonly (readonly [symbol: string, position: OutcomePosition])[] {
  const bySymbol = new Map<string, OutcomePosition>();
  backtest.exchange.symbols.forEach((symbol, at) => {
    const name = symbol.instrument.symbol;
    const known = bySymbol.get(name) ?? FLAT_POSITION;
    bySymbol.set(name, together(known, positionOf(backtest, symbol, at)));
  });
  return [...bySymbol];
}

function positionOf(backtest: Backtest, symbol: SimSymbol, at: number): OutcomePosition {
  if (symbol.isFlat) return FLAT_POSITION;
  const { qty, entryPrice } = symbol.position;
  return { qty, entryPrice, ...backtest.exchange.positionValues(at) };
}

function together(one: OutcomePosition, other: OutcomePosition): OutcomePosition {
  if (one.entryPrice === null) return other.entryPrice === null ? FLAT_POSITION : other;
  if (other.entryPrice === null) return one;
  return {
    ...FLAT_POSITION,
    qty: one.qty + other.qty,
    initialMargin: one.initialMargin + other.initialMargin,
    maintenanceMargin: one.maintenanceMargin + other.maintenanceMargin,
  };
}
