import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import { browserScript } from "./browser-script.ts";
import type { EncodedColumn } from "./column-codec.ts";
import { escapeHtml, jsonForHtml } from "./escape-html.ts";
import { encodeReport } from "./report-columns.ts";
import type { ReportInput } from "./report-input.ts";
import { agedSection } from "./sections/aged-section.ts";
import { chartSections } from "./sections/chart-section.ts";
import { costSection } from "./sections/cost-section.ts";
import { headerSection } from "./sections/header-section.ts";
import { metricSection } from "./sections/metric-section.ts";
import { monthSection } from "./sections/month-section.ts";
import { provenanceSections } from "./sections/provenance-sections.ts";
import { tileSection } from "./sections/tile-section.ts";
import { tradeSection } from "./sections/trade-section.ts";
import { warningSection } from "./sections/warning-section.ts";

const LINKS: readonly (readonly [string, string])[] = [
  ["top", "Overview"],
  ["warnings", "Warnings"],
  ["equity", "Equity"],
  ["price", "Price and trades"],
  ["costs", "Costs"],
  ["returns", "Monthly returns"],
  ["trades", "Trade list"],
  ["metrics", "Metrics"],
  ["data", "Data quality"],
  ["assumptions", "Assumptions"],
  ["config", "Configuration"],
];

/** zlib copies its output together from chunks of this size. */
const CHUNK_BYTES = 262_144;

const deflate = promisify(deflateRaw);

/**
 * Writes the HTML report of one run: one file without any request, readable without JavaScript, charts through the
 * one script that its content security policy allows. UTF-8 bytes. Columns are compressed on the thread pool while
 * the text is built.
 */
export async function writeReport(input: ReportInput): Promise<Uint8Array> {
  const { meta, columns } = encodeReport(input.run);
  const packed = Promise.all(columns.map(packColumn));
  const script = browserScript();
  const { metrics, reasons } = input.summary;
  const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '${script.hash}'; style-src 'unsafe-inline'; img-src data: blob:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="drydock ${escapeHtml(input.engineVersion)}">
<title>${escapeHtml(input.title)} - drydock backtest</title>
<style>
${script.style}</style>
</head>
<body>
<a class="skip" href="#summary">Skip to the numbers</a>
${navigation()}
<main>
${headerSection(input)}
${tileSection(input)}
${warningSection(input)}
${chartSections(input, meta)}
${costSection(input)}
${monthSection(input)}
${tradeSection(input)}${agedSection(input)}
${metricSection(input)}
${provenanceSections(input)}
<footer><p>Written by drydock ${escapeHtml(input.engineVersion)}. All times UTC, all money in the run's quote currency. Charts: Chart.js, MIT licence.</p></footer>
</main>
`;
  const parts = [
    head,
    `<script type="application/json" id="dd-meta">${jsonForHtml(meta)}</script>\n`,
    `<script type="application/json" id="dd-metrics">${jsonForHtml({ metrics, reasons })}</script>\n`,
  ];
  for (const { id, text } of await packed) {
    parts.push(`<script type="application/octet-stream" id="dd-${id}">${text}</script>\n`);
  }
  parts.push(`<script>${script.text}</script>\n</body>\n</html>\n`);
  return Buffer.from(parts.join(""), "utf8");
}

function navigation(): string {
  const links = LINKS.map(([id, label]) => `<a href="#${id}">${label}</a>`);
  return `<nav aria-label="Sections"><div class="brand">drydock</div>${links.join("")}<button type="button" id="dd-theme" hidden>Dark</button></nav>`;
}

async function packColumn({ id, planes }: EncodedColumn): Promise<{ id: string; text: string }> {
  const bytes = await deflate(planes, { level: 6, chunkSize: CHUNK_BYTES });
  return { id: `col-${id}`, text: bytes.toString("base64") };
}
