import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Disk } from "./disk.ts";
import {
  CUT_FOLDER,
  ensureFolder,
  type JournalFolder,
  segmentName,
  snapshotName,
  writeWhole,
} from "./journal-folder.ts";
import { readBlocks } from "./segment-reader.ts";

/** A piece that was taken out of a journal and is kept in its folder `cut`. */
export interface CutPiece {
  /** Where it is now, relative to the folder of the journal. */
  readonly file: string;
  /** Where it was: the segment or snapshot, and the offset in it. */
  readonly from: string;
  readonly offset: number;
  readonly bytes: number;
}

/** The place from which on a journal is taken apart. */
export interface CutPlace {
  readonly segment: number;
  readonly offset: number;
  /** The last record that stays; snapshots of later ones go as well. */
  readonly lastSeq: number;
}

/** What `cutJournal` would do, without doing it. */
export function planCut(disk: Disk, folder: JournalFolder, place: CutPlace): readonly CutPiece[] {
  const sizeOf = (name: string): number => disk.size(join(folder.path, name)) ?? 0;
  const pieces: CutPiece[] = [];
  const add = (from: string, offset: number): void => {
    const bytes = sizeOf(from) - offset;
    const { path } = folder;
    const file = bytes === 0 ? "" : join(CUT_FOLDER, cutName(disk, join(path, from), from, offset));
    if (bytes > 0 || offset === 0) pieces.push({ file, from, offset, bytes });
  };
  for (const seq of folder.snapshots.toReversed()) {
    if (seq > place.lastSeq) add(snapshotName(seq), 0);
  }
  for (const number of folder.segments.toReversed()) {
    if (number > place.segment) add(segmentName(number), 0);
    else if (number === place.segment) add(segmentName(number), place.offset);
  }
  return pieces;
}

/** What a journal ends with after it was cut: bytes that follow the first `keep` bytes of a segment. */
export interface CutEnding {
  readonly segment: number;
  readonly keep: number;
  readonly bytes: Uint8Array;
}

/**
 * Takes everything from a place on out of a journal and keeps it aside, the last first, so that a crash in between
 * leaves a journal that is cut at the same place by the next attempt. Pieces are named by their content: a second
 * attempt writes the same file. Files without a byte are removed.
 *
 * With an ending the last segment is replaced in one step by what stays of it and the ending: at no moment is there a
 * journal that is whole and lacks both.
 *
 * @throws DiskFailed
 */
export function cutJournal(
  disk: Disk,
  folder: JournalFolder,
  place: CutPlace,
  ending: CutEnding | null = null,
): readonly CutPiece[] {
  const pieces = planCut(disk, folder, place);
  const { path } = folder;
  const last = segmentName(place.segment);
  if (pieces.some(({ bytes }) => bytes > 0)) ensureFolder(disk, join(path, CUT_FOLDER));
  takeOut(disk, path, ending === null ? pieces : pieces.filter(({ from }) => from !== last));
  if (ending !== null) {
    const rest = pieces.filter(({ from }) => from === last);
    const isReplaced = ending.segment === place.segment;
    if (isReplaced) for (const piece of rest) if (piece.bytes > 0) copyAside(disk, path, piece);
    writeEnding(disk, path, ending);
    if (!isReplaced) takeOut(disk, path, rest);
  }
  return pieces.filter(({ bytes }) => bytes > 0);
}

function takeOut(disk: Disk, path: string, pieces: readonly CutPiece[]): void {
  for (const piece of pieces) {
    const source = join(path, piece.from);
    if (piece.bytes === 0) disk.remove(source);
    else if (piece.offset === 0) {
      disk.rename(source, join(path, piece.file));
      disk.syncFolder(join(path, CUT_FOLDER));
    } else {
      copyAside(disk, path, piece);
      truncate(disk, source, piece.offset);
    }
    // Each step lasts before the next: what is left is always a journal with the end gone.
    disk.syncFolder(path);
  }
}

function writeEnding(disk: Disk, path: string, { segment, keep, bytes }: CutEnding): void {
  const name = segmentName(segment);
  writeWhole(disk, { folder: path, name }, (write) => {
    if (keep > 0) readBlocks(disk, join(path, name), { from: 0, to: keep }, write);
    write(bytes);
  });
}

function copyAside(disk: Disk, path: string, piece: CutPiece): void {
  const name = piece.file.slice(CUT_FOLDER.length + 1);
  writeWhole(disk, { folder: join(path, CUT_FOLDER), name }, (write) => {
    const end = piece.offset + piece.bytes;
    readBlocks(disk, join(path, piece.from), { from: piece.offset, to: end }, write);
  });
}

function truncate(disk: Disk, path: string, length: number): void {
  const file = disk.open(path, "append");
  try {
    file.truncate(length);
    file.sync();
  } finally {
    file.close();
  }
}

function cutName(disk: Disk, path: string, name: string, offset: number): string {
  let crc = 0;
  const size = disk.size(path) ?? 0;
  readBlocks(disk, path, { from: offset, to: size }, (block) => {
    crc = crc32(block, crc);
  });
  return `${name}-${offset}-${crc.toString(16).padStart(8, "0")}`;
}
