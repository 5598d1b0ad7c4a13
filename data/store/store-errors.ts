import { basename } from "node:path";
import { DrydockError } from "#engine/errors.ts";

/** What failed, for the message: the file and one line about the work that was going on. */
export interface StoreWork {
  readonly path: string;
  readonly while: string;
  /** What was wanted of the file; `write` unless said otherwise. */
  readonly mode?: "read" | "write" | undefined;
}

/**
 * Turns an error of DuckDB or of the file system into one that a person can act upon. What is not a fault of the
 * world comes back as it is: it is a fault of drydock.
 */
export function toStoreError(error: unknown, work: StoreWork): unknown {
  if (error instanceof DrydockError || !(error instanceof Error)) return error;
  const name = basename(work.path);
  const details = { while: work.while, cause: error };
  const text = error.message;
  const code = "code" in error ? error.code : undefined;
  // Full and not writable come first: DuckDB wraps them in words about commits and checkpoints.
  if (code === "ENOSPC" || code === "EDQUOT" || NO_SPACE.test(text)) {
    return new DrydockError("E_DISK_FULL", `No space is left on the disk of "${work.path}"`, {
      ...details,
      hint: "Free some space and repeat the command: nothing of it was stored",
    });
  }
  if (isPermissionCode(code) || NOT_WRITABLE.test(text)) {
    return new DrydockError("E_NOT_WRITABLE", `Cannot ${work.mode ?? "write"} "${work.path}"`, {
      ...details,
      hint: "Check the owner and the mode of the folder, or set DRYDOCK_DIR to another one",
    });
  }
  const lock = LOCKED.exec(text);
  if (lock !== null) return lockedError(work, Number(lock[1]), error);
  if (NEWER_FORMAT.test(text)) {
    return new DrydockError("E_STORE_VERSION", `"${name}" was written by a newer DuckDB`, {
      ...details,
      hint: "Use the drydock version that wrote it, or a newer one",
    });
  }
  if (CORRUPT_LOG.test(text)) {
    return new DrydockError(
      "E_STORE_CORRUPT",
      `"${work.path}.wal" is damaged: ${firstLine(text)}`,
      {
        ...details,
        hint: `Move "${name}.wal" aside: the store is then as it was before its last writes; import these again`,
        or: "restore both files from a backup; drydock never deletes a damaged store",
      },
    );
  }
  if (CORRUPT.test(text)) {
    return new DrydockError("E_STORE_CORRUPT", `"${work.path}" is damaged: ${firstLine(text)}`, {
      ...details,
      hint: `Move "${name}" (and "${name}.wal" if there is one) aside and import the data again`,
      or: "restore both files from a backup; drydock never deletes a damaged store",
    });
  }
  return error;
}

/** The rows of a series are not those that the store has on record. */
export function miscounted(label: string, what: string): DrydockError {
  return new DrydockError("E_STORE_CORRUPT", `The store is damaged: "${label}" holds ${what}`, {
    hint: "Remove the series (drydock data rm) and import it again",
  });
}

const NO_SPACE = /No space left on device|ENOSPC|disk quota exceeded/i;
const NOT_WRITABLE =
  /Permission denied|Read-only file system|Operation not permitted|Is a directory|Not a directory|No such file or directory/i;
const LOCKED = /Could not set lock on file .*?(?:\(PID (\d+)\)|$)/s;
const NEWER_FORMAT =
  /database file with version number|newer version of DuckDB|storage version.*(?:newer|not supported)/i;
const CORRUPT_LOG = /Corrupt WAL file|replaying WAL/i;
const CORRUPT =
  /not a valid DuckDB database file|Corrupt database file|does not match stored checksum|Could not read enough bytes|Serialization Error|Failed to load metadata pointer|INTERNAL Error/i;

function isPermissionCode(code: unknown): boolean {
  return typeof code === "string" && /^E(?:ACCES|PERM|ROFS|NOTDIR|ISDIR)$/.test(code);
}

function lockedError(work: StoreWork, pid: number, cause: Error): DrydockError {
  const who = pid > 0 ? `process ${pid}` : "another process";
  return new DrydockError("E_STORE_LOCKED", `"${basename(work.path)}" is in use by ${who}`, {
    while: work.while,
    hint: `Wait until ${who} ends, then repeat the command`,
    or: "stop it: a store has many readers or one writer, not both",
    cause,
  });
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? text).replace(/^[A-Za-z ]*Error: /, "").trim();
}
