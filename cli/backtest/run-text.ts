import { agedTable } from "#cli/aged/aged-text.ts";
import type { RunDocument } from "#cli/backtest/run-document.ts";
import type { TextView } from "#cli/command-result.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { endText } from "#cli/runs/run-end.ts";
import { formatMetric } from "#reports/metrics/format.ts";
import { type MetricKey, metric } from "#reports/metrics/metric-table.ts";

/** The tiles of the terminal, in the order of the report's. */
const TILES: readonly MetricKey[] = [
  "netReturn",
  "net",
  "cagr",
  "maxDD",
  "sharpe",
  "sortino",
  "calmar",
  "psr",
  "trades",
  "winRate",
  "profitFactor",
  "expectancy",
  "costShare",
  "funding",
  "timeInMarket",
  "grossLevMax",
  "bh",
  "liquidations",
];
const WARNINGS_SHOWN = 3;
const SYMBOLS_SHOWN = 10;

/** The result for a person: header, tiles, the worst warnings, a row per symbol, and where to look next. */
export function runText(document: RunDocument, view: TextView): string {
  const { run, config } = document;
  const { style } = view;
  const limits = {
    width: view.isTerminal ? view.width : Number.POSITIVE_INFINITY,
    header: (text: string) => style("strong", text),
  };
  const period = `${config.from.slice(0, 10)} to ${config.to.slice(0, 10)}`;
  const ended = run.end === undefined ? [] : [`ended   ${endText(run.end)}: a partial run`];
  const market = `${config.exchange} ${config.symbols.join(" ")} ${config.interval}`;
  const lines = [
    style("strong", `${config.strategy}  ${market}  ${period}`),
    "",
    ...tileLines(document, view),
    ...warningLines(document, view),
    "",
    renderTable(symbolTable(document), limits),
    "",
    ...agedLines(document, limits),
    `run     ${run.id}`,
    ...ended,
    style("faint", `trace   ${run.traceHash}`),
    ...(document.files.report === null ? [] : [`report  ${document.files.report}`]),
    style("faint", `next    drydock runs show ${run.id}`),
    "",
  ];
  return lines.join("\n");
}

/** What became of the positions that grew too old; nothing where the rules were off. */
function agedLines({ aged }: RunDocument, limits: Parameters<typeof renderTable>[1]): string[] {
  if (aged === undefined) return [];
  if (aged.positions.length === 0) return ["aged    no position became aged", ""];
  return [renderTable(agedTable(aged), limits), ""];
}

const TILE_WIDTH = 38;
const TILE_GAP = 3;

/** Label and value side by side, as many tiles in a row as the width has room for, three at most. */
function tileLines(document: RunDocument, view: TextView): string[] {
  const tiles = TILES.map((key) => {
    const { label } = metric(key);
    const value = metricText(document, key);
    return `${label.padEnd(TILE_WIDTH - value.length - 1)} ${value}`;
  });
  const fit = Math.floor((view.width + TILE_GAP) / (TILE_WIDTH + TILE_GAP));
  const perRow = Math.max(1, Math.min(3, fit));
  const rows = Math.ceil(tiles.length / perRow);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: perRow }, (_unused, column) => tiles[column * rows + row] ?? "")
      .map((tile) => tile.padEnd(TILE_WIDTH))
      .join(" ".repeat(TILE_GAP))
      .trimEnd(),
  );
}

/** Every metric with its value or the reason why it has none, for `--plain`. */
export function summaryTable(document: RunDocument): Table {
  return {
    columns: [
      { name: "metric", align: "left" },
      { name: "value", align: "right" },
      { name: "reason", align: "left" },
    ],
    rows: Object.entries(document.summary).map(([key, value]) => [
      key,
      value === null ? "" : String(value),
      document.reasons[key] ?? "",
    ]),
  };
}

function metricText(document: RunDocument, key: MetricKey): string {
  const value = document.summary[key];
  if (value === null || value === undefined) {
    const reason = document.reasons[key];
    return reason === undefined ? "n/a" : `n/a: ${reason}`;
  }
  return formatMetric(key, value);
}

function warningLines(document: RunDocument, view: TextView): string[] {
  const rank = { error: 0, warning: 1, info: 2 };
  const worst = document.diagnostics
    .filter((one) => one.severity !== "info")
    .toSorted((a, b) => rank[a.severity] - rank[b.severity]);
  const shown = worst.slice(0, WARNINGS_SHOWN).map((one) => {
    const count = one.count > 1 ? ` (${one.count})` : "";
    return view.style("warning", `! ${one.code}: ${one.message}${count}`);
  });
  if (worst.length > WARNINGS_SHOWN)
    shown.push(`  +${worst.length - WARNINGS_SHOWN} more in the report`);
  return shown.length === 0 ? [] : ["", ...shown];
}

function symbolTable(document: RunDocument): Table {
  const rows = document.config.symbols.map((symbol) => {
    const trades = document.trades.filter((trade) => trade.symbol === symbol);
    const wins = trades.filter((trade) => trade.netPnl > 0).length;
    const net = trades.reduce((sum, trade) => sum + trade.netPnl, 0);
    const fees = trades.reduce((sum, trade) => sum + trade.fees, 0);
    const funding = trades.reduce((sum, trade) => sum + trade.funding, 0);
    const share = trades.length === 0 ? "-" : `${((100 * wins) / trades.length).toFixed(1)} %`;
    return [
      symbol,
      String(trades.length),
      share,
      net.toFixed(2),
      fees.toFixed(2),
      funding.toFixed(2),
    ];
  });
  const shown = rows.slice(0, SYMBOLS_SHOWN);
  if (rows.length > SYMBOLS_SHOWN)
    shown.push([`+${rows.length - SYMBOLS_SHOWN} more`, "", "", "", "", ""]);
  const names = ["symbol", "trades", "wins", "net", "fees", "funding"];
  return {
    columns: names.map((name, at) => ({
      name,
      align: at === 0 ? ("left" as const) : ("right" as const),
    })),
    rows: shown,
  };
}
