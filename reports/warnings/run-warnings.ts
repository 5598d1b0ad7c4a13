import type { RunResult } from "#engine/result/run-result.ts";
import { formatMetric, formatNumber } from "#reports/metrics/format.ts";
import type { Summary } from "#reports/metrics/metric-value.ts";
import { dailyReturns } from "#reports/metrics/period-returns.ts";

/** What a reader must know before believing the numbers. */
export interface RunWarning {
  /** Stable kebab-case code. */
  readonly code: string;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
}

export interface WarningContext {
  /** Whether the run stopped before the end of its period. */
  readonly partial: boolean;
  /** Whether the candles were invented. */
  readonly synthetic: boolean;
  /** How many runs of a sweep this one was chosen from; 1 or missing for a single run. */
  readonly trials?: number | undefined;
}

/** Fewer closed trades than this say little. */
const TRADES_MIN = 100;
const DAYS_MIN = 30;
/** Percent of a bar's volume. */
const PARTICIPATION_MAX = 1;
/** Percent of the net that one trade may make. */
const TOP_SHARE_MAX = 50;

const RANK = { error: 0, warning: 1, info: 2 } as const;

/**
 * The warnings of a run, worst first: what happened to the account, what limits the evidence, and the diagnostics
 * that the run itself recorded. A diagnostic with the code of one of these stands for it.
 */
export function runWarnings(
  run: RunResult,
  summary: Summary,
  context: WarningContext,
): readonly RunWarning[] {
  const recorded = run.diagnostics.map(({ code, severity, message, count }) => ({
    code,
    severity,
    message: count > 1 ? `${message} (${formatNumber(count, 0, "plain")} times)` : message,
  }));
  const known = new Set(recorded.map(({ code }) => code));
  const own = [
    ...accountWarnings(run, summary, context),
    ...evidenceWarnings(run, summary, context),
  ];
  return [...own.filter(({ code }) => !known.has(code)), ...recorded].sort(
    (a, b) => RANK[a.severity] - RANK[b.severity],
  );
}

function accountWarnings(
  run: RunResult,
  summary: Summary,
  context: WarningContext,
): readonly RunWarning[] {
  const warnings: RunWarning[] = [];
  if (summary.reasons.cagr === "ruined") {
    warnings.push({
      code: "ruined",
      severity: "error",
      message: "Equity fell to zero or below: ratios and annual figures are not defined",
    });
  }
  const { liquidations } = run.totals;
  if (liquidations > 0) {
    warnings.push({
      code: "liquidation",
      severity: "error",
      message: `The venue liquidated ${plural(liquidations, "position")}`,
    });
  }
  if (context.partial) {
    warnings.push({
      code: "partial",
      severity: "error",
      message: "The run was interrupted: the numbers cover only what was simulated",
    });
  }
  if (context.synthetic) {
    warnings.push({
      code: "synthetic-data",
      severity: "warning",
      message: "The candles are synthetic: no result here says anything about a market",
    });
  }
  return warnings;
}

function evidenceWarnings(
  run: RunResult,
  { metrics }: Summary,
  context: WarningContext,
): readonly RunWarning[] {
  const warnings: RunWarning[] = [];
  const add = (code: string, message: string): void => {
    warnings.push({ code, severity: "warning", message });
  };
  const trades = run.trades.length;
  if (trades < TRADES_MIN) {
    add("few-trades", `${few(trades, "closed trade")}: fewer than ${TRADES_MIN} say little`);
  }
  const days = dailyReturns(run).returns.length;
  if (days < DAYS_MIN) {
    add("few-days", `${few(days, "full day")}: ratios need ${DAYS_MIN}`);
  }
  const { ambiguousBars, ambiguousTrades, pessimistic, optimistic } = run.band;
  if (ambiguousTrades > 0) {
    const share = trades === 0 ? 100 : (100 * ambiguousTrades) / trades;
    add(
      "ambiguous-fills",
      `${plural(ambiguousTrades, "trade")} (${formatNumber(share, 1, "plain")} %) met stop and target in one bar (${plural(ambiguousBars, "bar")}): net between ${formatMetric("net", pessimistic.net)} and ${formatMetric("net", optimistic.net)}`,
    );
  }
  const { partMax, top1Share, net } = metrics;
  if (partMax !== null && partMax > PARTICIPATION_MAX) {
    add(
      "participation",
      `A fill took ${formatMetric("partMax", partMax)} of its bar's volume: above ${PARTICIPATION_MAX} % prices may not hold`,
    );
  }
  if (top1Share !== null && net !== null && net > 0 && top1Share > TOP_SHARE_MAX) {
    add("one-trade", `One trade made ${formatMetric("top1Share", top1Share)} of the net profit`);
  }
  if (context.trials !== undefined && context.trials > 1) {
    add("chosen-from-trials", `Chosen from ${plural(context.trials, "trial")}: read DSR, not PSR`);
  }
  return warnings;
}

function few(count: number, noun: string): string {
  return count === 0 ? `No ${noun}` : `Only ${plural(count, noun)}`;
}

function plural(count: number, noun: string): string {
  return `${formatNumber(count, 0, "plain")} ${noun}${count === 1 ? "" : "s"}`;
}
