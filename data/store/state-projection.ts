import { existsSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DrydockError } from "#engine/errors.ts";
import { AGED_TABLES, insertAged } from "./aged-tables.ts";
import { type Database, openDatabase } from "./database.ts";
import { inTurn } from "./in-turn.ts";
import { pathLiteral as literal } from "./path-literal.ts";
import type { StoredRun } from "./run-file.ts";
import { listRunFolders, type RunFolder, readRunFolder } from "./run-folders.ts";
import type { Workspace } from "./workspace.ts";

/**
 * `state.duckdb`: the runs as tables, for people and their SQL. A projection of the run folders: nothing is only in
 * here, so a file that is missing, damaged or of another version is made again.
 */

/** Goes up with any change of the tables; then they are made again, never altered. */
const STATE_VERSION = 3;

const TABLES: readonly string[] = [
  "CREATE TABLE state_version (version INTEGER NOT NULL)",
  `INSERT INTO state_version VALUES (${STATE_VERSION})`,
  `CREATE TABLE runs (
    id VARCHAR NOT NULL, run_hash VARCHAR NOT NULL, trace_hash VARCHAR NOT NULL, strategy VARCHAR NOT NULL,
    started TIMESTAMP NOT NULL, status VARCHAR NOT NULL, engine_version VARCHAR NOT NULL, seed DOUBLE NOT NULL,
    data_fingerprint VARCHAR NOT NULL, tags VARCHAR[] NOT NULL, config JSON NOT NULL, summary JSON NOT NULL,
    folder VARCHAR NOT NULL, report VARCHAR, trades VARCHAR, equity VARCHAR, journal VARCHAR, stamp VARCHAR NOT NULL)`,
  "CREATE TABLE run_metrics (run_id VARCHAR NOT NULL, metric VARCHAR NOT NULL, value DOUBLE)",
  `CREATE TABLE run_trades (
    run_id VARCHAR NOT NULL, id BIGINT NOT NULL, symbol VARCHAR NOT NULL, side VARCHAR NOT NULL,
    opened_at TIMESTAMP NOT NULL, closed_at TIMESTAMP, entry_price DOUBLE NOT NULL, exit_price DOUBLE,
    qty DOUBLE NOT NULL, gross_pnl DOUBLE NOT NULL, fees DOUBLE NOT NULL, funding DOUBLE NOT NULL,
    net_pnl DOUBLE NOT NULL, return_pct DOUBLE NOT NULL, exit_reason VARCHAR, exit_detail VARCHAR,
    bars BIGINT NOT NULL, mae DOUBLE NOT NULL, mfe DOUBLE NOT NULL)`,
  // One row per execution, in order; participation is NULL where the volume is unknown.
  `CREATE TABLE run_fills (
    run_id VARCHAR NOT NULL, time TIMESTAMP NOT NULL, symbol VARCHAR NOT NULL, side VARCHAR NOT NULL,
    price DOUBLE NOT NULL, qty DOUBLE NOT NULL, fee DOUBLE NOT NULL, liquidity VARCHAR NOT NULL,
    slippage DOUBLE NOT NULL, participation DOUBLE, trade_id BIGINT NOT NULL, reason VARCHAR NOT NULL)`,
  // One row per UTC day: the close of its last bar. Every bar is in the file that runs.equity names.
  `CREATE TABLE run_equity (
    run_id VARCHAR NOT NULL, day DATE NOT NULL, equity DOUBLE NOT NULL, equity_low DOUBLE NOT NULL,
    gross_notional DOUBLE NOT NULL)`,
  ...AGED_TABLES,
];

const RUN_TABLES = [
  "run_metrics",
  "run_trades",
  "run_fills",
  "run_equity",
  "aged_positions",
  "aged_positions_history",
] as const;

/** Beside `trades.csv`; runs of earlier versions have none. */
const FILLS_FILE = "fills.csv";

/** What a synchronisation did. */
export interface Projected {
  /** Runs that were entered or entered again. */
  readonly entered: number;
  readonly removed: number;
  /** What the user should hear of: a file made again, a run that could not be entered. */
  readonly notices: readonly string[];
}

/**
 * Brings the tables up to date with the run folders.
 *
 * @throws E_STORE_LOCKED, E_NOT_WRITABLE, E_DISK_FULL
 */
export function projectRuns(workspace: Workspace): Promise<Projected> {
  return inTurn(() => project(workspace));
}

/**
 * Makes the tables from nothing. The old file gives way only when nobody else holds it.
 *
 * @throws E_STORE_LOCKED, E_NOT_WRITABLE, E_DISK_FULL
 */
export function rebuildTables(workspace: Workspace): Promise<Projected> {
  return inTurn(async () => {
    const { database } = await openTables(workspace);
    await database.close();
    removeFile(workspace);
    const result = await project(workspace);
    // That the file was missing is no news to whoever asked for this.
    return { ...result, notices: result.notices.filter((notice) => notice !== MISSING) };
  });
}

