import { escapeHtml } from "./escape-html.ts";
import type { FaultReportDay, FaultReportInput } from "./fault-report-input.ts";
import { FAULT_REPORT_STYLE } from "./fault-report-style.ts";

const VERDICTS = {
  survived: "It survived",
  hurt: "It survived, but it hurt",
  failed: "It failed",
} as const satisfies Record<FaultReportInput["verdict"], string>;

const ABOUT = {
  survived: "Nothing broke, and no day cost much more than the same day without faults.",
  hurt: "Nothing broke, but some day cost more money or left positions longer without a stop than the same day without faults.",
  failed: "An invariant broke or the strategy threw.",
} as const satisfies Record<FaultReportInput["verdict"], string>;

/** The page of one strategy's bad days: one file, no script, no request, readable on paper. UTF-8 text. */
export function faultReport(input: FaultReportInput): string {
  const { verdict, strategy, version } = input;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="drydock ${escapeHtml(version)}">
<title>${escapeHtml(strategy)} - bad days at the exchange</title>
<style>
${FAULT_REPORT_STYLE}</style>
</head>
<body>
<main>
<header>
<p class="eyebrow">drydock fault simulator</p>
<h1>${escapeHtml(strategy)}</h1>
<p class="verdict ${verdict}">${VERDICTS[verdict]}</p>
<p class="sub">${ABOUT[verdict]}</p>
<dl class="facts">${input.facts.map(fact).join("")}</dl>
</header>
<section id="tiles" class="tiles" aria-label="What happened">
${input.tiles.map(tile).join("\n")}
</section>
${section("advice", "What to change", `<ol>${input.advice.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ol>`)}
${exceptions(input)}${failures(input)}${section("days", "The days", dayTable(input.days))}
${section("findings", "What reconcile found", countTable("class", input.findings))}
${section("faults", "Faults that struck", faultTable(input))}
<footer><p>Written by drydock ${escapeHtml(version)}, build ${escapeHtml(input.build)}, profile ${escapeHtml(input.profile)}. All times UTC, all money in the quote currency. A simulation shows what it was told to; it does not show every day that can come.</p></footer>
</main>
</body>
</html>
`;
}

function section(id: string, title: string, body: string): string {
  return `<section id="${id}">\n<h2>${escapeHtml(title)}</h2>\n${body}\n</section>`;
}

function fact([label, value]: readonly [string, string]): string {
  return `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`;
}

function tile({ label, value, note }: FaultReportInput["tiles"][number]): string {
  return `<div class="tile"><div class="label">${escapeHtml(label)}</div><div class="value">${escapeHtml(value)}</div><div class="note">${escapeHtml(note)}</div></div>`;
}

function exceptions({ exceptions: thrown }: FaultReportInput): string {
  if (thrown.length === 0) return "";
  const items = thrown.map(({ message, place, excerpt, when }) => {
    const at = place === null ? "" : ` at <code>${escapeHtml(place)}</code>`;
    const lines = excerpt === null ? "" : `<pre>${escapeHtml(excerpt)}</pre>`;
    return `<article><p class="loss">${escapeHtml(message)}${at}</p>${lines}<p class="sub">${escapeHtml(when)}</p></article>`;
  });
  return `${section("exceptions", "What the strategy threw", items.join("\n"))}\n`;
}

function failures({ failures: broken }: FaultReportInput): string {
  if (broken.length === 0) return "";
  const items = broken.map(
    ({ invariant, message, replay }) =>
      `<article><p class="loss"><strong>${escapeHtml(invariant)}</strong> ${escapeHtml(message)}</p><p><code>${escapeHtml(replay)}</code></p></article>`,
  );
  return `${section("failures", "Invariants that broke", items.join("\n"))}\n`;
}

function dayTable(days: readonly FaultReportDay[]): string {
  const head = [
    "Seed",
    "From",
    "To",
    "Result",
    "Faults",
    "Restarts",
    "Unknown",
    "PnL",
    "Without faults",
    "Difference",
    "Drawdown %",
    "No stop, min",
    "of them also calm",
  ];
  const rows = days.map((day) => [
    cell(day.seed),
    cell(minuteText(day.from)),
    cell(minuteText(day.to)),
    day.passed ? cell("held") : cell(day.invariant ?? "", "loss"),
    number(day.faults, 0),
    number(day.restarts, 0),
    number(day.unknowns, 0),
    money(day.pnl),
    money(day.calmPnl),
    day.difference === null ? cell("-") : money(day.difference),
    number(day.maxDrawdownPct, 2),
    day.unprotectedMinutes === null ? cell("-") : number(day.unprotectedMinutes, 0),
    day.calmUnprotectedMinutes === null ? cell("-") : number(day.calmUnprotectedMinutes, 0),
  ]);
  return table(head, rows);
}

function faultTable({ faults }: FaultReportInput): string {
  const rows = faults.map(({ code, what, count }) => [cell(code), cell(what), number(count, 0)]);
  return table(["Code", "What", "Times"], rows);
}

function countTable(
  label: string,
  counts: readonly { readonly name: string; readonly count: number }[],
): string {
  if (counts.length === 0) return "<p>Nothing.</p>";
  return table(
    [label, "Times"],
    counts.map(({ name, count }) => [cell(name), number(count, 0)]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.join("")}</tr>`).join("\n");
  return `<div class="scroll"><table><thead><tr>${cells}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

function cell(text: string, kind = ""): string {
  return `<td${kind === "" ? "" : ` class="${kind}"`}>${escapeHtml(text)}</td>`;
}

function number(value: number, decimals: number): string {
  return cell(value.toFixed(decimals), "num");
}

/** With a sign: colour never stands alone. */
function money(value: number): string {
  const text = value.toFixed(2);
  const isZero = Number(text) === 0;
  const kind = isZero ? "num" : value > 0 ? "num gain" : "num loss";
  return cell(isZero ? "0.00" : value > 0 ? `+${text}` : text, kind);
}

function minuteText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}
