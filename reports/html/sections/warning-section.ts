import type { Diagnostic } from "#engine/result/run-result.ts";
import { catalogueEntry } from "#reports/diagnostics/catalogue.ts";
import { worstFirst } from "#reports/diagnostics/lint-run.ts";
import { escapeHtml } from "#reports/html/escape-html.ts";
import type { ReportInput } from "#reports/html/report-input.ts";
import { formatNumber } from "#reports/metrics/format.ts";

const WORDS = { error: "Error", warning: "Warning", info: "Note" } as const;

/** What the linter found in the run, worst first and each with what to do next, then the notes of the run. */
export function warningSection(input: ReportInput): string {
  const items = [
    ...worstFirst(input.run.diagnostics).map(diagnosticItem),
    ...input.notes.map(
      (note) => `<li class="info"><b>Note</b> <span>${escapeHtml(note)}</span></li>`,
    ),
  ];
  const body =
    items.length === 0
      ? `<p class="empty">Nothing to warn of: no gaps, no ambiguous fills, enough trades and days.</p>`
      : `<ul class="warnings">${items.join("")}</ul>`;
  return `<section id="warnings"><h2>Warnings</h2>${body}</section>`;
}

function diagnosticItem({ code, severity, message, count }: Diagnostic): string {
  const times = count > 1 ? ` (${formatNumber(count, 0, "plain")} times)` : "";
  const next = catalogueEntry(code)?.next;
  const advice = next === undefined || severity === "info" ? "" : ` <i>${escapeHtml(next)}.</i>`;
  return `<li class="${severity}"><b>${WORDS[severity]}</b> <span>${escapeHtml(message + times)} <code>${escapeHtml(code)}</code>${advice}</span></li>`;
}
