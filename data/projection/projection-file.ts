import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import {
  type Database,
  type DatabaseSettings,
  openDatabase,
  openMemoryDatabase,
} from "#data/store/database.ts";
import { DrydockError } from "#engine/errors.ts";
import { type Link, linkOf } from "./link.ts";
import { CREATE_STATEMENTS, PROJECTION_VERSION } from "./tables.ts";

/** One processor is left to the engine; a batch needs little memory, and queries may spill to the disk. */
const SETTINGS: DatabaseSettings = {
  memoryLimit: "1GB",
  threads: Math.max(1, Math.min(4, availableParallelism() - 1)),
  logBytesMax: 4_194_304,
};

/** Files that were moved aside and are kept: enough to look at what happened. */
const ASIDE_KEPT = 2;

/** Puts something between the projection and its statements; for tests. */
export type Wrap = (link: Link) => Link;

/** How an existing file was found. */
export type Found = "usable" | "new" | "otherVersion" | "foreign";

/** Opens the file for writing, made where it is missing. @throws E_STORE_LOCKED and whatever a damaged file leads to */
export function openFile(path: string): Promise<Database> {
  return openDatabase(path, "write", SETTINGS);
}

export function openMemory(): Promise<Database> {
  return openMemoryDatabase(SETTINGS);
}

/** Which version the file holds, if it is one of these at all. */
export function lookAt(database: Database): Promise<Found> {
  return database.read(`opening ${database.path}`, async (connection) => {
    const link = linkOf(connection);
    const [tables] = await link.rows(
      `SELECT count(*) AS "all", count(*) FILTER (table_name = 'projection') AS named FROM duckdb_tables()`,
    );
    if (tables?.["all"] === 0) return "new";
    if (tables?.["named"] === 0) return "foreign";
    const [state] = await link.rows("SELECT version FROM projection");
    return state?.["version"] === PROJECTION_VERSION ? "usable" : "otherVersion";
  });
}

/** Makes the tables, all of them or none. */
export async function createTables(database: Database, wrap: Wrap): Promise<void> {
  await database.transact("creating the tables of the journal", async (connection) => {
    const link = wrap(linkOf(connection));
    for (const statement of CREATE_STATEMENTS) await link.run(statement);
  });
}

/** Moves a file and its log out of the way and returns its new name; older ones that were moved so are removed. */
export function moveAside(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, "-");
  let aside = `${path}.aside-${stamp}`;
  for (let count = 2; existsSync(aside); count++) aside = `${path}.aside-${stamp}-${count}`;
  // The log first: a log without its file is nothing, a file without its log is an older state.
  if (existsSync(`${path}.wal`)) renameSync(`${path}.wal`, `${aside}.wal`);
  renameSync(path, aside);
  const folder = dirname(path);
  const prefix = `${basename(path)}.aside-`;
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  const files = names.filter((name) => !name.endsWith(".wal")).sort();
  for (const name of files.slice(0, -ASIDE_KEPT)) {
    rmSync(join(folder, name));
    rmSync(join(folder, `${name}.wal`), { force: true });
  }
  return basename(aside);
}

/** The world's reasons, which another file would meet as well; anything else is the file's own fault. */
export function isWorlds(error: unknown): boolean {
  if (!(error instanceof DrydockError)) return false;
  const { code } = error;
  return code === "E_STORE_LOCKED" || code === "E_NOT_WRITABLE" || code === "E_DISK_FULL";
}
