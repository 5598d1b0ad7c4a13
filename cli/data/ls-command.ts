import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import type { ChoiceArgs } from "#cli/data/choice-options.ts";
import { matchSeries } from "#cli/data/choose-series.ts";
import { hasMarketStore, withMarketStore, workspaceOf } from "#cli/data/market-store.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { formatTime } from "#data/quality/wording.ts";
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
        : renderTable(tableOf(series, formatTime), {
            width: isTerminal ? width : Infinity,
            header: (line) => style("strong", line),
          }),
    plain: () => tableOf(series, isoTime),
  };
}

function toJson(stored: StoredSeries): object {
  const { key, rows, firstTime, lastTime, missingBars, priceDecimals, imports } = stored;
  return {
    ...key,
    rows,
    from: isoTime(firstTime),
    to: isoTime(lastTime),
    missingBars,
    priceDecimals,
    sources: [...new Set(imports.map(({ source }) => source))],
  };
}

function tableOf(series: readonly StoredSeries[], time: (ms: number) => string): Table {
  return {
    columns: [
      { name: "exchange" },
      { name: "symbol" },
      { name: "kind" },
      { name: "interval" },
      { name: "rows", align: "right" },
      { name: "first" },
      { name: "last" },
      { name: "missing", align: "right" },
      { name: "source", shrink: true },
    ],
    rows: series.map(({ key, rows, firstTime, lastTime, missingBars, imports }) => [
      key.exchange,
      key.symbol,
      key.kind,
      key.interval,
      rows,
      time(firstTime),
      time(lastTime),
      missingBars,
      [...new Set(imports.map(({ source }) => source))].join(" "),
    ]),
  };
}
