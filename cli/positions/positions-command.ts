import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { listRows, type RowList } from "#cli/live-tables/list-rows.ts";
import { withLiveTables } from "#cli/live-tables/open-tables.ts";
import { CONTRACT_COLUMN, column, numberColumn, timeColumn } from "#cli/live-tables/row-columns.ts";
import type { RowDocument } from "#cli/live-tables/row-document.ts";
import { oneOf } from "#cli/live-tables/sql-filter.ts";
import { TABLES } from "#data/projection/tables.ts";

interface Args {
  readonly only: readonly string[];
  readonly history: boolean;
  readonly limit: number;
}

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { history, limit, only } = args;
  const list = history ? CHANGES : POSITIONS;
  return withLiveTables(context, args, (tables) =>
    listRows(tables, { ...list, where: [oneOf("symbol", only)], limit }),
  );
}

const POSITIONS: Omit<RowList, "where" | "limit"> = {
  name: "positions",
  from: "active_positions",
  columns: TABLES.active_positions.columns,
  orderBy: "target, symbol, slot, user_id",
  isNewestLast: false,
  shown: [
    column("target", "target"),
    CONTRACT_COLUMN,
    column("side", "side"),
    numberColumn("size", "size"),
    numberColumn("entry", "entryPrice"),
    numberColumn("mark", "markPrice"),
    numberColumn("stop", "stopLoss"),
    numberColumn("take profit", "takeProfit"),
    column("opened by", ["openedBy", "strategy"], { shrink: true }),
    timeColumn("opened", "openedAt", { whenNarrow: "drop" }),
    { name: "remarks", shrink: true, cell: remarksOf },
  ],
  whenEmpty: "Nothing is open%. See how positions came and went with: drydock positions --history",
};

const CHANGES: Omit<RowList, "where" | "limit"> = {
  name: "changes",
  from: "position_changes",
  columns: TABLES.position_changes.columns,
  orderBy: "seq DESC, place DESC",
  isNewestLast: true,
  shown: [
    timeColumn("time", "time"),
    column("target", "target"),
    CONTRACT_COLUMN,
    column("change", "reason"),
    column("side", "side"),
    numberColumn("size", "size"),
    numberColumn("entry", "entryPrice"),
    numberColumn("mark", "markPrice"),
    numberColumn("record", "seq", { whenNarrow: "drop" }),
  ],
  whenEmpty: "No position was ever seen%. Reconcile writes one when a venue shows it",
};

function remarksOf(row: RowDocument): string {
  const remarks = [];
  if (row["isUntracked"] === true) remarks.push("untracked");
  if (row["isEstimated"] === true) remarks.push("estimated");
  return remarks.join(", ");
}
