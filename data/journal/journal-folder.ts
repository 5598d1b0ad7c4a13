import { dirname, join } from "node:path";
import { type Disk, DiskFailed, isFull } from "./disk.ts";

/**
 * What stands in the folder of a journal:
 * - `000001.jsonl`, `000002.jsonl`, …: the segments, one record per line.
 * - `snapshot-000000050000.json`: the state after that record; the newest two are kept.
 * - `ballast`: bytes without a meaning that are freed when the disk is full.
 * - `cut/`: what recovery and repair took out of the journal, never deleted by drydock.
 * - `*.tmp`: a file that was not finished; removed at the next start.
 */
export interface JournalFolder {
  readonly path: string;
  /** Numbers of the segments, rising. */
  readonly segments: readonly number[];
  /** Sequences of the snapshots, rising. */
  readonly snapshots: readonly number[];
  readonly unfinished: readonly string[];
  readonly hasCutFolder: boolean;
}

export const CUT_FOLDER = "cut";
export const BALLAST_NAME = "ballast";
export const TEMPORARY = ".tmp";

const SEGMENT = /^(\d{6,15})\.jsonl$/;
const SNAPSHOT = /^snapshot-(\d{12,16})\.json$/;

export function segmentName(number: number): string {
  return `${String(number).padStart(6, "0")}.jsonl`;
}

export function snapshotName(seq: number): string {
  return `snapshot-${String(seq).padStart(12, "0")}.json`;
}

/** Null where the folder is not there. Other files are left alone. */
export function listJournalFolder(disk: Disk, path: string): JournalFolder | null {
  if (disk.size(path) === null) return null;
  const names = disk.list(path);
  return {
    path,
    segments: numbersOf(names, SEGMENT, segmentName),
    snapshots: numbersOf(names, SNAPSHOT, snapshotName),
    unfinished: names.filter((name) => name.endsWith(TEMPORARY)),
    hasCutFolder: names.includes(CUT_FOLDER),
  };
}

/** Only names as drydock writes them: `0000001.jsonl` would be a second file for one number. */
function numbersOf(
  names: readonly string[],
  pattern: RegExp,
  nameOf: (number: number) => string,
): readonly number[] {
  return names
    .filter((name) => pattern.test(name))
    .map((name) => ({ name, number: Number(pattern.exec(name)?.[1]) }))
    .filter(({ name, number }) => nameOf(number) === name)
    .map(({ number }) => number)
    .sort((a, b) => a - b);
}

/**
 * Makes a folder and its missing parents, each lasting before the next one is made. One that is there is made to last
 * as well: a process that was killed may have made it without that.
 */
export function ensureFolder(disk: Disk, path: string): void {
  const parent = dirname(path);
  if (disk.size(path) === null) {
    if (parent !== path) ensureFolder(disk, parent);
    disk.makeFolder(path);
  }
  disk.syncFolder(parent);
}

/**
 * Makes a file whole or not at all: written under a temporary name, synced, renamed, the folder synced. What is
 * left of an attempt that did not end is written over.
 *
 * @throws DiskFailed of kind `full` only when the file is certainly not there
 */
export function writeWhole(
  disk: Disk,
  file: { readonly folder: string; readonly name: string },
  blocks: (write: (bytes: Uint8Array) => void) => void,
): void {
  const temporary = join(file.folder, `${file.name}${TEMPORARY}`);
  if (disk.size(temporary) !== null) disk.remove(temporary);
  const open = disk.open(temporary, "create");
  try {
    blocks((bytes) => {
      for (let at = 0; at < bytes.byteLength; ) {
        const taken = open.write(bytes.subarray(at));
        if (taken === 0) throw new DiskFailed("full", { operation: "write", path: temporary });
        at += taken;
      }
    });
    open.sync();
  } catch (error) {
    open.close();
    removeIfThere(disk, temporary);
    throw error;
  }
  open.close();
  try {
    disk.rename(temporary, join(file.folder, file.name));
    disk.syncFolder(file.folder);
  } catch (error) {
    // The file may stand there already, so this is not a lack of space that can be worked around.
    if (!isFull(error)) throw error;
    throw new DiskFailed("failed", { operation: "rename", path: temporary, cause: error });
  }
}

/** Clears what a failed attempt left; that this fails too is of no interest, the next start does it. */
function removeIfThere(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch {
    // The failure at hand is the one to report.
  }
}
