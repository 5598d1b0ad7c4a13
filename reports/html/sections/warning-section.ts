import { escapeHtml } from "#reports/html/escape-html.ts";
import type { ReportInput } from "#reports/html/report-input.ts";
import { runWarnings } from "#reports/warnings/run-warnings.ts";

const WORDS = { error: "Error", warning: "Warning", info: "Note" } as const;

/** Warnings, worst first, then the notes of the run. */
export function warningSection(input: ReportInput): string {
  const warnings = runWarnings(input.run, input.summary, input);
  const items = [
    ...warnings.map(
      ({ severity, code, message }) =>
        `<li class="${severity}"><b>${WORDS[severity]}</b> <span>${escapeHtml(message)} <code>${escapeHtml(code)}</code></span></li>`,
    ),
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
