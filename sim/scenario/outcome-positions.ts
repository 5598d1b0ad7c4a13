import type { Backtest } from "#sim/backtest.ts";
import { maintenanceMargin } from "#sim/margin.ts";
import type { Scenario } from "#sim/scenario/scenario.ts";
import type { OutcomePosition } from "#sim/scenario/scenario-outcome.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";

const FLAT: OutcomePosition = {
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
  scenario: Scenario,
  backtest: Backtest,
): readonly (readonly [symbol: string, position: OutcomePosition])[] {
  const bySymbol = new Map<string, OutcomePosition>();
  backtest.exchange.symbols.forEach((symbol, at) => {
    const name = symbol.instrument.symbol;
    const known = bySymbol.get(name) ?? FLAT;
    const mark = backtest.engine.desk.marks[at] as number;
    bySymbol.set(name, together(known, positionOf(symbol, mark, scenario)));
  });
  return [...bySymbol];
}

function positionOf(symbol: SimSymbol, mark: number, scenario: Scenario): OutcomePosition {
  if (symbol.isFlat) return FLAT;
  const { qty, entryValue, entryPrice } = symbol.position;
  const value = scenario.venue.maintenanceOn === "entry" ? entryValue : Math.abs(qty) * mark;
  return {
    qty,
    entryPrice,
    liquidationPrice: symbol.liquidation,
    bankruptcyPrice: symbol.bankruptcy,
    initialMargin: entryValue / symbol.leverage,
    maintenanceMargin: maintenanceMargin(symbol.instrument.tiers, value),
  };
}

function together(one: OutcomePosition, other: OutcomePosition): OutcomePosition {
  if (one.entryPrice === null) return other.entryPrice === null ? FLAT : other;
  if (other.entryPrice === null) return one;
  return {
    ...FLAT,
    qty: one.qty + other.qty,
    initialMargin: one.initialMargin + other.initialMargin,
    maintenanceMargin: one.maintenanceMargin + other.maintenanceMargin,
  };
}
