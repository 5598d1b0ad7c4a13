import { existsSync, realpathSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { assert } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import { toStoreError } from "./store-errors.ts";

/**
 * One DuckDB file, opened once per process. DuckDB's lock is one of the process: a second instance on the same path
 * opens without an error, writes over the first, and drops the lock of both when it closes. So instances are kept by
 * real path and shared, and whoever opens a store goes through here. Worker threads do not share this registry:
 * they never open a store, they get columns in shared memory.
 */

export type OpenMode = "read" | "write";

export interface Database {
  readonly path: string;
  readonly mode: OpenMode;
  /** Runs work on a connection of its own, outside of a transaction. */
  read<T>(doing: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** Runs work in one transaction; writers queue up. An error rolls all of it back. */
  transact<T>(doing: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** Moves what was committed from the write-ahead log into the file, when it is worth the while. */
  checkpoint(when: "always" | "large"): Promise<void>;
  close(): Promise<void>;
}

/** What a file is opened with, by whoever opens it first in a process. */
export interface DatabaseSettings {
  /** Of DuckDB, such as `1GB`; a query that needs more fails. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** Size of the write-ahead log from which on `checkpoint("large")` moves it into the file. */
  readonly logBytesMax: number;
}

const THREADS_MAX = 4;
/**
 * DuckDB's own checkpoints run inside a commit, and one that fails on a full disk leaves a commit of which nobody
 * knows whether it happened. So they are off and made after commits, when the log has grown beyond this.
 */
const AUTOMATIC_CHECKPOINT_OFF = "1TB";
const DEFAULTS: DatabaseSettings = {
  memoryLimit: "1GB",
  threads: Math.min(THREADS_MAX, availableParallelism()),
  logBytesMax: 1_048_576,
};

interface Shared {
  readonly settings: DatabaseSettings;
  readonly mode: OpenMode;
  readonly instance: Promise<DuckDBInstance>;
  handles: number;
  /** The tail of the writers' queue. */
  queue: Promise<unknown>;
}

const registry = new Map<string, Shared>();

/**
 * Opens a database file; for writing it is created when it is not there.
 *
 * @throws E_STORE_LOCKED, E_STORE_CORRUPT, E_STORE_VERSION, E_NOT_WRITABLE, E_DISK_FULL
 */
export async function openDatabase(
  path: string,
  mode: OpenMode,
  settings: DatabaseSettings = DEFAULTS,
): Promise<Database> {
  const file = realPath(path);
  let shared = registry.get(file);
  if (shared !== undefined && mode === "write" && shared.mode === "read") throw heldHere(file);
  if (shared === undefined) {
    const instance = openInstance(file, mode, settings);
    shared = { settings, mode, instance, handles: 0, queue: Promise.resolve() };
    registry.set(file, shared);
  }
  shared.handles++;
  try {
    await shared.instance;
  } catch (error) {
    registry.delete(file);
    throw toStoreError(error, { path: file, while: `opening ${file}`, mode });
  }
  return new SharedDatabase(file, mode, shared);
}

/** A database of its own in memory, gone when it is closed. */
export function openMemoryDatabase(settings: DatabaseSettings = DEFAULTS): Promise<Database> {
  const instance = DuckDBInstance.create(MEMORY, configOf("write", settings));
  const shared: Shared = {
    settings,
    mode: "write",
    instance,
    handles: 1,
    queue: Promise.resolve(),
  };
  return instance.then(() => new SharedDatabase(MEMORY, "write", shared));
}

const MEMORY = ":memory:";

/** Whether this process has the file open, in which mode. */
export function openModeOf(path: string): OpenMode | undefined {
  return registry.get(realPath(path))?.mode;
}

function openInstance(
  file: string,
  mode: OpenMode,
  settings: DatabaseSettings,
): Promise<DuckDBInstance> {
  return DuckDBInstance.fromCache(file, configOf(mode, settings));
}

function configOf(mode: OpenMode, { threads, memoryLimit }: DatabaseSettings) {
  return {
    access_mode: mode === "read" ? "read_only" : "read_write",
    threads: String(threads),
    memory_limit: memoryLimit,
    checkpoint_threshold: AUTOMATIC_CHECKPOINT_OFF,
    // A store never fetches code from the network.
    autoinstall_known_extensions: "false",
  };
}

/** The file behind links, also when it does not exist yet. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(path);
  return existsSync(folder) ? join(realpathSync(folder), basename(path)) : path;
}

function heldHere(file: string): DrydockError {
  return new DrydockError(
    "E_STORE_LOCKED",
    `"${basename(file)}" is open for reading in this process and cannot be written now`,
    { while: `opening ${file}`, hint: "Close the reader first" },
  );
}

function isDiskFull(error: unknown): boolean {
  return error instanceof DrydockError && error.code === "E_DISK_FULL";
}

/** What was committed is safe in the log; only this process cannot go on with the file. */
function logStays(file: string, cause: unknown): DrydockError {
  return new DrydockError("E_DISK_FULL", `No space is left on the disk of "${file}"`, {
    while: "moving the log into the file, after everything was stored",
    hint: `Free some space; keep "${basename(file)}.wal", it holds what was stored last`,
    cause,
  });
}

class SharedDatabase implements Database {
  readonly path: string;
  readonly mode: OpenMode;
  readonly #shared: Shared;
  #isClosed = false;

  constructor(path: string, mode: OpenMode, shared: Shared) {
    this.path = path;
    this.mode = mode;
    this.#shared = shared;
  }

  async read<T>(doing: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    assert(!this.#isClosed, () => `A closed store is not used: ${this.path}`);
    try {
      const connection = await (await this.#shared.instance).connect();
      try {
        return await work(connection);
      } finally {
        connection.disconnectSync();
      }
    } catch (error) {
      throw toStoreError(error, { path: this.path, while: doing, mode: this.mode });
    }
  }

  transact<T>(doing: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    assert(this.mode === "write", () => `A store opened for reading is not written: ${this.path}`);
    return this.#enqueue(() =>
      this.read(doing, async (connection) => {
        await connection.run("BEGIN TRANSACTION");
        try {
          const result = await work(connection);
          await connection.run("COMMIT");
          return result;
        } catch (error) {
          await rollBack(connection);
          throw error;
        }
      }),
    );
  }

  checkpoint(when: "always" | "large"): Promise<void> {
    return this.#enqueue(async () => {
      const log = statSync(`${this.path}.wal`, { throwIfNoEntry: false });
      if (when === "large" && (log === undefined || log.size < this.#shared.settings.logBytesMax))
        return;
      try {
        await this.read("writing a checkpoint", async (connection) => {
          await connection.run("CHECKPOINT");
        });
      } catch (error) {
        throw isDiskFull(error) ? logStays(this.path, error) : error;
      }
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const shared = this.#shared;
    await shared.queue;
    const instance = await shared.instance;
    // No await from here on: nobody may open the file between the two lines.
    if (--shared.handles > 0) return;
    if (registry.get(this.path) === shared) registry.delete(this.path);
    instance.closeSync();
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#shared.queue.then(work);
    this.#shared.queue = result.catch(() => undefined);
    return result;
  }
}

/** A failed commit has rolled itself back; after a fatal error nothing can be rolled back and nothing was kept. */
async function rollBack(connection: DuckDBConnection): Promise<void> {
  try {
    await connection.run("ROLLBACK");
  } catch (error) {
    const text = error instanceof Error ? error.message : "";
    if (!/no transaction is active|database has been invalidated/.test(text)) throw error;
  }
}
