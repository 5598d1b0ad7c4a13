import { escapeHtml } from "#reports/html/escape-html.ts";
import type { ReportInput } from "#reports/html/report-input.ts";
import { formatCount, toneOf } from "#reports/html/report-text.ts";
import { formatMetric, formatNumber, NO_VALUE } from "#reports/metrics/format.ts";
import { type MetricKey, metric } from "#reports/metrics/metric-table.ts";
import { REASONS, type Summary } from "#reports/metrics/metric-value.ts";

/** The headline numbers. A number without value says why. */
export function tileSection(input: ReportInput): string {
  const { summary, run } = input;
  const { metrics } = summary;
  const hasTrials = metrics.dsr !== null;
  const open = run.openTrades.length;
  const tiles = [
    tile(summary, "netReturn", `net ${formatMetric("net", metrics.net)}`),
    tile(summary, "cagr", "per year of 365 days"),
    tile(summary, "maxDD", `intrabar ${formatMetric("maxDDIntrabar", metrics.maxDDIntrabar)}`),
    tile(summary, "sharpe", interval(metrics.sharpeLow, metrics.sharpeHigh, "")),
    hasTrials
      ? tile(
          summary,
          "dsr",
          `of ${formatCount(input.trials ?? 0)} trials, PSR ${formatMetric("psr", metrics.psr)}`,
        )
      : tile(summary, "psr", "Sharpe is above zero"),
    tile(summary, "calmar", "CAGR / max drawdown"),
    tile(summary, "profitFactor", `payoff ${formatMetric("payoff", metrics.payoff)}`),
    tile(summary, "trades", open === 0 ? "closed" : `closed, ${formatCount(open)} open`),
    tile(summary, "winRate", interval(metrics.winRateLow, metrics.winRateHigh, " %")),
    tile(summary, "costShare", "fees, slippage, funding"),
    tile(summary, "timeInMarket", `turnover ${formatMetric("turnover", metrics.turnover)} a year`),
    tile(summary, "grossLevMax", `mean ${formatMetric("grossLevAvg", metrics.grossLevAvg)}`),
  ];
  return `<section id="summary" aria-label="Headline numbers"><div class="tiles">${tiles.join("")}</div></section>`;
}

function tile({ metrics, reasons }: Summary, key: MetricKey, note: string): string {
  const { label, formula, isSigned } = metric(key);
  const value = metrics[key];
  const reason = reasons[key];
  const below = reason === undefined ? note : REASONS[reason];
  const isLoss = key === "maxDD" && value !== null && value < 0;
  const tone = value === null ? "none" : isSigned || isLoss ? toneOf(value) : "";
  return `<div class="tile" title="${escapeHtml(formula)}"><div class="label">${escapeHtml(label)}</div><div class="value ${tone}">${escapeHtml(formatMetric(key, value))}</div><div class="note">${escapeHtml(below)}</div></div>`;
}

function interval(low: number | null, high: number | null, unit: string): string {
  if (low === null || high === null) return NO_VALUE;
  const ends = [low, high].map((end) => formatNumber(end, 2, "plain"));
  return `95 %: ${ends.join(" to ")}${unit}`;
}
