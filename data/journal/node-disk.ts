import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { type Disk, DiskFailed, type DiskFile } from "./disk.ts";

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const BLOCK_BYTES = 1_048_576;
const FLAGS = {
  create: O_WRONLY | O_APPEND | O_CREAT | O_EXCL,
  append: O_WRONLY | O_APPEND,
  read: O_RDONLY,
} as const;

/** The file system. */
export const nodeDisk: Disk = {
  makeFolder: (path) =>
    attempt("create the folder", path, () => {
      if (isFolder(path)) return;
      try {
        mkdirSync(path);
      } catch (error) {
        // Another process may have made it meanwhile.
        if (codeOf(error) !== "EEXIST" || !isFolder(path)) throw error;
      }
    }),
  list: (folder) => attempt("list", folder, () => readdirSync(folder).sort()),
  size: (path) =>
    attempt("look at", path, () => {
      const facts = statSync(path, { throwIfNoEntry: false });
      if (facts === undefined) return null;
      return facts.isDirectory() ? 0 : facts.size;
    }),
  open: (path, use) =>
    fileOf(
      attempt(use === "read" ? "read" : "write", path, () => openFile(path, use)),
      path,
    ),
  rewrite: (path) =>
    attempt("write again", path, () => {
      const descriptor = openSync(path, O_RDWR);
      try {
        const block = Buffer.allocUnsafe(BLOCK_BYTES);
        for (let at = 0; ; ) {
          const taken = readSync(descriptor, block, 0, block.length, at);
          if (taken === 0) break;
          // A part that was not taken is read and written by the next round.
          at += writeSync(descriptor, block, 0, taken, at);
        }
        fdatasyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    }),
  rename: (from, to) => attempt("rename", from, () => renameSync(from, to)),
  remove: (path) => attempt("remove", path, () => unlinkSync(path)),
  syncFolder: (path) =>
    attempt("sync the folder", path, () => {
      const descriptor = openSync(path, O_RDONLY);
      try {
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    }),
};

function fileOf(descriptor: number, path: string): DiskFile {
  return {
    write: (bytes) => attempt("write", path, () => writeSync(descriptor, bytes)),
    read: (at, into) =>
      attempt("read", path, () => {
        let taken = 0;
        while (taken < into.byteLength) {
          const count = readSync(descriptor, into, taken, into.byteLength - taken, at + taken);
          if (count === 0) break;
          taken += count;
        }
        return taken;
      }),
    truncate: (length) => attempt("shorten", path, () => ftruncateSync(descriptor, length)),
    sync: () => attempt("sync", path, () => fdatasyncSync(descriptor)),
    close: () => attempt("close", path, () => closeSync(descriptor)),
  };
}

function attempt<T>(operation: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const code = codeOf(cause);
    const kind = code === "ENOSPC" || code === "EDQUOT" ? "full" : "failed";
    throw new DiskFailed(kind, { operation, path, cause });
  }
}

/** The system opens a folder for reading as well and refuses only to read it, which an empty file never comes to. */
function openFile(path: string, use: keyof typeof FLAGS): number {
  const descriptor = openSync(path, FLAGS[use], 0o644);
  if (use !== "read" || !fstatSync(descriptor).isDirectory()) return descriptor;
  closeSync(descriptor);
  throw Object.assign(new Error("EISDIR: it is a folder"), { code: "EISDIR" });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
