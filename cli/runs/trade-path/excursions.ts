import type { TradeDocument } from "#cli/backtest/run-document.ts";
import type { PathContext } from "./path-context.ts";
import { isExecution, type Moment } from "./path-moments.ts";

/** Where the price went furthest against a trade, or for it. */
export interface Excursion {
  /** Percent of the entry price; adverse ≤ 0 ≤ favourable. */
  readonly pct: number;
  readonly price: number;
  /** Open time of the first bar that reached it, ISO-8601 UTC; null for the entry price itself. */
  readonly bar: string | null;
}

export interface Excursions {
  readonly worst: Excursion;
  readonly best: Excursion;
}

/** Rounding of a price that went through a percentage and back. */
const EPSILON = 1e-9;

/**
 * Finds the bars of `mae` and `mfe`. An execution counts with its own price, which may lie outside its bar (slippage,
 * a bankruptcy price); of the bars of entry and exit the run counts only what the position can have seen.
 */
export function findExcursions(
  trade: TradeDocument,
  moments: readonly Moment[],
  context: PathContext,
): Excursions {
  const isLong = trade.side === "long";
  return {
    worst: find(trade, moments, context, trade.mae, isLong),
    best: find(trade, moments, context, trade.mfe, !isLong),
  };
}

function find(
  trade: TradeDocument,
  moments: readonly Moment[],
  context: PathContext,
  pct: number,
  isLow: boolean,
): Excursion {
  const sign = trade.side === "long" ? 1 : -1;
  const price = trade.entryPrice * (1 + (sign * pct) / 100);
  if (pct === 0) return { pct, price, bar: null };
  const executions = moments.filter(isExecution);
  const from = executions[0]?.time ?? Date.parse(trade.openedAt);
  const to = trade.closedAt === null ? Number.POSITIVE_INFINITY : Date.parse(trade.closedAt);
  const start = context.finest(trade.symbol, from);
  const at = executions.find((one) => Math.abs(one.price - price) <= EPSILON * price);
  const executedAt = at === undefined ? Number.POSITIVE_INFINITY : at.bar.time;
  if (start !== null) {
    const { bars } = start;
    for (let { row } = start; row < bars.length; row++) {
      const time = bars.time[row] as number;
      if (time > to || time >= executedAt) break;
      const reached = isLow
        ? (bars.low[row] as number) <= price * (1 + EPSILON)
        : (bars.high[row] as number) >= price * (1 - EPSILON);
      if (reached) return { pct, price, bar: new Date(time).toISOString() };
    }
  }
  return { pct, price, bar: at === undefined ? null : new Date(at.bar.time).toISOString() };
}
