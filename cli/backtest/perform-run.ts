import { type ExecutedRun, executeRun, type RunInput } from "#cli/backtest/execute-run.ts";
import { type PreparedRun, prepareRun, type RunRequest } from "#cli/backtest/prepare-run.ts";
import { runDiagnostics } from "#cli/backtest/run-diagnostics.ts";
import { type RunDocument, type RunFacts, runDocument } from "#cli/backtest/run-document.ts";
import { strategyFault, withUserPlace } from "#cli/backtest/strategy-fault.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { ExitCode } from "#cli/exit-codes.ts";
import { asDrydockError } from "#cli/output/as-drydock-error.ts";
import { bugText } from "#cli/output/crash-file.ts";
import { exitCodeOf } from "#cli/output/envelope.ts";
import { RunFolder } from "#cli/runs/run-folder.ts";
import type { RunRecord } from "#cli/runs/run-record.ts";
import type { RunResult } from "#engine/result/run-result.ts";
import { computeSummary } from "#reports/metrics/compute-summary.ts";
import type { Summary } from "#reports/metrics/metric-value.ts";

export interface PerformOptions {
  readonly journal: boolean;
  readonly report: boolean;
  /** The command line that does it again, for the report. */
  readonly command: string;
}

export interface PerformedRun {
  readonly document: RunDocument;
  readonly exit: ExitCode;
}

/** A run with its numbers, before anything is written. */
export interface MeasuredRun {
  readonly prepared: PreparedRun;
  readonly executed: ExecutedRun;
  readonly result: RunResult;
  readonly summary: Summary;
}

/** Loads, runs and measures; throws what the strategy threw, with the place. */
export async function measureRun(
  context: CommandContext,
  request: RunRequest,
  keepRecords: boolean,
  stopAfter: number | null = null,
  observe?: RunInput["observe"],
): Promise<MeasuredRun> {
  context.progress.start("loading", null);
  const notice = (text: string): void => context.warn({ code: "cache", message: text });
  const prepared = await prepareRun(request, context.signal, notice).catch((error: unknown) => {
    throw withUserPlace(error, request.strategy);
  });
  context.progress.done();
  const executed = await executeRun(
    {
      market: prepared.market,
      strategy: prepared.loaded.strategy,
      params: prepared.params,
      rules: prepared.rules,
      risk: prepared.config.risk,
      aged: prepared.aged,
      reconcileMinutes: request.reconcileMinutes,
      settings: prepared.settings,
      balance: request.balance,
      leverage: request.leverage,
      keepRecords,
      observe,
    },
    context.progress,
    context.signal,
    stopAfter,
  );
  if (executed.failure !== null) throw strategyFault(executed.failure, prepared);
  const summary = computeSummary(executed.result, { gates: request.gates, seed: request.seed });
  const diagnostics = runDiagnostics(prepared, executed, summary);
  return { prepared, executed, result: { ...executed.result, diagnostics }, summary };
}

/** A whole backtest: load, run, measure, keep as files and in the state store. */
export async function performRun(
  context: CommandContext,
  request: RunRequest,
  options: PerformOptions,
): Promise<PerformedRun> {
  const startedAt = new Date();
  const measured = await measureRun(context, request, options.journal);
  const { prepared, executed, result, summary } = measured;
  const folder = RunFolder.create(request.dataDir, prepared.config.strategy, prepared.runHash);
  const facts: RunFacts = {
    id: folder.id,
    runHash: prepared.runHash,
    ...prepared.identity,
    dataFingerprint: prepared.market.fingerprint,
    config: prepared.config,
    series: prepared.market.series,
  };
  const files = folder.files(options);
  let document = runDocument(facts, executed, summary, result.diagnostics, files);
  const { trades, openTrades: _open, aged: _aged, ...withoutTrades } = document;
  const record: RunRecord = {
    format: 1,
    status: executed.isPartial ? "partial" : "complete",
    ...(executed.isPartial ? { end: executed.end } : {}),
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    source: {
      strategy: prepared.loaded.file ?? request.strategy,
      files: request.files,
      command: options.command,
    },
    facts,
    document: withoutTrades,
    tradeCount: trades.length,
    recordCount: executed.recordCount,
  };
  const saved = await folder.save(record, measured);
  for (const message of saved.notices) context.warn({ code: "state-store", message });
  let exit: ExitCode = executed.isPartial ? 130 : 0;
  if (saved.reportFailure !== null) {
    document = { ...document, files: { ...files, report: null } };
    exit = tellReportFailure(context, folder.id, saved.reportFailure);
  }
  return { document, exit };
}

/** The run is kept without its report, and the exit code says that something went wrong. */
function tellReportFailure(context: CommandContext, id: string, failure: unknown): ExitCode {
  const known = asDrydockError(failure);
  const reason = known?.message ?? (failure instanceof Error ? failure.message : String(failure));
  const message = `The run is kept, but its report could not be written: ${reason}; drydock report ${id} tries again`;
  context.warn({ code: "report-failed", message });
  context.talk.detail(bugText(failure));
  return known === null ? 1 : exitCodeOf(known);
}