const MISSING = 'Made "state.duckdb" again from the run folders: it was missing';

async function project(workspace: Workspace): Promise<Projected> {
  const { database, notices } = await openTables(workspace);
  try {
    const folders = listRunFolders(workspace);
    const known = await readStamps(database);
    const stamps = new Map(folders.map(({ id, stamp }) => [id, stamp]));
    const gone = [...known.keys()].filter((id) => !stamps.has(id));
    const changed = folders.filter(({ id, stamp }) => known.get(id) !== stamp);
    if (gone.length > 0) {
      await database.transact("removing runs from the tables", async (connection) => {
        for (const id of gone) await removeRun(connection, id);
      });
    }
    let entered = 0;
    for (const folder of changed) {
      const problem = await enterRun(database, folder);
      if (problem === null) entered++;
      else notices.push(problem);
    }
    await database.checkpoint("large");
    return { entered, removed: gone.length, notices };
  } finally {
    await database.close();
  }
}

interface OpenTables {
  readonly database: Database;
  readonly notices: string[];
}

async function openTables(workspace: Workspace): Promise<OpenTables> {
  const { statePath } = workspace;
  const isMissing = !existsSync(statePath) && listRunFolders(workspace).length > 1;
  const notices = isMissing ? [MISSING] : [];
  const found = await openAnyVersion(workspace, notices);
  if (found.version === STATE_VERSION) return { database: found.database, notices };
  let { database } = found;
  if (found.version !== null) {
    await database.close();
    removeFile(workspace);
    database = await openDatabase(statePath, "write");
  }
  await createTables(database);
  return { database, notices };
}

/** The version is null when the file is new; a file that does not open is moved aside. */
async function openAnyVersion(
  workspace: Workspace,
  notices: string[],
): Promise<{ readonly database: Database; readonly version: number | null }> {
  const { statePath } = workspace;
  try {
    const database = await openDatabase(statePath, "write");
    return { database, version: await readVersion(database) };
  } catch (error) {
    if (!isBeyondUse(error)) throw error;
    const aside = moveAside(statePath);
    notices.push(
      `Made "state.duckdb" again from the run folders: it was damaged and is now "${aside}"`,
    );
    return { database: await openDatabase(statePath, "write"), version: null };
  }
}

async function createTables(database: Database): Promise<void> {
  await database.transact("creating the state tables", async (connection) => {
    for (const statement of TABLES) await connection.run(statement);
  });
}

/** Null when the file is new. */
async function readVersion(database: Database): Promise<number | null> {
  return database.read(`opening ${database.path}`, async (connection) => {
    const tables = await connection.runAndReadAll(
      "SELECT 1 FROM duckdb_tables() WHERE table_name = 'state_version'",
    );
    if (tables.getRows().length === 0) return null;
    const version = await connection.runAndReadAll("SELECT version FROM state_version");
    return Number(version.getRows()[0]?.[0]);
  });
}

async function readStamps(database: Database): Promise<Map<string, string>> {
  return database.read("reading the entered runs", async (connection) => {
    const reader = await connection.runAndReadAll("SELECT id, stamp FROM runs ORDER BY id");
    return new Map(reader.getRows().map(([id, stamp]) => [String(id), String(stamp)]));
  });
}

/** Enters one run in a transaction of its own; returns why it could not be, so that one bad folder stops no other. */
async function enterRun(database: Database, folder: RunFolder): Promise<string | null> {
  try {
    const run = readRunFolder(folder);
    for (const file of [run.files.trades, run.files.equity]) {
      if (file !== null && !existsSync(file))
        return leftOut(folder, `"${basename(file)}" is missing`);
    }
    await database.transact(`entering the run ${folder.id}`, async (connection) => {
      await removeRun(connection, run.id);
      await insertRun(connection, run, folder.stamp);
      await insertTrades(connection, run);
      await insertFills(connection, run);
      await insertEquity(connection, run);
      await insertAged(connection, run);
    });
    return null;
  } catch (error) {
    if (error instanceof DrydockError && error.code !== "E_STORE_CORRUPT") throw error;
    return leftOut(folder, reason(error));
  }
}

function leftOut(folder: RunFolder, why: string): string {
  return `Left the run "${folder.id}" out of the tables: ${why}`;
}

async function removeRun(connection: DuckDBConnection, id: string): Promise<void> {
  await connection.run("DELETE FROM runs WHERE id = $1", [id]);
  for (const table of RUN_TABLES) {
    await connection.run(`DELETE FROM ${table} WHERE run_id = $1`, [id]);
  }
}

