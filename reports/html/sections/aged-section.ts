import { type AgedAttribution, agedAttribution } from "#reports/aged/aged-attribution.ts";
import type { ReportInput } from "#reports/html/report-input.ts";
import { toneOf } from "#reports/html/report-text.ts";
import { formatMoney, formatNumber } from "#reports/metrics/format.ts";

const NAMES = [
  "Stage",
  "Closed by",
  "Count",
  "Share %",
  "Hours aged",
  "P&amp;L %",
  "Worst %",
  "Net",
];

/** What became of the positions that grew too old; nothing where the rules were off. */
export function agedSection({ run }: ReportInput): string {
  const { aged } = run;
  if (aged === undefined) return "";
  const head = `<section id="aged"><h2>Aged positions</h2>`;
  if (aged.positions.length === 0) {
    return `${head}<p class="empty">No position was older than ${String(aged.config.maxAgeHours)} hours when the rules looked.</p></section>`;
  }
  const names = NAMES.map(
    (name, at) => `<th scope="col"${at < 2 ? "" : ' class="num"'}>${name}</th>`,
  );
  const rows = agedAttribution(aged.positions).map(rowOf);
  return `${head}<div class="scroll"><table><thead><tr>${names.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div></section>`;
}

/** Words of the rules only: nothing in here comes from a user. */
function rowOf(row: AgedAttribution): string {
  const numbers = [
    formatNumber(row.count, 0, "plain"),
    formatNumber(row.sharePct, 1, "plain"),
    formatNumber(row.hoursAged, 1, "plain"),
    row.pnlPct === null ? "" : formatNumber(row.pnlPct, 2, "signed"),
    row.pnlPctWorst === null ? "" : formatNumber(row.pnlPctWorst, 2, "signed"),
  ].map((text) => `<td class="num">${text}</td>`);
  const net =
    row.netPnlSum === null
      ? "<td></td>"
      : `<td class="num ${toneOf(row.netPnlSum)}">${formatMoney(row.netPnlSum, "signed")}</td>`;
  return `<tr><th scope="row">${row.stage}</th><td>${row.reason.replaceAll("_", " ")}</td>${numbers.join("")}${net}</tr>`;
}
