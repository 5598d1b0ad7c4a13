import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import type { ChoiceArgs } from "#cli/data/choice-options.ts";
import { matchSeries } from "#cli/data/choose-series.ts";
import { hasMarketStore, withMarketStore, workspaceOf } from "#cli/data/market-store.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { formatCount } from "#data/quality/wording.ts";
import { seriesLabel } from "#data/series.ts";
import { isoTime } from "#data/store/csv-text.ts";
import type { StoredSeries } from "#data/store/series-table.ts";

export async function run(context: CommandContext, args: ChoiceArgs): Promise<CommandResult> {
  const workspace = await workspaceOf(context, args);
  const stored = hasMarketStore(workspace)
    ? await withMarketStore(workspace, (store) => store.listSeries())
    : [];
  const series = matchSeries(stored, args);
  if (series.length === 0) {
    const why = stored.length === 0 ? "No data stored yet" : "Nothing stored matches";
    context.talk.say(`${why}; drydock data import <files>`);
  }
  return {
    data: { path: workspace.marketPath, series: series.map(toJson) },
    text: ({ width, isTerminal, style }) =>
      series.length === 0
        ? ""
        : renderTable(readableTable(series), {
            width: isTerminal ? width : Infinity,
            header: (line) => style("strong", line),
          }),
    plain: () => plainTable(series),
  };
}

function toJson(stored: StoredSeries): object {
  const { key, rows, firstTime, lastTime, missingBars, priceDecimals } = stored;
  return {
    ...key,
    rows,
    from: isoTime(firstTime),
    to: isoTime(lastTime),
    missingBars,
    priceDecimals,
    sources: sourcesOf(stored),
  };
}

/** For a reader: a name in one piece and days, so that it stands in 80 columns. */
function readableTable(series: readonly StoredSeries[]): Table {
  return {
    columns: [
      { name: "series" },
      { name: "rows", align: "right" },
      { name: "first" },
      { name: "last" },
      { name: "missing", align: "right" },
      { name: "source", shrink: true, whenNarrow: "drop" },
    ],
    rows: series.map((stored) => [
      seriesLabel(stored.key),
      formatCount(stored.rows),
      isoTime(stored.firstTime).slice(0, 10),
      isoTime(stored.lastTime).slice(0, 10),
      stored.missingBars === null ? null : formatCount(stored.missingBars),
      sourcesOf(stored).join(" "),
    ]),
  };
}

function plainTable(series: readonly StoredSeries[]): Table {
  const names = [
    "exchange",
    "symbol",
    "kind",
    "interval",
    "rows",
    "first",
    "last",
    "missing",
    "source",
  ];
  return {
    columns: names.map((name) => ({ name })),
    rows: series.map((stored) => [
      stored.key.exchange,
      stored.key.symbol,
      stored.key.kind,
      stored.key.interval,
      stored.rows,
      isoTime(stored.firstTime),
      isoTime(stored.lastTime),
      stored.missingBars,
      sourcesOf(stored).join(" "),
    ]),
  };
}

function sourcesOf({ imports }: StoredSeries): readonly string[] {
  return [...new Set(imports.map(({ source }) => source))];
}
