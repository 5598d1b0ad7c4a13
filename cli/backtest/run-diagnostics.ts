import type { ExecutedRun } from "#cli/backtest/execute-run.ts";
import type { PreparedRun } from "#cli/backtest/prepare-run.ts";
import type { LoadedSymbol } from "#cli/market/loaded-market.ts";
import type { Diagnostic } from "#engine/result/run-result.ts";
import { strategyWarmup } from "#engine/strategy/strategy-runner.ts";
import { warmupFacts } from "#reports/diagnostics/first-decision.ts";
import { lintRun } from "#reports/diagnostics/lint-run.ts";
import type { SymbolFacts } from "#reports/diagnostics/lint-subject.ts";
import type { Summary } from "#reports/metrics/metric-value.ts";

/** What a reader of the result has to know: the linter's findings and what was noticed while the data was loaded. */
export function runDiagnostics(
  { config, market, loaded, params }: Pick<PreparedRun, "config" | "market" | "loaded" | "params">,
  executed: Pick<ExecutedRun, "result" | "notes" | "isPartial">,
  summary: Summary,
): readonly Diagnostic[] {
  const { notes } = executed;
  // Candles before the start are read only where somebody named one.
  const isStartAsked = market.dataFrom < market.from;
  const warmed = market.symbols.map(({ instrument, strategyBars, higher }) => ({
    symbol: instrument.symbol,
    bars: strategyBars,
    higher,
  }));
  const needs = strategyWarmup(loaded.strategy, params);
  return lintRun(
    {
      run: executed.result,
      summary,
      isPartial: executed.isPartial,
      isSynthetic: market.isSynthetic,
      trials: 1,
      settings: config,
      symbols: market.symbols.map(symbolFacts),
      warmup: warmupFacts(warmed, needs, market.from, isStartAsked),
      refusedEntries: notes.refusedEntries,
      rejections: notes.rejections,
      stopFills: notes.stopFills,
    },
    market.diagnostics,
  );
}

function symbolFacts(one: LoadedSymbol): SymbolFacts {
  const { instrument, hasMarkSeries, withoutMark, withoutVolume } = one;
  const { symbol, isPerpetual } = instrument;
  return { symbol, isPerpetual, hasMarkSeries, withoutMark, withoutVolume };
}
