import type { Trade } from "#engine/result/run-result.ts";
import { escapeHtml } from "#reports/html/escape-html.ts";
import { shownTrades } from "#reports/html/report-columns.ts";
import type { ReportInput } from "#reports/html/report-input.ts";
import {
  decimalsOf,
  formatCount,
  formatQuantity,
  formatTime,
  toneOf,
} from "#reports/html/report-text.ts";
import { formatMoney, formatNumber } from "#reports/metrics/format.ts";

/** Rows that stand in the file as text; the script shows the rest. */
const STATIC_ROWS = 200;
/** Rows on paper. */
const PRINT_ROWS = 50;

/** Column titles with the class of their cells; the script builds the same cells. */
const COLUMNS: readonly (readonly [string, string, string])[] = [
  ["id", "#", "num"],
  ["symbol", "Symbol", ""],
  ["side", "Side", ""],
  ["opened", "Opened (UTC)", ""],
  ["closed", "Closed (UTC)", ""],
  ["qty", "Quantity", "num"],
  ["entry", "Entry", "num"],
  ["exit", "Exit", "num"],
  ["net", "Net PnL", "num"],
  ["return", "Return %", "num"],
  ["fees", "Fees", "num"],
  ["funding", "Funding", "num"],
  ["bars", "Bars", "num"],
  ["mae", "MAE %", "num"],
  ["mfe", "MFE %", "num"],
  ["reason", "Exit", ""],
];

/** All trades in order of opening: the first 200 as text, the rest through the script. */
export function tradeSection(input: ReportInput): string {
  const { run } = input;
  const total = run.trades.length + run.openTrades.length;
  const head = `<section id="trades"><h2>Trades</h2>`;
  if (total === 0) {
    return `${head}<p class="empty">No trade was made. Either no entry condition held in this period, or every order was refused: the order counts below and <code>drydock strategy check</code> tell which.</p>${orderCounts(input)}</section>`;
  }
  const trades = shownTrades(run);
  const decimals = new Map(run.symbols.map(({ symbol, tick }) => [symbol, decimalsOf(tick)]));
  const body = trades.slice(0, STATIC_ROWS).map((trade) => tradeRow(trade, decimals));
  const missing =
    trades.length < total
      ? ` The report holds the ${formatCount(trades.length)} with the largest |PnL| of ${formatCount(total)}; trades.csv has all.`
      : "";
  const caption = `${formatCount(total)} trades, ${formatCount(run.openTrades.length)} of them open at the end and marked there.${missing}`;
  return `${head}
<div class="toolbar"><label>Side <select id="dd-filter-side"><option value="">all</option><option value="1">long</option><option value="-1">short</option></select></label><label>Result <select id="dd-filter-result"><option value="">all</option><option value="1">wins</option><option value="-1">losses</option></select></label><span id="dd-trade-count" class="hint">${caption}</span><button type="button" id="dd-csv">Download CSV</button></div>
<div class="trades-box scroll" id="dd-trades" tabindex="0" role="region" aria-label="Trades"><table class="trades" id="dd-trades-table"><thead>${headRow()}</thead><tbody>${body.join("")}</tbody></table></div>
<noscript><p class="caption">Without JavaScript the first ${STATIC_ROWS} trades are shown.</p></noscript>
${printTable(trades, decimals)}
${orderCounts(input)}</section>`;
}

function headRow(): string {
  const cells = COLUMNS.map(
    ([key, title, kind]) =>
      `<th scope="col" class="${kind}" data-key="${key}" aria-sort="none">${title}</th>`,
  );
  return `<tr>${cells.join("")}</tr>`;
}

function tradeRow(trade: Trade, decimals: ReadonlyMap<string, number>): string {
  const places = decimals.get(trade.symbol) ?? 2;
  const price = (value: number | null): string =>
    value === null ? "" : formatNumber(value, places, "plain");
  const detail = trade.exitDetail === null ? "" : ` (${trade.exitDetail})`;
  const texts = [
    String(trade.id),
    trade.symbol,
    trade.side,
    formatTime(trade.openedAt),
    trade.closedAt === null ? "open" : formatTime(trade.closedAt),
    formatQuantity(trade.qty),
    price(trade.entryPrice),
    price(trade.exitPrice),
    formatMoney(trade.netPnl, "signed"),
    formatNumber(trade.returnPct, 2, "signed"),
    formatMoney(trade.fees),
    formatMoney(trade.funding, "signed"),
    formatCount(trade.bars),
    formatNumber(trade.mae, 2, "plain"),
    formatNumber(trade.mfe, 2, "plain"),
    `${trade.exitReason ?? "open"}${detail}`,
  ];
  const cells = texts.map((text, column) => {
    const [key = "", , kind = ""] = COLUMNS[column] ?? [];
    const tone = key === "net" || key === "return" ? toneOf(trade.netPnl) : "";
    const names = [kind, tone].filter((name) => name !== "").join(" ");
    return `<td${names === "" ? "" : ` class="${names}"`}>${escapeHtml(text)}</td>`;
  });
  return `<tr>${cells.join("")}</tr>`;
}

/** On paper only the largest trades, in order of opening. */
function printTable(trades: readonly Trade[], decimals: ReadonlyMap<string, number>): string {
  const largest = trades
    .toSorted((a, b) => Math.abs(b.netPnl) - Math.abs(a.netPnl) || a.id - b.id)
    .slice(0, PRINT_ROWS)
    .sort((a, b) => a.id - b.id);
  const note =
    trades.length > PRINT_ROWS
      ? `<p class="caption">The ${PRINT_ROWS} trades with the largest |PnL|; trades.csv has all.</p>`
      : "";
  const body = largest.map((trade) => tradeRow(trade, decimals)).join("");
  return `<div class="print-only">${note}<table class="trades"><thead>${headRow()}</thead><tbody>${body}</tbody></table></div>`;
}

function orderCounts({ run }: ReportInput): string {
  const { orders } = run.totals;
  const rejected = Object.entries(orders.rejected);
  const parts = [
    `${formatCount(orders.placed)} placed`,
    `${formatCount(orders.filled)} filled`,
    `${formatCount(orders.partial)} partially filled`,
    `${formatCount(orders.cancelled)} cancelled`,
    `${formatCount(orders.expired)} expired`,
    ...rejected.map(([reason, count]) => `${formatCount(count)} rejected: ${reason}`),
  ];
  return `<p class="caption">Orders: ${escapeHtml(parts.join(", "))}.</p>`;
}
