import type { DuckDBConnection } from "@duckdb/node-api";
import { assert } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import type { Database } from "./database.ts";

/**
 * The tables of `market.duckdb`. Rows have no index: the one writer keeps them unique, and DuckDB's indexes cost more
 * than they give for columns that are read in ranges. The views are what people query.
 *
 * A migration is a list of statements for the next version. Allowed: new tables and views, new columns without a
 * default or with a constant one, renames, drops. Not allowed, because the file does not open again when the process
 * dies before the next checkpoint: `DEFAULT now()`, `DEFAULT uuid()`, `ALTER COLUMN … TYPE … USING …`. Nor may one
 * migration alter a table and change its rows: DuckDB 1.5.6 then refuses the commit, although nobody else wrote.
 */
export interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
}

const VERSION_1: readonly string[] = [
  "CREATE TABLE schema_version (version INTEGER NOT NULL)",
  "INSERT INTO schema_version VALUES (1)",
  `CREATE TABLE series (
    series_id INTEGER NOT NULL, kind VARCHAR NOT NULL, exchange VARCHAR NOT NULL, symbol VARCHAR NOT NULL,
    "interval" VARCHAR NOT NULL, interval_ms BIGINT NOT NULL)`,
  `CREATE TABLE bars (
    series_id INTEGER NOT NULL, time BIGINT NOT NULL, open DOUBLE NOT NULL, high DOUBLE NOT NULL,
    low DOUBLE NOT NULL, close DOUBLE NOT NULL, volume DOUBLE)`,
  "CREATE TABLE funding (series_id INTEGER NOT NULL, time BIGINT NOT NULL, rate DOUBLE NOT NULL)",
  `CREATE TABLE months (
    series_id INTEGER NOT NULL, month VARCHAR NOT NULL, rows BIGINT NOT NULL, first_time BIGINT NOT NULL,
    last_time BIGINT NOT NULL, hash VARCHAR NOT NULL, price_decimals INTEGER)`,
  `CREATE TABLE imports (
    series_id INTEGER NOT NULL, imported_at BIGINT NOT NULL, source VARCHAR NOT NULL, files VARCHAR NOT NULL,
    inserted BIGINT NOT NULL, replaced BIGINT NOT NULL, unchanged BIGINT NOT NULL)`,
  `CREATE TABLE instruments (
    exchange VARCHAR NOT NULL, symbol VARCHAR NOT NULL, valid_from BIGINT NOT NULL, tick DOUBLE NOT NULL,
    lot DOUBLE NOT NULL, min_qty DOUBLE NOT NULL, max_qty DOUBLE, min_notional DOUBLE NOT NULL,
    max_leverage DOUBLE NOT NULL, tiers VARCHAR NOT NULL, funding_interval_hours DOUBLE,
    maker DOUBLE, taker DOUBLE)`,
  priceView("candles", "candles"),
  priceView("mark_prices", "mark"),
  priceView("index_prices", "index"),
  `CREATE VIEW funding_rates AS
    SELECT s.exchange, s.symbol, epoch_ms(f.time) AS time, f.rate
    FROM funding f JOIN series s USING (series_id)`,
  `CREATE VIEW stored_series AS
    SELECT s.kind, s.exchange, s.symbol, s."interval", sum(m.rows)::BIGINT AS rows,
      epoch_ms(min(m.first_time)) AS first, epoch_ms(max(m.last_time)) AS last
    FROM series s JOIN months m USING (series_id)
    GROUP BY ALL ORDER BY ALL`,
];

export const MARKET_MIGRATIONS: readonly Migration[] = [{ version: 1, statements: VERSION_1 }];

function priceView(view: string, kind: string): string {
  return `CREATE VIEW ${view} AS
    SELECT s.exchange, s.symbol, s."interval", epoch_ms(b.time) AS time, b.open, b.high, b.low, b.close, b.volume
    FROM bars b JOIN series s USING (series_id) WHERE s.kind = '${kind}'`;
}

/** The version of the schema in the file; 0 when the file holds no table at all. */
export function readSchemaVersion(database: Database): Promise<number> {
  return database.read(`opening ${database.path}`, (connection) =>
    versionOf(connection, database.path),
  );
}

async function versionOf(connection: DuckDBConnection, path: string): Promise<number> {
  const tables = await firstValue(connection, "SELECT count(*)::DOUBLE FROM duckdb_tables()");
  if (tables === 0) return 0;
  const named = await firstValue(
    connection,
    "SELECT count(*)::DOUBLE FROM duckdb_tables() WHERE table_name = 'schema_version'",
  );
  if (named === 0) throw foreignFile(path);
  return firstValue(connection, "SELECT max(version)::DOUBLE FROM schema_version");
}

/**
 * Brings the schema to the newest version, step by step, each step one transaction with a checkpoint after it.
 *
 * @throws E_STORE_VERSION when the file is newer than this program.
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[],
): Promise<{ readonly from: number; readonly to: number }> {
  const from = await readSchemaVersion(database);
  const newest = newestVersion(migrations);
  if (from > newest) throw newerSchema(database.path, from, newest);
  for (const { version, statements } of migrations) {
    if (version <= from) continue;
    await database.transact(`upgrading ${database.path} to version ${version}`, async (link) => {
      // Somebody else in this process may have been first.
      if ((await versionOf(link, database.path)) >= version) return;
      for (const statement of statements) await link.run(statement);
      await link.run(`UPDATE schema_version SET version = ${version}`);
    });
    await database.checkpoint("always");
  }
  return { from, to: newest };
}

/** The version that this program writes. */
export function newestVersion(migrations: readonly Migration[]): number {
  migrations.forEach(({ version }, index) => {
    assert(version === index + 1, () => `Migrations count 1, 2, 3 …: ${version}`);
  });
  return migrations.length;
}

export function newerSchema(path: string, found: number, known: number): DrydockError {
  return new DrydockError(
    "E_STORE_VERSION",
    `"${path}" has schema version ${found}, this drydock knows versions up to ${known}`,
    {
      while: `opening ${path}`,
      hint: "Use the drydock version that wrote it, or a newer one",
    },
  );
}

function foreignFile(path: string): DrydockError {
  return new DrydockError("E_STORE_VERSION", `"${path}" is a DuckDB file, but not one of drydock`, {
    while: `opening ${path}`,
    hint: "Move it aside, or set DRYDOCK_DIR to another folder",
  });
}

async function firstValue(connection: DuckDBConnection, sql: string): Promise<number> {
  const rows = (await connection.runAndReadAll(sql)).getRows();
  return Number(rows[0]?.[0] ?? 0);
}
