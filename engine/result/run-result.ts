import type { BarColumns } from "#engine/market/bars.ts";
import type { AgedResult } from "#engine/result/aged-result.ts";

/** What a run leaves behind for metrics, reports and stores. All money in quote currency, times epoch ms UTC. */

export type Side = "long" | "short";

export type ExitReason =
  | "signal"
  | "stopLoss"
  | "takeProfit"
  | "trailing"
  | "roi"
  | "timeStop"
  | "aged"
  | "liquidation"
  | "flatten"
  | "manual"
  | "external";

/** Flat to flat on one symbol: adds and partial exits inside; a flip ends one trade and starts the next. */
export interface Trade {
  /** 1, 2, 3 … in order of opening. */
  readonly id: number;
  readonly symbol: string;
  readonly side: Side;
  readonly openedAt: number;
  readonly closedAt: number | null;
  /** Quantity-weighted average of the entries. */
  readonly entryPrice: number;
  /** Quantity-weighted average of the exits; null while open. */
  readonly exitPrice: number | null;
  /** The largest size held, base units. */
  readonly qty: number;
  /** Price PnL at the fill prices (slippage is inside); of an open trade: marked at the end. */
  readonly grossPnl: number;
  /** Paid, liquidation fee included. */
  readonly fees: number;
  /** Positive: received. */
  readonly funding: number;
  /** grossPnl − fees + funding. */
  readonly netPnl: number;
  /** 100 × netPnl × leverage / (entryPrice × qty). */
  readonly returnPct: number;
  readonly exitReason: ExitReason | null;
  /** The strategy's tag, or the aged reason; null without one. */
  readonly exitDetail: string | null;
  readonly entryTag: string | null;
  /** Closing bar − opening bar. */
  readonly bars: number;
  /** Worst excursion in percent of the entry price, ≤ 0. */
  readonly mae: number;
  /** Best excursion in percent of the entry price, ≥ 0. */
  readonly mfe: number;
  /** Money at risk to the first stop at entry; null without a stop. */
  readonly initialRisk: number | null;
}

/** One execution, for charts, stores and the participation metrics. */
export interface FillRow {
  readonly time: number;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly price: number;
  readonly qty: number;
  readonly fee: number;
  readonly liquidity: "maker" | "taker";
  /** Money lost to the slippage model in this fill, ≥ 0. */
  readonly slippage: number;
  /** Fill quantity / bar volume, a fraction; NaN where the volume is unknown. */
  readonly participation: number;
  readonly tradeId: number;
  /** What sent the order: entry, signal, stopLoss, takeProfit, liquidation … */
  readonly reason: string;
}

/** One row per bar close of the run's clock (the finest candles that the run reads). */
export interface EquityColumns {
  readonly length: number;
  /** Bar close time. */
  readonly time: Float64Array;
  /** Wallet + unrealised at mark, after all costs. */
  readonly equity: Float64Array;
  /** The same with every open position at its bar's adverse extreme. */
  readonly equityLow: Float64Array;
  /** Sum of |notional| at mark over all positions. */
  readonly grossNotional: Float64Array;
}

export interface RunTotals {
  readonly pricePnl: number;
  readonly slippage: number;
  readonly feesMaker: number;
  readonly feesTaker: number;
  readonly funding: number;
  readonly liqFees: number;
  readonly makerNotional: number;
  readonly takerNotional: number;
  readonly liquidations: number;
  /** How often the whole equity of a cross account was lost. */
  readonly bankruptcies?: number | undefined;
  /** How often the books and the exchange said different things; absent where they never did. */
  readonly reconcileFindings?: number | undefined;
  /** min |mark − liquidation price| / mark over all bars with a position, a fraction; NaN without one. */
  readonly minLiqDistance: number;
  readonly orders: {
    readonly placed: number;
    readonly filled: number;
    readonly partial: number;
    readonly cancelled: number;
    readonly expired: number;
    readonly rejected: Readonly<Record<string, number>>;
  };
}

/** Price bars of one symbol as the run read them, for charts and the benchmark. */
export interface SymbolSeries {
  readonly symbol: string;
  readonly tick: number;
  readonly intervalMs: number;
  readonly bars: BarColumns;
}

export interface AmbiguityBand {
  readonly ambiguousBars: number;
  readonly ambiguousTrades: number;
  readonly pessimistic: { readonly net: number };
  readonly optimistic: { readonly net: number };
}

export interface Diagnostic {
  /** Stable kebab-case code. */
  readonly code: string;
  readonly severity: "info" | "warning" | "error";
  readonly message: string;
  readonly count: number;
}

export interface RunResult {
  /** The first bar's open time and the last bar's close time of the traded period (warm-up excluded). */
  readonly from: number;
  readonly to: number;
  readonly startBalance: number;
  readonly leverage: number;
  readonly equity: EquityColumns;
  readonly trades: readonly Trade[];
  readonly openTrades: readonly Trade[];
  readonly fills: readonly FillRow[];
  readonly totals: RunTotals;
  readonly band: AmbiguityBand;
  readonly diagnostics: readonly Diagnostic[];
  readonly symbols: readonly SymbolSeries[];
  /** What the aged rules did; absent where they were off. */
  readonly aged?: AgedResult | undefined;
}
