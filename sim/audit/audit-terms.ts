import type { Difference } from "#sim/audit/compare-logs.ts";
import type { NoiseSide } from "#sim/audit/noise.ts";
import type { RunLog } from "#sim/audit/run-log.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";

/** A line of the user's code. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** One run that the audit wants. Whoever has processes, clocks and files carries it out. */
export interface RunRequest {
  /** What it is for, in a few words. */
  readonly label: string;
  readonly symbols: readonly BacktestSymbol[];
  /** First decision at or after, epoch ms. */
  readonly from: number;
  readonly growing: Growth | null;
  /** Not a run: only this indicator, on every prefix of the columns. */
  readonly sweep: string | null;
  /** `fresh`: a new instance of the strategy's module; `same`: the one of the run before. */
  readonly instance: "fresh" | "same";
  /**
   * What clock and random numbers give the strategy: the usual constant ones, others, or those of the machine.
   */
  readonly surroundings: Surroundings;
  /** Notice every read ahead and the lines of all decisions; slow. */
  readonly trace: boolean;
}

/** Columns that grow bar by bar. */
export interface Growth {
  /** What stands after the bar that closed last: noise on one side, or nothing at all. */
  readonly side: GrowthSide;
  readonly seed: number;
  /** Indicators that may see all rows: those that no prefix betrayed, although they compute ahead. */
  readonly trusted: readonly string[];
}

export type GrowthSide = NoiseSide | "end";

export type Surroundings = "usual" | "otherClock" | "tickingClock" | "otherRandom" | "machine";

/** The strategy asked for the time or a random number. */
export interface AmbientRead {
  readonly kind: "clock" | "random";
  /** `Date.now()`. */
  readonly name: string;
  readonly place: Place | null;
}

/** The strategy touched a bar that had not closed. */
export interface AheadRead {
  /** `value`: a price or volume; `length`: how many bars there are. */
  readonly kind: "value" | "length";
  /** Null in `onBar`. */
  readonly indicator: string | null;
  /** `close`. */
  readonly column: string;
  /** What had closed when the line first did so, epoch ms. */
  readonly time: number;
  readonly place: Place;
}

export interface RunTrace {
  readonly reads: readonly AheadRead[];
  /** One per decision of the log, in its order. */
  readonly decisions: readonly (Place | null)[];
}

export interface RunAnswer {
  readonly log: RunLog;
  readonly ambient: readonly AmbientRead[];
  /** Null unless it was asked for. */
  readonly trace: RunTrace | null;
  /** Null unless it was asked for. */
  readonly sweep: SweepResult | null;
}

/** What came of one indicator on every prefix. */
export interface SweepResult {
  /** Closes of bars at which the prefix gives another value than all rows do, epoch ms; the first few. */
  readonly suspects: readonly number[];
  /** Whether every row was tried; with very many, only every so-manieth is. */
  readonly isDense: boolean;
}

/** How a finding was come by. */
export type Evidence =
  | { readonly by: "cut" }
  | { readonly by: "noise"; readonly side: NoiseSide }
  | { readonly by: "repetition" }
  | { readonly by: "clock"; readonly reads: readonly AmbientRead[] }
  | { readonly by: "random"; readonly reads: readonly AmbientRead[] }
  | { readonly by: "unknown" }
  /** `bars`: until all values agree again; null: they never did. */
  | { readonly by: "start"; readonly bars: number | null; readonly declared: number };

/** Something found. In `difference`, `first` is the full run; for a warm-up the run with the longer history. */
export interface AuditFinding {
  readonly kind: "lookahead" | "warm-up" | "nondeterminism";
  readonly difference: Difference;
  readonly evidence: Evidence;
  readonly place: Place | null;
  /** What the line does, where a read ahead was noticed. */
  readonly read: AheadRead | null;
}

export interface AuditOutcome {
  /** Bars on which the strategy was asked. */
  readonly asked: number;
  readonly decisions: number;
  /** Cuts made, and runs in all. */
  readonly cuts: number;
  readonly runs: number;
  readonly findings: readonly AuditFinding[];
  /** Reads ahead that changed nothing on these data. */
  readonly harmless: readonly AheadRead[];
  /** Whether every single bar was tested, or the cuts only. */
  readonly isDense: boolean;
  /** Whether other starts were tried; not where look-ahead was found. */
  readonly hasStarts: boolean;
  /** What the full run ended with, if the strategy threw; nothing else was tried then. */
  readonly failure: RunLog["failure"];
}

export interface AuditInput {
  readonly symbols: readonly BacktestSymbol[];
  readonly from: number;
  /** Bars per interval ("" is the strategy's own) before the first decision, as the strategy declares them. */
  readonly warmup: ReadonlyMap<string, number>;
  /** How many cuts besides those that single findings need. */
  readonly cuts: number;
  readonly seed: number;
}

/** The runs of an audit: it yields what it wants to have run and is given what came of it. */
export type AuditRuns<T> = Generator<RunRequest, T, RunAnswer>;
