import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import type { ChoiceArgs } from "#cli/data/choice-options.ts";
import { chooseSource } from "#cli/data/choose-series.ts";
import { resampleShown } from "#cli/data/load-shown.ts";
import { withMarketStore, workspaceOf } from "#cli/data/market-store.ts";
import { periodWithin, seriesPeriod } from "#cli/data/series-period.ts";
import { printable } from "#cli/output/printable.ts";
import { plural } from "#data/quality/wording.ts";
import type { ResampledSeries } from "#data/resample.ts";
import { type SeriesKey, seriesLabel } from "#data/series.ts";
import { type Exported, type ExportFormat, exportRows, exportSeries } from "#data/store/export.ts";
import { barColumns, type SeriesColumns } from "#data/store/series-columns.ts";
import { DrydockError } from "#engine/errors.ts";
import { lowerBound, sliceBars } from "#engine/market/bars.ts";

type ExportArgs = ChoiceArgs & {
  readonly out: string | undefined;
  readonly format: ExportFormat | undefined;
  readonly times: "iso" | "ms";
  readonly replace: boolean;
};

export async function run(context: CommandContext, args: ExportArgs): Promise<CommandResult> {
  const workspace = await workspaceOf(context, args);
  const { values } = await context.loadConfig(configFlags(args));
  const { out } = args;
  if (out === undefined) {
    throw new DrydockError("E_USAGE", "The file to write is not named", {
      hint: "--out btc.csv",
      or: "drydock data show --format csv writes to stdout",
    });
  }
  const format = args.format ?? formatOf(out);
  return withMarketStore(workspace, async (store) => {
    const { stored, resampleTo } = chooseSource(await store.listSeries(), args);
    const bounds = { from: values.from, to: values.to };
    const target = {
      path: out,
      format,
      times: args.times,
      ifExists: args.replace ? "replace" : "refuse",
    } as const;
    if (resampleTo === null) {
      const period = seriesPeriod(stored, bounds);
      const exported = await exportSeries(store, stored.key, { ...target, period });
      return resultOf(stored.key, null, format, exported);
    }
    const bars = await store.readBars(stored.key);
    const made = resampleShown(context, stored.key, bars, resampleTo);
    const exported = await exportRows(made.key, cutBars(made, bounds), target);
    return resultOf(made.key, stored.key.interval, format, exported);
  });
}

/** The bars that open in the period; distances such as 90d count from the close of the last. */
function cutBars(
  { bars }: ResampledSeries,
  bounds: { readonly from: string | undefined; readonly to: string | undefined },
): SeriesColumns {
  const { time, length, intervalMs } = bars;
  const end = length === 0 ? 0 : (time[length - 1] as number) + intervalMs;
  const { from, to } = periodWithin(end, bounds);
  const first = lowerBound(time, length, from ?? -Infinity);
  const last = Math.max(first, lowerBound(time, length, to ?? Infinity));
  return barColumns(sliceBars(bars, first, last));
}

function resultOf(
  key: SeriesKey,
  resampledFrom: string | null,
  format: ExportFormat,
  exported: Exported,
): CommandResult {
  const source = resampledFrom === null ? "" : ` built from ${resampledFrom}`;
  return {
    data: { series: key, format, ...exported },
    text: () =>
      printable(
        `${seriesLabel(key)}${source}: ${plural(exported.rows, "row")}, ${plural(exported.bytes, "byte")} in ${exported.path}`,
      ),
  };
}

function formatOf(path: string): ExportFormat {
  if (/\.csv$/i.test(path)) return "csv";
  if (/\.parquet$/i.test(path)) return "parquet";
  if (/\.(?:arrow|feather|ipc)$/i.test(path)) return "arrow";
  throw new DrydockError("E_USAGE", `The ending of "${path}" tells no format`, {
    hint: "--format csv, parquet or arrow",
  });
}
