import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import * as fc from "fast-check";
import { expect } from "vitest";
import { type Database, openDatabase, openMemoryDatabase } from "#data/store/database.ts";
import { type Migration, migrate, readSchemaVersion } from "#data/store/market-schema.ts";
import { copyDatabase } from "#data/testing/crash-copy.ts";

/** Steps of a schema, each of which `market-schema.ts` allows and none of which another one needs. */
const STEPS = ["table", "column", "view", "rows", "change"] as const;
type Step = (typeof STEPS)[number];

const FIRST: Migration = {
  version: 1,
  statements: [
    "CREATE TABLE schema_version (version INTEGER NOT NULL)",
    "INSERT INTO schema_version VALUES (1)",
    "CREATE TABLE kept (x INTEGER)",
    "INSERT INTO kept SELECT range FROM range(3000)",
    "CREATE TABLE counted (x INTEGER)",
    "INSERT INTO counted SELECT range FROM range(10)",
  ],
};

/** The migrations behind the first: what each does, in so many statements. */
const schemas = fc.array(fc.array(fc.constantFrom(...STEPS), { minLength: 2, maxLength: 5 }), {
  minLength: 1,
  maxLength: 3,
});

function migrationsOf(schema: readonly (readonly Step[])[]): readonly Migration[] {
  const later = schema.map(
    (steps, at): Migration => ({
      version: at + 2,
      statements: steps.map((step, number) => statementOf(step, `${at}_${number}`)),
    }),
  );
  return [FIRST, ...later];
}

function statementOf(step: Step, name: string): string {
  switch (step) {
    case "table":
      return `CREATE TABLE t${name} (x INTEGER)`;
    case "column":
      return `ALTER TABLE kept ADD COLUMN c${name} INTEGER DEFAULT 7`;
    case "view":
      return `CREATE VIEW v${name} AS SELECT x FROM kept`;
    case "rows":
      return "INSERT INTO counted (x) VALUES (-1)";
    case "change":
      return "UPDATE counted SET x = x + 1";
  }
}

/** What is put between a migration and the database that it works on. */
export type WrapDatabase = (database: Database) => Database;

/**
 * I52: an older database whose migration dies around any statement is afterwards one of the versions on the way, whole,
 * and the next start brings it to the newest; a database that is newer than the program is refused and left as it is.
 */
export const migrationCrashes = (wrap: WrapDatabase = (database) => database) =>
  fc.asyncProperty(
    schemas,
    fc.nat(),
    fc.nat(),
    fc.constantFrom("before" as const, "after" as const),
    async (schema, from, strike, when) => {
      const migrations = migrationsOf(schema);
      const folder = mkdtempSync(join(tmpdir(), "drydock-migrate-"));
      const paths = { file: join(folder, "a.duckdb"), copy: join(folder, "b.duckdb") };
      try {
        const old = migrations.slice(0, 1 + (from % (migrations.length - 1)));
        await withDatabase(paths.file, (database) => migrate(database, old));
        const later = migrations.slice(old.length).flatMap(({ statements }) => statements);
        // Each migration ends with a statement that tells its version.
        const count = later.length + migrations.length - old.length;
        await withDatabase(paths.file, (database) => {
          const die = (): void => copyDatabase(paths.file, paths.copy);
          return migrate(dyingAt(wrap(database), 1 + (strike % count), when, die), migrations);
        });
        await withDatabase(paths.copy, async (database) => {
          await expectWhole(database, migrations, old.length);
          await migrate(database, migrations);
          await expectWhole(database, migrations, migrations.length);
          await expectRefused(database, old);
          await expectWhole(database, migrations, migrations.length);
        });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

async function withDatabase(
  path: string,
  work: (database: Database) => Promise<unknown>,
): Promise<void> {
  const database = await openDatabase(path, "write");
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

/** The version that the file says is the one that it holds, and no older one than `least`. */
async function expectWhole(
  database: Database,
  migrations: readonly Migration[],
  least: number,
): Promise<void> {
  const version = await readSchemaVersion(database);
  expect(version).toBeGreaterThanOrEqual(least);
  const fresh = await openMemoryDatabase();
  await migrateInMemory(fresh, migrations.slice(0, version));
  const [found, expected] = [await contentsOf(database), await contentsOf(fresh)];
  await fresh.close();
  expect(found).toEqual(expected);
}

/** The statements alone: nothing in memory is there to crash. */
async function migrateInMemory(
  database: Database,
  migrations: readonly Migration[],
): Promise<void> {
  await database.transact("making the expected tables", async (connection) => {
    for (const { statements } of migrations) {
      for (const statement of statements) await connection.run(statement);
    }
    await connection.run(`UPDATE schema_version SET version = ${migrations.length}`);
  });
}

async function expectRefused(database: Database, older: readonly Migration[]): Promise<void> {
  await expect(migrate(database, older)).rejects.toMatchObject({ code: "E_STORE_VERSION" });
}

/** Every table and view with its statement and its rows. */
function contentsOf(database: Database): Promise<unknown> {
  return database.read("reading everything", async (connection) => {
    const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
    const named = await rowsOf(
      `SELECT table_name, sql FROM duckdb_tables() UNION ALL
       SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL`,
    );
    const rows = [];
    for (const [name] of named) {
      rows.push(await rowsOf(`SELECT * FROM ${name as string} ORDER BY ALL`));
    }
    return [named, rows];
  });
}

/** The same database; calls `die` around the statement of that number within transactions, counted from 1. */
function dyingAt(
  database: Database,
  at: number,
  when: "before" | "after",
  die: () => void,
): Database {
  let count = 0;
  const run = async (connection: DuckDBConnection, sql: string): Promise<unknown> => {
    count += 1;
    if (count === at && when === "before") die();
    const result = await connection.run(sql);
    if (count === at && when === "after") die();
    return result;
  };
  const dying = (connection: DuckDBConnection): DuckDBConnection =>
    new Proxy(connection, {
      get: (target, name) => {
        if (name === "run") return (sql: string) => run(target, sql);
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  return {
    path: database.path,
    mode: database.mode,
    read: (doing, work) => database.read(doing, work),
    transact: (doing, work) => database.transact(doing, (connection) => work(dying(connection))),
    checkpoint: (whenever) => database.checkpoint(whenever),
    close: () => database.close(),
  };
}
