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

/** Bars between two looks at the event loop: a Ctrl-C is heard within some hundredths of a second. */
const BARS_PER_STEP = 200_000;

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
  while (isMore && !signal.aborted) {
    isMore = backtest.advance(BARS_PER_STEP);
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
