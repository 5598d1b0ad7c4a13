import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import type { Cell, Table } from "#cli/output/table.ts";
import { listResult } from "#cli/positions/list-result.ts";
import { type LiveTables, withLiveTables } from "#cli/positions/open-tables.ts";
import {
  type RowDocument,
  rowDocument,
  shown,
  shownContract,
  shownTime,
} from "#cli/positions/row-document.ts";
import { oneOf } from "#cli/positions/sql-filter.ts";
import type { Cells } from "#data/projection/table-spec.ts";
import { TABLES } from "#data/projection/tables.ts";
import { agedHours } from "#engine/aged/aged-stages.ts";

interface Args {
  readonly all: boolean;
  readonly history: boolean;
  readonly only: readonly string[];
  readonly limit: number;
}

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  return withLiveTables(context, args, (tables) =>
    args.history ? history(tables, args) : positions(tables, args),
  );
}

async function positions(tables: LiveTables, { all, only, limit }: Args): Promise<CommandResult> {
  const open = all ? "true" : "status <> 'closed'";
  const found = await tables.rows(
    `SELECT *, count(*) OVER () AS total FROM aged_positions
     WHERE ${tables.ofTargets} AND ${oneOf("symbol", only)} AND ${open}
     ORDER BY detected_at DESC NULLS LAST, target, symbol_index LIMIT ${limit}`,
  );
  return listResult(tables, {
    name: "positions",
    rows: found
      .map((row) => ({
        ...rowDocument(row, TABLES.aged_positions.columns),
        hoursAged: hoursOf(row, tables.asOf),
      }))
      .toReversed(),
    total: Number(found[0]?.["total"] ?? 0),
    table: positionTable,
    whenEmpty: all
      ? "No position has become aged%. The rules are on with --aged"
      : "No position is aged%. Those that were closed: drydock aged --all",
  });
}

/** Hours since it became aged, until it was closed or until the last record. */
function hoursOf(row: Cells, asOf: number | null): number | null {
  const agedAt = row["aged_at"];
  const until = row["closed_at"] ?? asOf;
  if (typeof agedAt !== "number" || typeof until !== "number") return null;
  return agedHours({ agedAt }, until);
}

async function history(tables: LiveTables, { only, limit }: Args): Promise<CommandResult> {
  const found = await tables.rows(
    `SELECT *, count(*) OVER () AS total FROM aged_positions_history
     WHERE ${tables.ofTargets} AND ${oneOf("symbol", only)}
     ORDER BY record_seq DESC, symbol_index DESC, seq DESC LIMIT ${limit}`,
  );
  return listResult(tables, {
    name: "transitions",
    rows: found.map((row) => rowDocument(row, TABLES.aged_positions_history.columns)).toReversed(),
    total: Number(found[0]?.["total"] ?? 0),
    table: historyTable,
    whenEmpty: "No position has become aged%. The rules are on with --aged",
  });
}

function positionTable(rows: readonly RowDocument[]): Table {
  return {
    columns: [
      { name: "target" },
      { name: "contract" },
      { name: "side" },
      { name: "status" },
      { name: "hours aged", align: "right" },
      { name: "entry", align: "right" },
      { name: "price", align: "right" },
      { name: "has to meet", align: "right" },
      { name: "tolerated %", align: "right" },
      { name: "attempts", align: "right", whenNarrow: "dropIfZero" },
      { name: "P&L %", align: "right" },
      { name: "reason", shrink: true },
      { name: "emergency (UTC)", whenNarrow: "drop" },
    ],
    rows: rows.map((row) => [
      shown(row["target"]),
      shownContract(row),
      shown(row["side"]),
      shown(row["status"]),
      decimals(row["hoursAged"], 1),
      shown(row["entryPrice"]),
      shown(row["closePrice"] ?? row["price"]),
      shown(row["targetPrice"]),
      decimals(row["tolerancePct"], 2),
      shown(row["attempts"]),
      decimals(row["pnlPct"], 2),
      shown(row["reason"]),
      shownTime(row["emergencyAt"]),
    ]),
  };
}

function historyTable(rows: readonly RowDocument[]): Table {
  return {
    columns: [
      { name: "time (UTC)" },
      { name: "target" },
      { name: "contract" },
      { name: "position", align: "right" },
      { name: "from" },
      { name: "to" },
      { name: "reason" },
      { name: "price", align: "right" },
      { name: "had to meet", align: "right" },
      { name: "tolerated %", align: "right" },
      { name: "hours aged", align: "right" },
    ],
    rows: rows.map((row) => [
      shownTime(row["time"]),
      shown(row["target"]),
      shownContract(row),
      shown(row["id"]),
      shown(row["fromStatus"]),
      shown(row["toStatus"]),
      shown(row["reason"]),
      shown(row["price"]),
      shown(row["targetPrice"]),
      decimals(row["tolerancePct"], 2),
      decimals(row["hours"], 2),
    ]),
  };
}

function decimals(cell: RowDocument[string] | undefined, digits: number): Cell {
  return typeof cell === "number" ? cell.toFixed(digits) : "";
}
