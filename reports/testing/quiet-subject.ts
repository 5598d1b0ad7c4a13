import type { RunResult } from "#engine/result/run-result.ts";
import type { LintSettings, LintSubject } from "#reports/diagnostics/lint-subject.ts";
import { computeSummary } from "#reports/metrics/compute-summary.ts";

/** Settings without any optimistic switch. */
export const SOBER_SETTINGS: LintSettings = {
  costs: "venue",
  fees: { makerPct: 0.02, takerPct: 0.055 },
  slippage: { kind: "spreadImpact", halfSpreadBps: 1, impactBps: 100 },
  participationPct: 10,
  fillAt: "nextOpen",
  intrabar: "worst",
  limitFill: "through",
  limitImprove: false,
  funding: "stored",
};

/** A run about whose data and settings there is nothing to tell; `change` replaces what matters to a test. */
export function quietSubject(run: RunResult, change: Partial<LintSubject> = {}): LintSubject {
  return {
    run,
    summary: computeSummary(run, { gates: true, seed: 1 }),
    isPartial: false,
    isSynthetic: false,
    trials: 1,
    settings: SOBER_SETTINGS,
    symbols: [],
    warmup: {
      isStartAsked: false,
      wanted: run.from,
      firstDecision: run.from,
      symbol: "BTCUSDT",
      intervalMs: 3_600_000,
    },
    refusedEntries: [],
    rejections: new Map(),
    stopFills: new Map(),
    ...change,
  };
}
