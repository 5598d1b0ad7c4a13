import { setImmediate } from "node:timers/promises";

import { TraceHash } from "#cli/backtest/trace-hash.ts";
import type { LoadedMarket } from "#cli/market/loaded-market.ts";
import type { Progress } from "#cli/output/progress.ts";
import { tellLauncher } from "#cli/process-guard.ts";
import { slotSymbols } from "#cli/runs/journal-lines.ts";
import type { RunEnd } from "#cli/runs/run-end.ts";
import type { AgedConfig } from "#engine/aged/aged-config.ts";
import type { StrategyFailure } from "#engine/engine.ts";
import { DrydockError } from "#engine/errors.ts";
import type { RunResult } from "#engine/result/run-result.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { RecordNotes } from "#reports/diagnostics/record-notes.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

export interface RunInput {
  readonly market: LoadedMarket;
  readonly strategy: Strategy;
  readonly params: Readonly<Record<string, unknown>>;
  readonly rules: ExitRules;
  readonly risk: RiskLimits | undefined;
  /** Null: off. */
  readonly aged: AgedConfig | null;
  /** Minutes between two comparisons of the books with the exchange; 0: none. */
  readonly reconcileMinutes: number;
  readonly settings: VenueSettings;
  readonly balance: number;
  readonly leverage: number;
  /** Keep the records for a journal file. */
  readonly keepRecords: boolean;
  /** Looks on from before the first bar, to explain a run that is done again; it must not change anything. */
  readonly observe?: ((backtest: Backtest) => void) | undefined;
}

export interface ExecutedRun {
  readonly result: RunResult;
  readonly traceHash: string;
  readonly recordCount: number;
  /** One checksum per record, as far as they are kept. */
  readonly checksums: Uint32Array;
  /** Record rows in order; empty unless they were to be kept. */
  readonly chunks: readonly Float64Array[];
  /** What the records tell the linter. */
  readonly notes: RecordNotes;
  /** Ended by an interrupt or a strategy error before the data did. */
  readonly isPartial: boolean;
  readonly end: RunEnd;
  readonly failure: StrategyFailure | null;
}

/** Time between two looks at the event loop: a Ctrl-C is heard within it, however slow the strategy is. */
const STEP_MS = 40;
const STEP_BARS_MIN = 1;
const MINUTE_MS = 60_000;
const STEP_BARS_MAX = 400_000;

/**
 * Runs a backtest in steps, so that progress shows and an interrupt is heard between them.
 * @param stopAfter Ends the run after so many bars, as an earlier one was ended; null for all of them.
 */
export async function executeRun(
  input: RunInput,
  progress: Progress,
  signal: AbortSignal,
  stopAfter: number | null = null,
): Promise<ExecutedRun> {
  const { market } = input;
  const trace = new TraceHash(input.keepRecords);
  const symbols = market.symbols.map(({ instrument }) => instrument.symbol);
  const { positionMode } = input.settings;
  const notes = new RecordNotes(slotSymbols({ symbols, positionMode }));
  const backtest = new Backtest({
    symbols: market.symbols,
    strategy: input.strategy,
    params: input.params,
    rules: input.rules,
    risk: input.risk,
    aged: input.aged,
    reconcileMs: input.reconcileMinutes * MINUTE_MS,
    settings: input.settings,
    startBalance: input.balance,
    leverage: input.leverage,
    from: market.from,
    recordSink: (rows) => {
      trace.sink(rows);
      notes.add(rows);
    },
  });
  input.observe?.(backtest);
  progress.start("backtest", backtest.progress.total);
  tellLauncher("strategy");
  let isMore = true;
  let bars = STEP_BARS_MIN;
  let left = stopAfter ?? Number.POSITIVE_INFINITY;
  let lateFailure: StrategyFailure | null = null;
  while (isMore && left > 0 && lateFailure === null && !signal.aborted) {
    const startedAt = performance.now();
    isMore = backtest.advance(Math.min(bars, left));
    bars = nextStep(bars, performance.now() - startedAt);
    const { done, time } = backtest.progress;
    left = (stopAfter ?? Number.POSITIVE_INFINITY) - done;
    const trades = backtest.engine.ledger.trades.closedCount;
    progress.update(done, `${new Date(time).toISOString().slice(0, 10)}  ${trades} trades`);
    // Also after the last step: what a strategy left to a promise shows now or never.
    lateFailure = await pause(backtest);
  }
  tellLauncher("drydock");
  backtest.stop();
  progress.done();
  const failure = backtest.engine.failures[0] ?? lateFailure;
  const { done, total, time } = backtest.progress;
  return {
    result: backtestResult(backtest),
    traceHash: trace.digest(),
    recordCount: backtest.engine.records.count,
    checksums: trace.checksums.values,
    chunks: trace.chunks,
    notes,
    isPartial: isMore || failure !== null,
    end: { bars: done, of: total, time: new Date(time).toISOString() },
    failure,
  };
}

/**
 * Lets the event loop turn. Nothing of a run happens meanwhile, unless a strategy goes on in a promise or a timer:
 * what that asks for depends on when the steps end, so no two runs would be equal.
 */
async function pause(backtest: Backtest): Promise<StrategyFailure | null> {
  const { engine } = backtest;
  const before = engine.records.count + engine.outbox.length;
  await setImmediate();
  if (engine.records.count + engine.outbox.length === before) return null;
  const error = new DrydockError(
    "E_STRATEGY_THREW",
    "it asked for an order after onBar had returned, in a promise or a timer",
    { hint: "Decide at once: no async, no promises, no timers" },
  );
  return { strategy: 1, time: backtest.progress.time, error };
}

/** Twice as many bars after a short step, half as many after a long one. */
function nextStep(bars: number, tookMs: number): number {
  if (tookMs < STEP_MS / 2) return Math.min(STEP_BARS_MAX, bars * 2);
  return tookMs > STEP_MS ? Math.max(STEP_BARS_MIN, bars >>> 1) : bars;
}