async function insertRun(
  connection: DuckDBConnection,
  run: StoredRun,
  stamp: string,
): Promise<void> {
  await connection.run(
    `INSERT INTO runs VALUES ($1, $2, $3, $4, make_timestamp_ms($5::BIGINT), $6, $7, $8, $9,
       from_json($10, '["VARCHAR"]'), $11, $12, $13, $14, $15, $16, $17, $18)`,
    [
      run.id,
      run.runHash,
      run.traceHash,
      run.strategy,
      BigInt(run.startedAt),
      run.status,
      run.engineVersion,
      run.seed,
      run.dataFingerprint,
      JSON.stringify(run.tags),
      JSON.stringify(run.config),
      JSON.stringify(run.summary),
      run.folder,
      run.files.report,
      run.files.trades,
      run.files.equity,
      run.files.journal,
      stamp,
    ],
  );
  const appender = await connection.createAppender("run_metrics");
  for (const [metric, value] of Object.entries(run.summary)) {
    appender.appendVarchar(run.id);
    appender.appendVarchar(metric);
    if (value === null) appender.appendNull();
    else appender.appendDouble(value);
    appender.endRow();
  }
  appender.closeSync();
}

const TRADE_COLUMNS = `{id: 'BIGINT', symbol: 'VARCHAR', side: 'VARCHAR', openedAt: 'TIMESTAMP', closedAt: 'TIMESTAMP',
  entryPrice: 'DOUBLE', exitPrice: 'DOUBLE', qty: 'DOUBLE', grossPnl: 'DOUBLE', fees: 'DOUBLE', funding: 'DOUBLE',
  netPnl: 'DOUBLE', returnPct: 'DOUBLE', exitReason: 'VARCHAR', exitDetail: 'VARCHAR', bars: 'BIGINT', mae: 'DOUBLE',
  mfe: 'DOUBLE'}`;
const FILL_COLUMNS = `{time: 'TIMESTAMP', symbol: 'VARCHAR', side: 'VARCHAR', price: 'DOUBLE', qty: 'DOUBLE',
  fee: 'DOUBLE', liquidity: 'VARCHAR', slippage: 'DOUBLE', participation: 'DOUBLE', tradeId: 'BIGINT',
  reason: 'VARCHAR'}`;
const EQUITY_COLUMNS =
  "{time: 'TIMESTAMP', equity: 'DOUBLE', equityLow: 'DOUBLE', grossNotional: 'DOUBLE'}";

async function insertTrades(connection: DuckDBConnection, run: StoredRun): Promise<void> {
  if (run.files.trades === null) return;
  await connection.run(
    `INSERT INTO run_trades
     SELECT $1, * FROM read_csv(${literal(run.files.trades)}, header = true, auto_detect = false, delim = ',',
       quote = '"', escape = '"', columns = ${TRADE_COLUMNS}) ORDER BY id`,
    [run.id],
  );
}

/** The order of the lines is the order of the executions: rows keep it. */
async function insertFills(connection: DuckDBConnection, run: StoredRun): Promise<void> {
  const path = join(run.folder, FILLS_FILE);
  if (!existsSync(path)) return;
  await connection.run(
    `INSERT INTO run_fills
     SELECT $1, * FROM read_csv(${literal(path)}, header = true, auto_detect = false, delim = ',',
       quote = '"', escape = '"', columns = ${FILL_COLUMNS})`,
    [run.id],
  );
}

async function insertEquity(connection: DuckDBConnection, run: StoredRun): Promise<void> {
  const { equity } = run.files;
  if (equity === null) return;
  const source = equity.endsWith(".parquet")
    ? `read_parquet(${literal(equity)})`
    : `read_csv(${literal(equity)}, header = true, auto_detect = false, delim = ',', columns = ${EQUITY_COLUMNS})`;
  // A bar that closes at midnight belongs to the day that ends there.
  await connection.run(
    `INSERT INTO run_equity
     SELECT $1, (time - INTERVAL 1 MILLISECOND)::DATE AS day, arg_max(equity, time), min(equityLow),
       arg_max(grossNotional, time)
     FROM ${source} GROUP BY day ORDER BY day`,
    [run.id],
  );
}

/** A projection that does not open is worth nothing, whatever the reason is, unless the reason is the world's. */
function isBeyondUse(error: unknown): boolean {
  if (!(error instanceof DrydockError)) return true;
  return error.code === "E_STORE_CORRUPT" || error.code === "E_STORE_VERSION";
}

function moveAside(path: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
  renameSync(path, aside);
  if (existsSync(`${path}.wal`)) renameSync(`${path}.wal`, `${aside}.wal`);
  return basename(aside);
}

function removeFile(workspace: Workspace): void {
  rmSync(workspace.statePath, { force: true });
  rmSync(`${workspace.statePath}.wal`, { force: true });
}

function reason(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}
