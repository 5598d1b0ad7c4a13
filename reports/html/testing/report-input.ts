import type { RunResult } from "#engine/result/run-result.ts";
import { lintRun } from "#reports/diagnostics/lint-run.ts";
import type { ReportInput } from "#reports/html/report-input.ts";
import { computeSummary } from "#reports/metrics/compute-summary.ts";
import { quietSubject } from "#reports/testing/quiet-subject.ts";

/** A complete input around a run; `change` replaces what matters to a test. */
export function reportInput(run: RunResult, change: Partial<ReportInput> = {}): ReportInput {
  const { partial: isPartial = false, synthetic: isSynthetic = false } = change;
  const subject = quietSubject(run, { isPartial, isSynthetic, trials: change.trials ?? 1 });
  return {
    title: "SMA cross on BTCUSDT",
    strategy: "sma-cross",
    version: "1.2.0",
    run: { ...run, diagnostics: lintRun(subject, run.diagnostics) },
    summary: computeSummary(run, { gates: true, seed: 7 }),
    config: { strategy: { fast: 10, slow: 50 }, risk: { symbols: ["BTCUSDT"] }, intrabar: "worst" },
    hashes: {
      runHash: "ab".repeat(32),
      traceHash: "cd".repeat(32),
      dataFingerprint: "ef".repeat(32),
    },
    engineVersion: "0.1.0",
    seed: 7,
    command: "drydock backtest sma-cross --from 2024-01-01 --param fast=10",
    dataQuality: [{ series: "bybit BTCUSDT 1m candles", findings: ["3 gaps, 42 minutes in all"] }],
    assumptions: [
      { label: "Fees", value: "maker 0.02 %, taker 0.055 %" },
      { label: "Fill at", value: "next open" },
    ],
    synthetic: false,
    partial: false,
    notes: [],
    ...change,
  };
}
