import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import type { Table } from "#cli/output/table.ts";
import { listResult } from "#cli/positions/list-result.ts";
import { withLiveTables } from "#cli/positions/open-tables.ts";
import {
  type RowDocument,
  rowDocument,
  shown,
  shownContract,
  shownTime,
} from "#cli/positions/row-document.ts";
import { oneOf } from "#cli/positions/sql-filter.ts";
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
  return withLiveTables(context, args, async (tables) => {
    const { history, limit, only } = args;
    const name = history ? "position_changes" : "active_positions";
    const where = `${tables.ofTargets} AND ${oneOf("symbol", only)}`;
    const newest = history ? "seq DESC, place DESC" : "target, symbol, slot, user_id";
    const found = await tables.rows(
      `SELECT *, count(*) OVER () AS total FROM ${name} WHERE ${where} ORDER BY ${newest} LIMIT ${limit}`,
    );
    const rows = found.map((row) => rowDocument(row, TABLES[name].columns));
    return listResult(tables, {
      name: history ? "changes" : "positions",
      rows: history ? rows.toReversed() : rows,
      total: Number(found[0]?.["total"] ?? 0),
      table: history ? changeTable : positionTable,
      whenEmpty: history
        ? "No position was ever seen%. Reconcile writes one when a venue shows it"
        : "Nothing is open%. See how positions came and went with: drydock positions --history",
    });
  });
}

function positionTable(rows: readonly RowDocument[]): Table {
  return {
    columns: [
      { name: "target" },
      { name: "contract" },
      { name: "side" },
      { name: "size", align: "right" },
      { name: "entry", align: "right" },
      { name: "mark", align: "right" },
      { name: "stop", align: "right" },
      { name: "take profit", align: "right" },
      { name: "opened by", shrink: true },
      { name: "opened (UTC)", whenNarrow: "drop" },
      { name: "remarks", shrink: true },
    ],
    rows: rows.map((row) => [
      shown(row["target"]),
      shownContract(row),
      shown(row["side"]),
      shown(row["size"]),
      shown(row["entryPrice"]),
      shown(row["markPrice"]),
      shown(row["stopLoss"]),
      shown(row["takeProfit"]),
      shown(row["openedBy"] ?? row["strategy"]),
      shownTime(row["openedAt"]),
      remarksOf(row),
    ]),
  };
}

function changeTable(rows: readonly RowDocument[]): Table {
  return {
    columns: [
      { name: "time (UTC)" },
      { name: "target" },
      { name: "contract" },
      { name: "change" },
      { name: "side" },
      { name: "size", align: "right" },
      { name: "entry", align: "right" },
      { name: "mark", align: "right" },
      { name: "record", align: "right", whenNarrow: "drop" },
    ],
    rows: rows.map((row) => [
      shownTime(row["time"]),
      shown(row["target"]),
      shownContract(row),
      shown(row["reason"]),
      shown(row["side"]),
      shown(row["size"]),
      shown(row["entryPrice"]),
      shown(row["markPrice"]),
      shown(row["seq"]),
    ]),
  };
}

function remarksOf(row: RowDocument): string {
  const remarks = [];
  if (row["isUntracked"] === true) remarks.push("untracked");
  if (row["isEstimated"] === true) remarks.push("estimated");
  return remarks.join(", ");
}
