import type { Diagnostic, RunResult } from "#engine/result/run-result.ts";
import { lintRun } from "#reports/diagnostics/lint-run.ts";
import type { LintSubject } from "#reports/diagnostics/lint-subject.ts";
import { RecordNotes } from "#reports/diagnostics/record-notes.ts";
import { quietSubject } from "#reports/testing/quiet-subject.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  barsOf,
  configOf,
  type FixtureOptions,
  finished,
  type MarketPart,
  scriptedParts,
  symbolOf,
} from "#sim/testing/fixture.ts";

export interface LintedRun {
  readonly run: RunResult;
  readonly diagnostics: readonly Diagnostic[];
  /** The finding of a code; undefined where there is none. */
  readonly find: (code: string) => Diagnostic | undefined;
}

/** Runs scripts over candles with a venue that is free unless the options say otherwise, and lints the result. */
export function lintMarket(
  parts: readonly MarketPart[],
  options: FixtureOptions = {},
  change: Partial<LintSubject> = {},
): LintedRun {
  const symbols = parts.map((part) =>
    symbolOf(
      barsOf(part.candles, part.intervalMs),
      part.marks === undefined ? {} : { marks: part.marks },
      part.symbol,
    ),
  );
  const notes = new RecordNotes(parts.map(({ symbol }) => symbol).sort());
  const config = configOf(symbols, scriptedParts(parts), options);
  const backtest = new Backtest({ ...config, recordSink: (rows) => notes.add(rows) });
  const run = backtestResult(finished(backtest));
  const { refusedEntries, rejections, stopFills } = notes;
  const subject = quietSubject(run, { refusedEntries, rejections, stopFills, ...change });
  const diagnostics = lintRun(subject);
  return { run, diagnostics, find: (wanted) => diagnostics.find(({ code }) => code === wanted) };
}
