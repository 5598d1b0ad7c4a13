import { type AgedDocument, agedDocument } from "#cli/aged/aged-document.ts";
import type { ExecutedRun } from "#cli/backtest/execute-run.ts";
import type { RunConfig } from "#cli/backtest/run-plan.ts";
import type { RunEnd } from "#cli/runs/run-end.ts";
import type { SeriesFingerprint } from "#data/hashes/data-fingerprint.ts";
import type { Diagnostic, Trade } from "#engine/result/run-result.ts";
import type { Summary } from "#reports/metrics/metric-value.ts";

/** The `data` of `backtest --json`; field names are a public contract. */
export interface RunDocument {
  readonly run: {
    readonly id: string;
    readonly runHash: string;
    readonly traceHash: string;
    readonly engineVersion: string;
    readonly seed: number;
    readonly dataFingerprint: string;
    /** How far a partial run came; a complete one has none. */
    readonly end?: RunEnd | undefined;
  };
  readonly config: RunConfig;
  readonly summary: Readonly<Record<string, number | null>>;
  readonly reasons: Readonly<Record<string, string>>;
  readonly band: {
    readonly ambiguousBars: number;
    readonly ambiguousTrades: number;
    readonly pessimistic: { readonly net: number };
    readonly optimistic: { readonly net: number };
  };
  readonly diagnostics: readonly Diagnostic[];
  readonly trades: readonly TradeDocument[];
  readonly openTrades: readonly TradeDocument[];
  /** What the aged rules did; absent where they were off. */
  readonly aged?: AgedDocument | undefined;
  readonly files: RunFiles;
}

export interface RunFiles {
  readonly report: string | null;
  readonly trades: string;
  readonly equity: string;
  readonly journal: string | null;
}

export interface TradeDocument {
  readonly id: number;
  readonly symbol: string;
  readonly side: "long" | "short";
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly entryPrice: number;
  readonly exitPrice: number | null;
  readonly qty: number;
  readonly grossPnl: number;
  readonly fees: number;
  readonly funding: number;
  readonly netPnl: number;
  readonly returnPct: number;
  readonly exitReason: string | null;
  readonly exitDetail: string | null;
  readonly bars: number;
  readonly mae: number;
  readonly mfe: number;
}

/** What is kept of a run beside its tables, so that it can be verified and reported again. */
export interface RunFacts {
  readonly id: string;
  readonly runHash: string;
  readonly engineVersion: string;
  readonly build: string;
  readonly node: string;
  readonly strategyHash: string;
  readonly dataFingerprint: string;
  readonly config: RunConfig;
  readonly series: readonly SeriesFingerprint[];
}

export function runDocument(
  facts: RunFacts,
  executed: ExecutedRun,
  summary: Summary,
  diagnostics: readonly Diagnostic[],
  files: RunFiles,
): RunDocument {
  const { result } = executed;
  return {
    run: {
      id: facts.id,
      runHash: facts.runHash,
      traceHash: executed.traceHash,
      engineVersion: facts.engineVersion,
      seed: facts.config.seed,
      dataFingerprint: facts.dataFingerprint,
      ...(executed.isPartial ? { end: executed.end } : {}),
    },
    config: facts.config,
    summary: summary.metrics,
    reasons: summary.reasons as Readonly<Record<string, string>>,
    band: result.band,
    diagnostics,
    trades: result.trades.map(tradeDocument),
    openTrades: result.openTrades.map(tradeDocument),
    ...(result.aged === undefined ? {} : { aged: agedDocument(result.aged) }),
    files,
  };
}

export function tradeDocument(trade: Trade): TradeDocument {
  return {
    id: trade.id,
    symbol: trade.symbol,
    side: trade.side,
    openedAt: new Date(trade.openedAt).toISOString(),
    closedAt: trade.closedAt === null ? null : new Date(trade.closedAt).toISOString(),
    entryPrice: trade.entryPrice,
    exitPrice: trade.exitPrice,
    qty: trade.qty,
    grossPnl: trade.grossPnl,
    fees: trade.fees,
    funding: trade.funding,
    netPnl: trade.netPnl,
    returnPct: trade.returnPct,
    exitReason: trade.exitReason,
    exitDetail: trade.exitDetail,
    bars: trade.bars,
    mae: trade.mae,
    mfe: trade.mfe,
  };
}
