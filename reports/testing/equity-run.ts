import type { RunResult, SymbolSeries, Trade } from "#engine/result/run-result.ts";

const DAY_MS = 86_400_000;
export const MIDNIGHT = Date.UTC(2024, 0, 1);

export interface EquityRunOptions {
  readonly from?: number;
  readonly intervalMs?: number;
  readonly trades?: readonly Trade[];
  readonly symbols?: readonly SymbolSeries[];
  readonly equityLow?: readonly number[];
  readonly grossNotional?: readonly number[];
}

/**
 * The run with this equity: the start balance, then one value per bar close. Bars follow each other without gaps
 * (one day each unless told otherwise); the whole net is price PnL, without costs, fills or bars of a symbol.
 */
export function equityRun(values: readonly number[], options: EquityRunOptions = {}): RunResult {
  const { from = MIDNIGHT, intervalMs = DAY_MS } = options;
  const [startBalance = 10_000, ...closes] = values;
  const length = closes.length;
  return {
    from,
    to: from + length * intervalMs,
    startBalance,
    leverage: 1,
    equity: {
      length,
      time: Float64Array.from(closes, (_, row) => from + (row + 1) * intervalMs),
      equity: Float64Array.from(closes),
      equityLow: Float64Array.from(options.equityLow ?? closes),
      grossNotional: Float64Array.from(options.grossNotional ?? closes.map(() => 0)),
    },
    trades: options.trades ?? [],
    openTrades: [],
    fills: [],
    totals: {
      pricePnl: (closes.at(-1) ?? startBalance) - startBalance,
      slippage: 0,
      feesMaker: 0,
      feesTaker: 0,
      funding: 0,
      liqFees: 0,
      makerNotional: 0,
      takerNotional: 0,
      liquidations: 0,
      minLiqDistance: Number.NaN,
      orders: { placed: 0, filled: 0, partial: 0, cancelled: 0, expired: 0, rejected: {} },
    },
    band: {
      ambiguousBars: 0,
      ambiguousTrades: 0,
      pessimistic: { net: (closes.at(-1) ?? startBalance) - startBalance },
      optimistic: { net: (closes.at(-1) ?? startBalance) - startBalance },
    },
    diagnostics: [],
    symbols: options.symbols ?? [],
  };
}

/** A closed trade of one day with this PnL; `change` replaces what matters to a test. */
export function closedTrade(id: number, netPnl: number, change: Partial<Trade> = {}): Trade {
  const openedAt = MIDNIGHT + (id - 1) * DAY_MS;
  return {
    id,
    symbol: "BTCUSDT",
    side: "long",
    openedAt,
    closedAt: openedAt + DAY_MS,
    entryPrice: 100,
    exitPrice: 100 + netPnl / 10,
    qty: 10,
    grossPnl: netPnl,
    fees: 0,
    funding: 0,
    netPnl,
    returnPct: netPnl / 10,
    exitReason: "signal",
    exitDetail: null,
    entryTag: null,
    bars: 1,
    mae: Math.min(0, netPnl / 10),
    mfe: Math.max(0, netPnl / 10),
    initialRisk: null,
    ...change,
  };
}

/** Bars of one symbol with these closes, each opening at the close before it, without volume. */
export function closeSeries(
  symbol: string,
  closes: readonly number[],
  from: number = MIDNIGHT,
  intervalMs: number = DAY_MS,
): SymbolSeries {
  const close = Float64Array.from(closes);
  const open = Float64Array.from(closes, (value, row) => closes[row - 1] ?? value);
  return {
    symbol,
    tick: 0.01,
    intervalMs,
    bars: {
      intervalMs,
      length: closes.length,
      time: Float64Array.from(closes, (_, row) => from + row * intervalMs),
      open,
      high: open.map((value, row) => Math.max(value, close[row] as number)),
      low: open.map((value, row) => Math.min(value, close[row] as number)),
      close,
      volume: new Float64Array(closes.length).fill(Number.NaN),
    },
  };
}
