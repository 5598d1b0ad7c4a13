import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { listRows } from "#cli/live-tables/list-rows.ts";
import { type LiveTables, withLiveTables } from "#cli/live-tables/open-tables.ts";
import {
  CONTRACT_COLUMN,
  column,
  decimalColumn,
  numberColumn,
  type RowColumn,
  timeColumn,
} from "#cli/live-tables/row-columns.ts";
import { oneOf } from "#cli/live-tables/sql-filter.ts";
import type { Cells } from "#data/projection/table-spec.ts";
import { TABLES } from "#data/projection/tables.ts";
import { agedHours } from "#engine/aged/aged-stages.ts";

interface Args {
  readonly all: boolean;
  readonly history: boolean;
  readonly only: readonly string[];
  readonly limit: number;
}

const POSITION_COLUMNS: readonly RowColumn[] = [
  column("target", "target"),
  CONTRACT_COLUMN,
  column("side", "side"),
  column("status", "status"),
  decimalColumn("hours aged", "hoursAged", 1),
  numberColumn("entry", "entryPrice"),
  numberColumn("price", ["closePrice", "price"]),
  numberColumn("has to meet", "targetPrice"),
  decimalColumn("tolerated %", "tolerancePct", 2),
  numberColumn("attempts", "attempts", { whenNarrow: "dropIfZero" }),
  decimalColumn("P&L %", "pnlPct", 2),
  column("reason", "reason", { shrink: true }),
  timeColumn("emergency", "emergencyAt", { whenNarrow: "drop" }),
];

const TRANSITION_COLUMNS: readonly RowColumn[] = [
  timeColumn("time", "time"),
  column("target", "target"),
  CONTRACT_COLUMN,
  numberColumn("position", "id"),
  column("from", "fromStatus"),
  column("to", "toStatus"),
  column("reason", "reason"),
  numberColumn("price", "price"),
  numberColumn("had to meet", "targetPrice"),
  decimalColumn("tolerated %", "tolerancePct", 2),
  decimalColumn("hours aged", "hours", 2),
];

const NONE_YET = "No position has become aged%. The rules are on with --aged";

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  return withLiveTables(context, args, (tables) =>
    args.history ? transitions(tables, args) : positions(tables, args),
  );
}

function positions(tables: LiveTables, { all, only, limit }: Args): Promise<CommandResult> {
  return listRows(tables, {
    name: "positions",
    from: "aged_positions",
    columns: TABLES.aged_positions.columns,
    also: (row) => ({ hoursAged: hoursOf(row, tables.asOf) }),
    where: [oneOf("symbol", only), all ? "true" : "status <> 'closed'"],
    orderBy: "detected_at DESC NULLS LAST, target, symbol_index",
    limit,
    isNewestLast: true,
    shown: POSITION_COLUMNS,
    whenEmpty: all ? NONE_YET : "No position is aged%. Those that were closed: drydock aged --all",
  });
}

/** Hours since it became aged, until it was closed or until the last record. */
function hoursOf(row: Cells, asOf: number | null): number | null {
  const agedAt = row["aged_at"];
  const until = row["closed_at"] ?? asOf;
  if (typeof agedAt !== "number" || typeof until !== "number") return null;
  return agedHours({ agedAt }, until);
}

function transitions(tables: LiveTables, { only, limit }: Args): Promise<CommandResult> {
  return listRows(tables, {
    name: "transitions",
    from: "aged_positions_history",
    columns: TABLES.aged_positions_history.columns,
    where: [oneOf("symbol", only)],
    orderBy: "record_seq DESC, symbol_index DESC, seq DESC",
    limit,
    isNewestLast: true,
    shown: TRANSITION_COLUMNS,
    whenEmpty: NONE_YET,
  });
}
