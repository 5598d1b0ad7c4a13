import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import type { ChoiceArgs } from "#cli/data/choice-options.ts";
import { listIndicators } from "#cli/data/indicator-list.ts";
import { type LoadedSeries, loadShown } from "#cli/data/load-shown.ts";
import { periodWithin } from "#cli/data/series-period.ts";
import {
  csvLines,
  jsonRows,
  type ShownColumn,
  type ShownRows,
  tableOf,
} from "#cli/data/show-rows.ts";
import { renderTable } from "#cli/output/table.ts";
import { plural } from "#data/quality/wording.ts";
import { isoTime } from "#data/store/csv-text.ts";
import type { Period } from "#data/store/market-store.ts";
import { DrydockError } from "#engine/errors.ts";
import type { IndicatorSpec } from "#engine/indicators/kernel.ts";
import { runKernel } from "#engine/indicators/kernel.ts";
import { columnNames, parseIndicators, registerIndicators } from "#engine/indicators/registry.ts";
import { type BarColumns, lowerBound } from "#engine/market/bars.ts";
import { BRIDGED_INDICATORS } from "#strategies/technical-indicators-bridge.ts";

type ShowArgs = ChoiceArgs & {
  readonly file: string | undefined;
  readonly with: string | undefined;
  readonly format: "table" | "csv" | "json";
  readonly limit: number | undefined;
};

/** A terminal shows the end of a series; a file gets all of it. */
const TABLE_ROWS = 20;

export async function run(context: CommandContext, args: ShowArgs): Promise<CommandResult> {
  registerIndicators(BRIDGED_INDICATORS);
  const { globals } = context;
  if (args.format === "csv" && (globals.json || globals.jsonl || globals.plain)) {
    throw new DrydockError("E_USAGE", "--format csv excludes --json, --jsonl and --plain", {
      hint: "Leave one of them out",
    });
  }
  const asJson = args.format === "json";
  if (args.with?.trim() === "list") return { ...listIndicators(), asJson };
  // Before anything is read: a misspelt name needs no data.
  const indicators = args.with === undefined ? [] : parseIndicators(args.with);
  const { values } = await context.loadConfig(configFlags(args));
  const loaded = await loadShown(context, args);
  const all = columnsOf(loaded, indicators);
  const end = endOf(loaded);
  const period = periodWithin(end, {
    from: flagOnly(args, "from", values.from),
    to: flagOnly(args, "to", values.to),
  });
  refuseEmpty(loaded, all.time, end, period);
  const isWhole = asJson || args.format === "csv" || globals.json || globals.jsonl || globals.plain;
  const rows = cut(all, period, args.limit ?? (isWhole ? Infinity : TABLE_ROWS));
  return resultOf(context, loaded, rows, args.format, asJson);
}

function resultOf(
  context: CommandContext,
  loaded: LoadedSeries,
  rows: ShownRows,
  format: ShowArgs["format"],
  asJson: boolean,
): CommandResult {
  const { kind, exchange, symbol, interval, resampledFrom } = loaded;
  const series = { kind, exchange, symbol, interval, resampledFrom };
  const left = rows.start;
  return {
    data: null,
    *dataText() {
      yield `{"series":${JSON.stringify(series)},"total":${rows.time.length},"rows":`;
      yield* jsonRows(rows);
      yield `,"indicators":null}`;
    },
    asJson,
    text: ({ width, isTerminal, style }) => {
      if (format === "csv") return csvLines(rows);
      if (rows.end === rows.start) return "";
      if (left > 0) context.talk.say(`${plural(left, "row")} before these; --limit shows more`);
      return renderTable(tableOf(rows, "readable"), {
        width: isTerminal ? width : Infinity,
        header: (line) => style("strong", line),
      });
    },
    plain: () => tableOf(rows, "full"),
  };
}

/** A config file's period is that of a backtest; a look at the data is asked for by its own flags. */
function flagOnly(
  args: object,
  name: "from" | "to",
  value: string | undefined,
): string | undefined {
  return name in args && (args as Record<string, unknown>)[name] !== undefined ? value : undefined;
}

function columnsOf(
  loaded: LoadedSeries,
  indicators: readonly IndicatorSpec[],
): { readonly time: Float64Array; readonly columns: readonly ShownColumn[] } {
  if (loaded.content.form === "funding") {
    if (indicators.length > 0) {
      throw new DrydockError("E_USAGE", "Indicators need bars, and these are funding rates", {
        hint: "Leave --with out",
      });
    }
    const { time, rate, length } = loaded.content.funding;
    const values = rate.subarray(0, length);
    return { time: time.subarray(0, length), columns: [{ name: "rate", values }] };
  }
  const { bars } = loaded.content;
  const columns: ShownColumn[] = (["open", "high", "low", "close", "volume"] as const).map(
    (name) => ({
      name,
      values: bars[name],
    }),
  );
  for (const spec of indicators) {
    const outputs = runKernel(spec, bars);
    columnNames(spec).forEach((name, index) => {
      columns.push({ name, values: outputs[index] as Float64Array });
    });
  }
  return { time: bars.time.subarray(0, bars.length), columns: distinct(columns) };
}

/** The same indicator asked for twice is one column. */
function distinct(columns: readonly ShownColumn[]): readonly ShownColumn[] {
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}

function endOf(loaded: LoadedSeries): number {
  if (loaded.content.form === "funding") {
    const { time, length } = loaded.content.funding;
    return ((time[length - 1] as number) ?? 0) + 1;
  }
  return endOfBars(loaded.content.bars);
}

function endOfBars(bars: BarColumns): number {
  return ((bars.time[bars.length - 1] as number) ?? 0) + bars.intervalMs;
}

/** @throws E_DATA_PERIOD when no row lies in the period that was asked for */
function refuseEmpty(
  loaded: LoadedSeries,
  time: Float64Array,
  end: number,
  { from, to }: Period,
): void {
  const first = lowerBound(time, time.length, from ?? -Infinity);
  if (first < lowerBound(time, time.length, to ?? Infinity)) return;
  const words = [loaded.exchange, loaded.symbol, loaded.interval, loaded.kind];
  const name = words.filter((word) => word !== null).join(" ");
  const span = `${isoTime(time[0] ?? 0)} to ${isoTime(end)}`;
  throw new DrydockError("E_DATA_PERIOD", `"${name}" has no rows in this period`, {
    hint: `It has ${span}: choose --from and --to inside it`,
  });
}

/** Cuts after the indicators were computed: their values never depend on what is shown. */
function cut(
  all: { readonly time: Float64Array; readonly columns: readonly ShownColumn[] },
  period: Period,
  limit: number,
): ShownRows {
  const { time } = all;
  const first = lowerBound(time, time.length, period.from ?? -Infinity);
  const end = lowerBound(time, time.length, period.to ?? Infinity);
  return { ...all, start: Math.max(first, end - limit), end };
}
