import { escapeHtml } from "#reports/html/escape-html.ts";
import type { ReportMeta } from "#reports/html/report-columns.ts";
import type { ReportInput } from "#reports/html/report-input.ts";
import { formatCount, formatTime } from "#reports/html/report-text.ts";
import { formatMetric, formatMoney } from "#reports/metrics/format.ts";

const RANGES = ["1D", "1W", "1M", "3M", "1Y", "All"] as const;

/** The panes that share one viewport: equity, drawdown and prices. The script draws into the canvases. */
export function chartSections(input: ReportInput, meta: ReportMeta): string {
  return `${equitySection(input)}${priceSection(input, meta)}`;
}

function equitySection({ run, summary }: ReportInput): string {
  const head = `<section id="equity"><h2>Equity and drawdown</h2>`;
  if (run.equity.length === 0) {
    return `${head}<p class="empty">The run has no bars, so there is no equity curve. Check that the data covers the period: <code>drydock data ls</code>.</p></section>`;
  }
  const { metrics } = summary;
  const end = run.startBalance + (metrics.net ?? 0);
  const equityLabel = `Equity from ${formatMoney(run.startBalance)} on ${formatTime(run.from)} to ${formatMoney(end)} on ${formatTime(run.to)} UTC, ${formatMetric("netReturn", metrics.netReturn)}.`;
  const drawdownLabel = `Drawdown in percent of the highest equity so far: at worst ${formatMetric("maxDD", metrics.maxDD)}, ${formatMetric("underwater", metrics.underwater)} of bars below the peak.`;
  const ranges = RANGES.map(
    (range) => `<button type="button" data-range="${range}">${range}</button>`,
  );
  return `${head}
<div class="toolbar" role="group" aria-label="Range of all charts">${ranges.join("")}<span class="hint">Drag to pan, Shift+drag to zoom, double click for all; click a chart, then wheel, arrows, + and −</span></div>
<noscript><p class="empty">The charts need JavaScript; every number stands in the tables below.</p></noscript>
${pane("equity", "Equity", equityLabel, 280)}
${pane("drawdown", "Drawdown", drawdownLabel, 150)}
<div class="overview" id="dd-overview-box"><canvas id="dd-overview" role="img" aria-label="Overview of the whole run; drag to move the range."></canvas></div>
</section>`;
}

function priceSection({ run }: ReportInput, meta: ReportMeta): string {
  const head = `<section id="price"><h2>Price and trades</h2>`;
  if (meta.symbols.length === 0) {
    return `${head}<p class="empty">The run has no price bars in its period, so there is nothing to draw.</p></section>`;
  }
  const options = meta.symbols.map(
    ({ name }, index) => `<option value="${index}">${escapeHtml(name)}</option>`,
  );
  const select =
    meta.symbols.length > 1
      ? `<label>Symbol <select id="dd-symbol">${options.join("")}</select></label>`
      : `<b>${escapeHtml(meta.symbols[0]?.name ?? "")}</b>`;
  const count = run.trades.length + run.openTrades.length;
  const label = `Candles of the traded symbol with ${formatCount(count)} trades marked at entry and exit.`;
  const idle =
    count === 0
      ? `<p class="empty">No trade was made in this period, so the chart has no markers.</p>`
      : "";
  return `${head}${idle}
<div class="toolbar">${select}<span class="legend"><span class="key long">▲ long entry</span><span class="key short">▼ short entry</span><span class="key exit">✕ exit</span></span><span id="dd-aggregation" class="hint"></span></div>
${pane("price", "Price", label, 360)}
<div id="dd-trade-detail" class="detail" aria-live="polite" hidden></div>
</section>`;
}

function pane(id: string, title: string, label: string, height: number): string {
  return `<figure class="pane" id="dd-${id}-pane" tabindex="0" role="group" aria-label="${title} chart: arrow keys pan, plus and minus zoom, 0 shows all, n and p go through trades">
<figcaption><b>${title}</b> <span class="readout" id="dd-${id}-readout"></span><button type="button" class="ghost" data-png="${id}">PNG</button><button type="button" class="ghost" data-table="${id}" aria-expanded="false">Show data</button></figcaption>
<div class="plot" style="height:${height}px"><canvas id="dd-${id}" role="img" aria-label="${escapeHtml(label)}"></canvas></div>
<div class="data scroll" id="dd-${id}-data" hidden></div>
</figure>`;
}
