import type { ReportInput } from "#reports/html/report-input.ts";
import { formatTime, toneOf } from "#reports/html/report-text.ts";
import { formatMetric, formatNumber } from "#reports/metrics/format.ts";
import {
  dailyReturns,
  type MonthlyReturn,
  monthlyReturns,
} from "#reports/metrics/period-returns.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MS = 86_400_000;
/** Classes of colour, from the mildest return to the largest of the table. */
const SHADES = 4;

/** Returns by month and year, compounded from full days. */
export function monthSection({ run, summary }: ReportInput): string {
  const head = `<section id="returns"><h2>Monthly returns</h2>`;
  if (summary.reasons.bestMonth === "ruined") {
    return `${head}<p class="empty">Equity fell to zero or below, so returns are not defined. The equity chart shows when.</p></section>`;
  }
  const monthly = monthlyReturns(dailyReturns(run)) ?? [];
  if (monthly.length === 0) {
    return `${head}<p class="empty">The run covers no full UTC day, so there are no daily or monthly returns. The total is ${formatMetric("netReturn", summary.metrics.netReturn)}.</p></section>`;
  }
  const largest = Math.max(...monthly.map(({ value }) => Math.abs(value)));
  const years = new Map<number, (number | undefined)[]>();
  for (const { month, value } of monthly) {
    const year = Math.floor(month / 12);
    const cells = years.get(year) ?? [];
    cells[month % 12] = value;
    years.set(year, cells);
  }
  const rows = [...years].map(([year, cells]) => {
    const months = MONTHS.map((_, month) => monthCell(cells[month], largest));
    const total = yearReturn(monthly, year);
    return `<tr><th scope="row">${year}</th>${months.join("")}<td class="num total ${toneOf(total)}">${percent(total)}</td></tr>`;
  });
  const columns = MONTHS.map((name) => `<th scope="col" class="num">${name}</th>`);
  const isPartial = run.from % DAY_MS !== 0 || run.to % DAY_MS !== 0;
  const note = isPartial
    ? ` The run begins or ends inside a day (${formatTime(run.from)} to ${formatTime(run.to)}); what lies outside full days is in the total only.`
    : "";
  return `${head}<div class="scroll"><table class="months"><thead><tr><th scope="col">Year</th>${columns.join("")}<th scope="col" class="num">Year</th></tr></thead><tbody>${rows.join("")}</tbody></table></div><p class="caption">Percent, compounded from full UTC days.${note}</p></section>`;
}

function monthCell(value: number | undefined, largest: number): string {
  if (value === undefined) return `<td class="num none">·</td>`;
  const shade = largest === 0 ? 0 : Math.ceil((SHADES * Math.abs(value)) / largest);
  const heat = shade === 0 ? "" : ` heat-${value > 0 ? "up" : "down"}-${shade}`;
  return `<td class="num${heat}">${percent(value)}</td>`;
}

function yearReturn(monthly: readonly MonthlyReturn[], year: number): number {
  return (
    monthly
      .filter(({ month }) => Math.floor(month / 12) === year)
      .reduce((growth, { value }) => growth * (1 + value), 1) - 1
  );
}

function percent(fraction: number): string {
  return formatNumber(100 * fraction, 2, "signed");
}
