import type { RunResult } from "#engine/result/run-result.ts";
import type { RefusedEntry, StopFill } from "#reports/diagnostics/record-notes.ts";
import type { Summary } from "#reports/metrics/metric-value.ts";

/** A run and everything that is known of its data and settings: what the rules of the linter look at. */
export interface LintSubject {
  readonly run: RunResult;
  readonly summary: Summary;
  /** Ended before its data did. */
  readonly isPartial: boolean;
  /** The candles were made by a generator. */
  readonly isSynthetic: boolean;
  /** How many runs this one was chosen from; 1 for a single run. */
  readonly trials: number;
  readonly settings: LintSettings;
  readonly symbols: readonly SymbolFacts[];
  readonly warmup: WarmupFacts;
  /** What the trading records tell beyond the result. */
  readonly refusedEntries: readonly RefusedEntry[];
  readonly rejections: ReadonlyMap<string, FirstOf>;
  readonly stopFills: ReadonlyMap<number, StopFill>;
}

/** How often something happened and where it did first. */
export interface FirstOf {
  readonly count: number;
  /** Epoch ms. */
  readonly time: number;
  readonly symbol: string;
}

/** The settings of a run that decide how kind its fills are. Percentages are percent. */
export interface LintSettings {
  readonly costs: "venue" | "none";
  readonly fees: { readonly makerPct: number; readonly takerPct: number };
  readonly slippage:
    | { readonly kind: "fixed"; readonly bps: number }
    | {
        readonly kind: "spreadImpact";
        readonly halfSpreadBps: number;
        readonly impactBps: number;
      };
  readonly participationPct: number | null;
  readonly fillAt: "nextOpen" | "close";
  readonly intrabar: string;
  readonly limitFill: "through" | "touch";
  readonly limitImprove: boolean;
  /** `none`: the run was given no funding rates. */
  readonly funding: "stored" | "file" | "none";
}

/** Bars of a run of which something is not known. */
export interface UnknownBars {
  readonly count: number;
  /** Open time of the first, epoch ms; null when there is none. */
  readonly first: number | null;
  /** Bars looked at. */
  readonly total: number;
}

export interface SymbolFacts {
  readonly symbol: string;
  readonly isPerpetual: boolean;
  readonly hasMarkSeries: boolean;
  readonly withoutMark: UnknownBars;
  readonly withoutVolume: UnknownBars;
}

/** When decisions were to begin and when they could. Times epoch ms. */
export interface WarmupFacts {
  /** Whether somebody named the start, instead of taking all there is. */
  readonly isStartAsked: boolean;
  /** Close of the first bar of the run on which a strategy was to decide. */
  readonly wanted: number;
  /** Close of the first one on which it could; null when the data is too short for that. */
  readonly firstDecision: number | null;
  /** The symbol that these are of: the one that was ready last. */
  readonly symbol: string;
  /** Length of the strategy's own bars. */
  readonly intervalMs: number;
}
