import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import type { ChoiceArgs } from "#cli/data/choice-options.ts";
import { chooseSeries } from "#cli/data/choose-series.ts";
import { withMarketStore, workspaceOf } from "#cli/data/market-store.ts";
import { seriesPeriod } from "#cli/data/series-period.ts";
import { plural } from "#data/quality/wording.ts";
import { seriesLabel } from "#data/series.ts";
import { type ExportFormat, exportSeries } from "#data/store/export.ts";
import { DrydockError } from "#engine/errors.ts";

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
    const stored = chooseSeries(await store.listSeries(), args);
    const { key } = stored;
    const exported = await exportSeries(store, key, {
      path: out,
      format,
      period: seriesPeriod(stored, { from: values.from, to: values.to }),
      times: args.times,
      ifExists: args.replace ? "replace" : "refuse",
    });
    return {
      data: { series: key, format, ...exported },
      text: () =>
        `${seriesLabel(key)}: ${plural(exported.rows, "row")}, ${plural(exported.bytes, "byte")} in ${exported.path}`,
    };
  });
}

function formatOf(path: string): ExportFormat {
  if (/\.csv$/i.test(path)) return "csv";
  if (/\.parquet$/i.test(path)) return "parquet";
  if (/\.(?:arrow|feather|ipc)$/i.test(path)) return "arrow";
  throw new DrydockError("E_USAGE", `The ending of "${path}" tells no format`, {
    hint: "--format csv, parquet or arrow",
  });
}
