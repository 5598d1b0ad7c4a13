import { confirm } from "#cli/ask.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import type { ChoiceArgs } from "#cli/data/choice-options.ts";
import { chooseSeries, matchSeries, unknownSeries } from "#cli/data/choose-series.ts";
import { openForWriting, withMarketStore, workspaceOf } from "#cli/data/market-store.ts";
import { printable } from "#cli/output/printable.ts";
import { plural } from "#data/quality/wording.ts";
import { seriesLabel } from "#data/series.ts";
import type { StoredSeries } from "#data/store/series-table.ts";
import type { Workspace } from "#data/store/workspace.ts";
import { DrydockError } from "#engine/errors.ts";

type RemoveArgs = ChoiceArgs & { readonly all: boolean; readonly yes: boolean };

export async function run(context: CommandContext, args: RemoveArgs): Promise<CommandResult> {
  const workspace = await workspaceOf(context, args);
  const stored = await withMarketStore(workspace, (store) => store.listSeries());
  const chosen = choose(stored, args);
  if (!args.yes) await askFirst(context, chosen);
  const removed = await remove(context, workspace, chosen);
  return {
    data: { removed },
    text: () =>
      removed
        .map(({ rows, ...key }) => `Removed ${printable(seriesLabel(key))}: ${plural(rows, "row")}`)
        .join("\n"),
    plain: () => ({
      columns: [
        { name: "exchange" },
        { name: "symbol" },
        { name: "kind" },
        { name: "interval" },
        { name: "rows" },
      ],
      rows: removed.map((one) => [one.exchange, one.symbol, one.kind, one.interval, one.rows]),
    }),
  };
}

function choose(stored: readonly StoredSeries[], args: RemoveArgs): readonly StoredSeries[] {
  if (args.all) {
    const chosen = matchSeries(stored, args);
    if (chosen.length > 0) return chosen;
    throw unknownSeries(stored, args);
  }
  const isNamed = [args.name, args.symbol, args.exchange, args.interval, args.kind].some(
    (value) => value !== undefined,
  );
  if (isNamed) return [chooseSeries(stored, args)];
  throw new DrydockError("E_USAGE", "The series to remove is not named", {
    hint: "drydock data rm BTCUSDT --interval 5m",
    or: "--all removes everything",
  });
}

async function askFirst(context: CommandContext, chosen: readonly StoredSeries[]): Promise<void> {
  const what = chosen.map(({ key, rows }) => `${seriesLabel(key)} (${plural(rows, "row")})`);
  if (!context.canAsk) {
    throw new DrydockError(
      "E_REFUSED",
      `Nothing was removed, nobody can be asked: ${what.join(", ")}`,
      {
        hint: "Add --yes to remove it without a question",
      },
    );
  }
  if (await confirm(printable(`Remove ${what.join(", ")}?`), context.signal)) return;
  throw new DrydockError("E_REFUSED", "Nothing was removed");
}

async function remove(
  context: CommandContext,
  workspace: Workspace,
  chosen: readonly StoredSeries[],
) {
  const store = await openForWriting(workspace);
  const removed = [];
  try {
    for (const { key } of chosen) {
      // Each series goes as a whole; a Ctrl-C ends between two.
      if (context.signal.aborted) break;
      removed.push({ ...key, rows: await store.removeSeries(key) });
    }
  } finally {
    await store.close();
  }
  return removed;
}
