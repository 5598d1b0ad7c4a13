import { escapeHtml } from "#reports/html/escape-html.ts";
import type { ReportInput } from "#reports/html/report-input.ts";
import { toneOf } from "#reports/html/report-text.ts";
import { formatMetric } from "#reports/metrics/format.ts";
import { METRICS, type MetricGroup } from "#reports/metrics/metric-table.ts";
import { REASONS, type ReasonCode } from "#reports/metrics/metric-value.ts";

/** Every metric with its value, unit and definition. */
export function metricSection({ summary }: ReportInput): string {
  const missing = new Set(Object.values(summary.reasons));
  const groups = new Map<MetricGroup, string[]>();
  for (const { key, group, label, unit, formula, isSigned } of METRICS) {
    const value = summary.metrics[key];
    const reason = summary.reasons[key];
    const tone = value === null ? "none" : isSigned ? toneOf(value) : "";
    const shown =
      reason === undefined
        ? escapeHtml(formatMetric(key, value))
        : `<span title="${escapeHtml(REASONS[reason])}">${reason}</span>`;
    const row = `<tr><th scope="row" title="${escapeHtml(formula)}">${escapeHtml(label)}</th><td class="num ${tone}">${shown}</td><td class="definition">${escapeHtml(formula)}</td><td class="unit">${unit}</td><td><code>${key}</code></td></tr>`;
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const bodies = [...groups].map(
    ([group, rows]) =>
      `<tbody><tr class="group"><th scope="rowgroup" colspan="5">${group}</th></tr>${rows.join("")}</tbody>`,
  );
  return `<section id="metrics"><h2>All metrics and definitions</h2>
<p class="caption">E is equity after all costs and E0 the start balance, r the returns of the N full days that close at 00:00 UTC, A = 365, Y the length in years of 365 days, sd with n − 1, s = (mean(r) − rf/A) / sd(r). Formulas are in fractions; % is percent.${escapeHtml(reasonWords(missing))}</p>
<div class="scroll"><table class="metrics"><thead><tr><th scope="col">Metric</th><th scope="col" class="num">Value</th><th scope="col">Definition</th><th scope="col">Unit</th><th scope="col">Key</th></tr></thead>${bodies.join("")}</table></div>
<button type="button" id="dd-json">Download metrics.json</button></section>`;
}

function reasonWords(missing: ReadonlySet<ReasonCode>): string {
  if (missing.size === 0) return "";
  const words = [...missing].map((code) => `${code} (${lowerFirst(REASONS[code])})`);
  return ` Without a value stands the reason: ${words.join(", ")}.`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
