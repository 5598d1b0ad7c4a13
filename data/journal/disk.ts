/**
 * The disk as the journal sees it. Every call is synchronous: the order path waits for the disk and for nothing
 * else, in particular not for a thread pool that user queries share. There are three implementations: the file
 * system (`node-disk.ts`), a small one in memory for the tests of this folder, and the virtual disk of the fault
 * simulator, which loses, tears and zeroes what was not synced.
 *
 * What a crash leaves behind:
 * - Bytes written or cut off since the last `sync()` of a file may be there, missing, zero, or there in part.
 *   Bytes before that point are there.
 * - After a `sync()` that failed, the bytes since the last success may be missing for good although they can be read
 *   until the power fails, and later syncs succeed: the system may have dropped them and counts them as written. Only
 *   writing them again helps.
 * - A file that was created, renamed or removed since the last `syncFolder()` of its folder may have the old or the
 *   new name. A rename is one step: never both names, never none, and what stood at the new name before is replaced
 *   in the same step. Between two folders, `syncFolder()` of the new one makes it last.
 * - The contents of a file and its name are separate matters: a new file needs `sync()` and `syncFolder()`.
 *
 * Paths are absolute or relative texts whose folders are divided by "/". Every failure is a `DiskFailed`.
 */
export interface Disk {
  /** Makes one folder, whose parent exists; an existing folder is no error. Lasts after `syncFolder` of the parent. */
  makeFolder(path: string): void;
  /** Names of files and folders in a folder, sorted by code units. */
  list(folder: string): readonly string[];
  /** Bytes of a file; null where there is nothing; 0 for a folder. */
  size(path: string): number | null;
  /**
   * `create` refuses a name that is taken. `append` and `read` refuse one that is not there
   * or is a folder. A file may be open for
   * reading while it is open for appending; it is not renamed while it is open.
   */
  open(path: string, use: "create" | "append" | "read"): DiskFile;
  /**
   * Writes every byte of a file once more where it stands and waits until all of them last: for a file whose last
   * sync may have failed, in this process or in one that is gone. Takes no space that the file has not got.
   */
  rewrite(path: string): void;
  /** Replaces what stands at the new name. */
  rename(from: string, to: string): void;
  /** Removes a file. */
  remove(path: string): void;
  /** Makes last what was created, renamed or removed in this folder. */
  syncFolder(path: string): void;
}

export interface DiskFile {
  /**
   * Appends at the end of the file and returns how many bytes were taken: a nearly full disk takes a part without an
   * error. Visible to readers at once, lasting after `sync()`.
   */
  write(bytes: Uint8Array): number;
  /** Fills `into` from offset `at`; returns how many bytes there were, 0 at the end of the file. */
  read(at: number, into: Uint8Array): number;
  /** Shortens the file; the next write appends at the new end. Lasts after `sync()`. */
  truncate(length: number): void;
  /**
   * Returns once every byte and the length are on the disk (fdatasync). After a failure nothing is known about the
   * bytes since the last success, and a second call may lie: never call it again.
   */
  sync(): void;
  close(): void;
}

/** `full`: no space or quota left. `failed`: everything else. */
export type DiskFailure = "full" | "failed";

/** A call to the disk did not do what it should have done. `cause` is the system's error where there is one. */
export class DiskFailed extends Error {
  override readonly name = "DiskFailed";
  readonly kind: DiskFailure;
  readonly operation: string;
  readonly path: string;

  constructor(kind: DiskFailure, at: { operation: string; path: string; cause?: unknown }) {
    const reason = at.cause instanceof Error ? at.cause.message : kind;
    super(`Cannot ${at.operation} "${at.path}": ${reason}`, { cause: at.cause });
    this.kind = kind;
    this.operation = at.operation;
    this.path = at.path;
  }
}

/** Whether an error is a disk without space. */
export function isFull(error: unknown): boolean {
  return error instanceof DiskFailed && error.kind === "full";
}
