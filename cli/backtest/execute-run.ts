import { setImmediate } from "node:timers/promises";

import { TraceHash } from "#cli/backtest/trace-hash.ts";
import type { LoadedMarket } from "#cli/market/loaded-market.ts";
import type { Progress } from "#cli/output/progress.ts";
import type { StrategyFailure } from "#engine/engine.ts";
import type { RunResult } from "#engine/result/run-result.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

export interface RunInput {
  readonly market: LoadedMarket;
  readonly strategy: Strategy;
  readonly params: Readonly<Record<string, unknown>>;
  readonly rules: ExitRules;
  readonly settings: VenueSettings;
  readonly balance: number;
  readonly leverage: number;
  /** Keep the records for a journal file. */
  readonly keepRecords: boolean;
}

export interface ExecutedRun {
  readonly result: RunResult;
  readonly traceHash: string;
  readonly recordCount: number;
  /** One checksum per record, as far as they are kept. */
  readonly checksums: Uint32Array;
  /** Record rows in order; empty unless they were to be kept. */
  readonly chunks: readonly Float64Array[];
  /** Ended by an interrupt or a strategy error before the data did. */
  readonly isPartial: boolean;
  readonly failure: StrategyFailure | null;
}

/** Time between two looks at the event loop: a Ctrl-C is heard within it, however slow the strategy is. */
const STEP_MS = 40;
const STEP_BARS_MIN = 16;
const STEP_BARS_MAX = 400_000;

/** Runs a backtest in steps, so that progress shows and an interrupt is heard between them. */
export async function executeRun(
  input: RunInput,
  progress: Progress,
  signal: AbortSignal,
): Promise<ExecutedRun> {
  const { market } = input;
  const trace = new TraceHash(input.keepRecords);
  const backtest = new Backtest({
    symbols: market.symbols,
    strategy: input.strategy,
    params: input.params,
    rules: input.rules,
    settings: input.settings,
    startBalance: input.balance,
    leverage: input.leverage,
    from: market.from,
    recordSink: trace.sink,
  });
  progress.start("backtest", backtest.progress.total);
  let isMore = true;
  let bars = STEP_BARS_MIN;
  while (isMore && !signal.aborted) {
    const startedAt = performance.now();
    isMore = backtest.advance(bars);
    bars = nextStep(bars, performance.now() - startedAt);
    const { done, time } = backtest.progress;
    const trades = backtest.engine.ledger.trades.closedCount;
    progress.update(done, `${new Date(time).toISOString().slice(0, 10)}  ${trades} trades`);
    if (isMore) await setImmediate();
  }
  backtest.stop();
  progress.done();
  const failure = backtest.engine.failures[0] ?? null;
  return {
    result: backtestResult(backtest),
    traceHash: trace.digest(),
    recordCount: backtest.engine.records.count,
    checksums: trace.checksums.values,
    chunks: trace.chunks,
    isPartial: isMore || failure !== null,
    failure,
  };
}

/** Twice as many bars after a short step, half as many after a long one. */
function nextStep(bars: number, tookMs: number): number {
  if (tookMs < STEP_MS / 2) return Math.min(STEP_BARS_MAX, bars * 2);
  return tookMs > STEP_MS ? Math.max(STEP_BARS_MIN, bars >>> 1) : bars;
}
