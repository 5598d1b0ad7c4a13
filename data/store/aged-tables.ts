import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { pathLiteral } from "./path-literal.ts";
import type { StoredRun } from "./run-file.ts";

/** A field of the file, the column of the table, and its type. */
type Column = readonly [field: string, column: string, type: string];

/** In the order of the fields of `aged.ndjson`: one row per position that became aged. */
const POSITIONS: readonly Column[] = [
  ["id", "id", "BIGINT NOT NULL"],
  ["tradeId", "trade_id", "BIGINT NOT NULL"],
  ["symbol", "symbol", "VARCHAR NOT NULL"],
  ["side", "side", "VARCHAR NOT NULL"],
  ["status", "status", "VARCHAR NOT NULL"],
  ["reason", "reason", "VARCHAR"],
  ["closedFrom", "closed_from", "VARCHAR"],
  ["openedAt", "opened_at", "TIMESTAMP NOT NULL"],
  ["detectedAt", "detected_at", "TIMESTAMP NOT NULL"],
  ["graceAt", "grace_at", "TIMESTAMP"],
  ["progressiveAt", "progressive_at", "TIMESTAMP"],
  ["closedAt", "closed_at", "TIMESTAMP"],
  ["graceEndsAt", "grace_ends_at", "TIMESTAMP NOT NULL"],
  ["emergencyAt", "emergency_at", "TIMESTAMP NOT NULL"],
  ["hoursAged", "hours_aged", "DOUBLE NOT NULL"],
  ["hoursInGrace", "hours_in_grace", "DOUBLE"],
  ["hoursInProgressive", "hours_in_progressive", "DOUBLE"],
  ["entryPrice", "entry_price", "DOUBLE NOT NULL"],
  ["breakEven", "break_even", "DOUBLE NOT NULL"],
  ["target", "target", "DOUBLE"],
  ["tolerancePct", "tolerance_pct", "DOUBLE NOT NULL"],
  ["attempts", "attempts", "BIGINT NOT NULL"],
  ["orderId", "order_id", "BIGINT"],
  ["decidedPrice", "decided_price", "DOUBLE"],
  ["closePrice", "close_price", "DOUBLE"],
  ["pnlPct", "pnl_pct", "DOUBLE"],
  ["netPnl", "net_pnl", "DOUBLE"],
  ["returnPct", "return_pct", "DOUBLE"],
];

/** In the order of the fields of `aged-history.ndjson`: one row per transition. */
const HISTORY: readonly Column[] = [
  ["position", "position", "BIGINT NOT NULL"],
  ["seq", "seq", "BIGINT NOT NULL"],
  ["symbol", "symbol", "VARCHAR NOT NULL"],
  ["side", "side", "VARCHAR NOT NULL"],
  ["time", "time", "TIMESTAMP NOT NULL"],
  ["from", "from_status", "VARCHAR"],
  ["to", "to_status", "VARCHAR NOT NULL"],
  ["reason", "reason", "VARCHAR NOT NULL"],
  ["price", "price", "DOUBLE"],
  ["target", "target", "DOUBLE"],
  ["tolerancePct", "tolerance_pct", "DOUBLE NOT NULL"],
  ["hours", "hours", "DOUBLE NOT NULL"],
];

const AGED_FILE = "aged.ndjson";
const HISTORY_FILE = "aged-history.ndjson";

/** The statements that make the tables of the aged rules. */
export const AGED_TABLES: readonly string[] = [
  tableOf("aged_positions", POSITIONS),
  tableOf("aged_positions_history", HISTORY),
];

/** Enters the aged positions of a run and their transitions; a run without the aged rules has no such files. */
export async function insertAged(connection: DuckDBConnection, run: StoredRun): Promise<void> {
  await insertRows(connection, run, "aged_positions", AGED_FILE, POSITIONS);
  await insertRows(connection, run, "aged_positions_history", HISTORY_FILE, HISTORY);
}

function tableOf(table: string, columns: readonly Column[]): string {
  const fields = columns.map(([, column, type]) => `"${column}" ${type}`);
  return `CREATE TABLE ${table} (run_id VARCHAR NOT NULL, ${fields.join(", ")})`;
}

/** The order of the lines is the order of the rows. */
async function insertRows(
  connection: DuckDBConnection,
  run: StoredRun,
  table: string,
  file: string,
  columns: readonly Column[],
): Promise<void> {
  const path = join(run.folder, file);
  if (!existsSync(path)) return;
  const types = columns.map(([field, , type]) => `"${field}": '${type.replace(" NOT NULL", "")}'`);
  const fields = columns.map(([field]) => `"${field}"`);
  await connection.run(
    `INSERT INTO ${table}
     SELECT $1, ${fields.join(", ")}
     FROM read_json(${pathLiteral(path)}, format = 'newline_delimited', columns = {${types.join(", ")}})`,
    [run.id],
  );
}
