import { existsSync } from "node:fs";
import {
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBListValue,
  type DuckDBPreparedStatement,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
  StatementType,
} from "@duckdb/node-api";
import { DrydockError } from "#engine/errors.ts";
import { openModeOf } from "./database.ts";
import { inTurn } from "./in-turn.ts";
import { liveTables } from "./live-tables.ts";
import { whileLocked } from "./lock-wait.ts";
import { StateStore } from "./state-store.ts";
import { toStoreError } from "./store-errors.ts";
import type { Workspace } from "./workspace.ts";

/** A value of a result as JSON: times as ISO-8601 UTC, decimals and integers beyond 2^53 as text, NaN as null. */
export type SqlValue = null | boolean | number | string | readonly SqlValue[] | SqlRecord;
export interface SqlRecord {
  readonly [name: string]: SqlValue;
}

export interface SqlResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** Whether there are more rows than the limit. */
  readonly isCut: boolean;
  /** What the user should hear of besides the result. */
  readonly notices: readonly string[];
}

export interface SqlOptions {
  /** No more rows than this; without it, all. */
  readonly rowsMax?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface StoreFile {
  readonly name: "market" | "state" | "live";
  readonly path: string;
}

/**
 * Answers one question in SQL over market, runs and journal, for reading only: the files are attached so, and after that
 * DuckDB is shut off from files and network. Tables need no prefix; `market.candles`, `state.runs` and `live.intents` are
 * understood. Of two tables of one name the one of `state` is meant.
 * In one process, questions and saved runs wait for each other.
 *
 * @throws E_USAGE for what is no question or fails, E_DATA_MISSING when there is nothing to ask,
 * E_STORE_LOCKED, E_STORE_CORRUPT, E_STORE_VERSION
 */
export async function querySql(
  workspace: Workspace,
  sql: string,
  options: SqlOptions = {},
): Promise<SqlResult> {
  const runNotices = await enterNewRuns(workspace);
  return inTurn(async () => {
    const live = await liveTables(workspace, options.signal);
    try {
      const stores: readonly StoreFile[] = [
        { name: "market", path: workspace.marketPath },
        { name: "state", path: workspace.statePath },
        { name: "live", path: live.path },
      ];
      const files = stores.filter(({ path }) => path !== "" && existsSync(path));
      if (files.length === 0) throw nothingStored(workspace);
      const notices = [...runNotices, ...live.notices];
      return { ...(await askFiles(files, sql, options)), notices };
    } finally {
      live.remove();
    }
  });
}

async function askFiles(
  files: readonly StoreFile[],
  sql: string,
  options: SqlOptions,
): Promise<Omit<SqlResult, "notices">> {
  for (const { path } of files) refuseOpen(path);
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: "1GB",
    autoinstall_known_extensions: "false",
  });
  const connection = await instance.connect();
  const interrupt = (): void => connection.interrupt();
  options.signal?.addEventListener("abort", interrupt);
  try {
    for (const file of files) await whileLocked(() => attach(connection, file.name, file.path));
    await connection.run(
      `SET search_path = '${files.map(({ name }) => `${name}.main`).join(",")}'`,
    );
    await connection.run("SET enable_external_access = false");
    await connection.run("SET lock_configuration = true");
    return await ask(connection, sql, options.rowsMax ?? Infinity);
  } catch (error) {
    if (options.signal?.aborted === true) throw interrupted(error);
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", interrupt);
    connection.disconnectSync();
    instance.closeSync();
  }
}

/** Runs that were saved while another process held the tables. When they cannot be entered now, what is there is shown. */
async function enterNewRuns(workspace: Workspace): Promise<readonly string[]> {
  if (!existsSync(workspace.runsFolder)) return [];
  try {
    return (await new StateStore(workspace).sync()).notices;
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
    return [`The newest runs may be missing from the tables: ${error.message}`];
  }
}

/** Closing a second handle would drop the lock of the first; see database.ts. */
function refuseOpen(path: string): void {
  if (openModeOf(path) === undefined) return;
  throw new DrydockError("E_STORE_LOCKED", `"${path}" is open in this process`, {
    while: "running drydock sql",
    hint: "Close it first",
  });
}

async function attach(connection: DuckDBConnection, name: string, path: string): Promise<void> {
  try {
    await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS ${name} (READ_ONLY)`);
  } catch (error) {
    throw toStoreError(error, { path, while: `opening ${path}`, mode: "read" });
  }
}

async function ask(
  connection: DuckDBConnection,
  sql: string,
  rowsMax: number,
): Promise<Omit<SqlResult, "notices">> {
  let statement: DuckDBPreparedStatement | undefined;
  try {
    statement = await prepareQuestion(connection, sql);
    const result = await statement.stream();
    const columns = result.columnNames().map((name, index) => ({
      name,
      type: result.columnType(index).toString(),
    }));
    const rows: SqlValue[][] = [];
    for await (const part of result.yieldRows()) {
      for (const row of part) {
        if (rows.length >= rowsMax) return { columns, rows, isCut: true };
        rows.push(row.map(toPlain));
      }
    }
    return { columns, rows, isCut: false };
  } catch (error) {
    const known = toStoreError(error, { path: "the store", while: "running the query" });
    throw known instanceof DrydockError ? known : queryFault(error);
  } finally {
    statement?.destroySync();
  }
}

async function prepareQuestion(
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  if (sql.trim() === "") throw usage("The query is empty");
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) throw usage(`One query at a time, not ${statements.count}`);
  const statement = await statements.prepare(0);
  const type = statement.statementType;
  if (type === StatementType.SELECT || type === StatementType.EXPLAIN) return statement;
  statement.destroySync();
  throw usage(`Only queries are allowed, not ${StatementType[type] ?? "this statement"}`);
}

function toPlain(value: DuckDBValue): SqlValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return plainNumber(value);
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return value.isFinite ? isoMicros(value.micros) : String(value);
  }
  if (value instanceof DuckDBListValue) return value.items.map(toPlain);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(
      Object.entries(value.entries).map(([name, entry]) => [name, toPlain(entry)]),
    );
  }
  return String(value);
}

function plainNumber(value: number): number | string | null {
  if (Number.isNaN(value)) return null;
  return Number.isFinite(value) ? value : String(value);
}

/** Stored times have milliseconds; a query may come to more digits. */
function isoMicros(micros: bigint): string {
  const ms = micros / 1_000n;
  const rest = micros % 1_000n;
  if (rest !== 0n) return `${new DuckDBTimestampValue(micros).toString().replace(" ", "T")}Z`;
  return new Date(Number(ms)).toISOString();
}

function usage(message: string): DrydockError {
  return new DrydockError("E_USAGE", message, {
    while: "running drydock sql",
    hint: `Try drydock sql "select * from stored_series" or "show all tables"`,
  });
}

function queryFault(error: unknown): DrydockError {
  const text = error instanceof Error ? error.message : String(error);
  const message = text.replace(/^Failed to extract statements: /, "").trim();
  return new DrydockError("E_USAGE", `The query failed: ${message}`, {
    while: "running drydock sql",
    hint: "show all tables lists tables and columns",
    cause: error,
  });
}

function interrupted(cause: unknown): DrydockError {
  return new DrydockError("E_INTERRUPTED", "The query was interrupted", { cause });
}

function nothingStored(workspace: Workspace): DrydockError {
  return new DrydockError("E_DATA_MISSING", `There is nothing to query in "${workspace.root}"`, {
    hint: "Run drydock data import <file>, or drydock demo",
  });
}
