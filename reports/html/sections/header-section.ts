import { formatInterval } from "#engine/market/interval.ts";
import { escapeHtml } from "#reports/html/escape-html.ts";
import type { ReportInput } from "#reports/html/report-input.ts";
import { formatCount, formatDuration, formatTime } from "#reports/html/report-text.ts";
import { formatMoney } from "#reports/metrics/format.ts";

/** Symbols listed by name; more are counted. */
const SYMBOLS_LISTED = 6;

/** What ran, when, on what, with which result-changing stamps, and the command that runs it again. */
export function headerSection(input: ReportInput): string {
  const { run, hashes } = input;
  const facts: readonly (readonly [string, string])[] = [
    ["Symbols", symbolList(input)],
    ["Bars", `${formatCount(run.equity.length)} × ${intervals(input)}`],
    ["Period", `${formatTime(run.from)} to ${formatTime(run.to)} UTC`],
    ["Length", formatDuration(run.to - run.from)],
    ["Start balance", formatMoney(run.startBalance)],
    ["Leverage", `${run.leverage}x`],
    ["Seed", String(input.seed)],
    ["Engine", escapeHtml(input.engineVersion)],
    ["Run hash", shortHash(hashes.runHash)],
    ["Trace hash", shortHash(hashes.traceHash)],
    ["Data", shortHash(hashes.dataFingerprint)],
  ];
  const rows = facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return `<header id="top" class="top">
<p class="eyebrow">drydock backtest</p>
<h1>${escapeHtml(input.title)}</h1>
<p class="sub">${escapeHtml(input.strategy)} ${escapeHtml(input.version)}</p>
${stamps(input)}
<dl class="facts">${rows.join("")}</dl>
<div class="command"><code id="dd-command">${escapeHtml(input.command)}</code><button type="button" id="dd-copy">Copy</button></div>
</header>`;
}

function stamps(input: ReportInput): string {
  const texts: string[] = [];
  if (input.synthetic) texts.push("Synthetic data");
  if (input.partial) texts.push("Partial run");
  for (const { label, value, optimistic } of input.assumptions) {
    if (optimistic === true) texts.push(`Optimistic: ${label} ${value}`);
  }
  if (texts.length === 0) return "";
  const items = texts.map((text) => `<li>${escapeHtml(text)}</li>`);
  return `<ul class="stamps">${items.join("")}</ul>`;
}

function symbolList({ run }: ReportInput): string {
  const names = [...new Set(run.symbols.map(({ symbol }) => symbol))];
  if (names.length === 0) return "none";
  const listed = names.slice(0, SYMBOLS_LISTED).join(", ");
  const more = names.length - SYMBOLS_LISTED;
  return escapeHtml(more > 0 ? `${listed} and ${more} more` : listed);
}

function intervals({ run }: ReportInput): string {
  const all = [...new Set(run.symbols.map(({ intervalMs }) => intervalMs))].sort((a, b) => a - b);
  return all.length === 0 ? "no series" : all.map(formatInterval).join(", ");
}

/** The first 16 digits to read, the whole to copy. */
function shortHash(hash: string): string {
  return `<code title="${escapeHtml(hash)}">${escapeHtml(hash.slice(0, 16))}</code>`;
}
