import { existsSync } from "node:fs";
import type { Disk } from "#data/journal/disk.ts";
import { inspectJournal, type JournalState } from "#data/journal/inspect-journal.ts";
import { damagedError, toJournalError } from "#data/journal/journal-errors.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import { readLines } from "#data/journal/read-records.ts";
import type { Database } from "#data/store/database.ts";
import { isLocked, whileLocked } from "#data/store/lock-wait.ts";
import { DrydockError } from "#engine/errors.ts";
import { type Projection, projectionOf } from "./projection.ts";
import {
  type Found,
  isWorlds,
  lookAt,
  moveAside,
  openFile,
  openMemory,
  type Wrap,
} from "./projection-file.ts";

export interface ProjectionOptions {
  /** The DuckDB file; made where it is missing. */
  readonly file: string;
  readonly journalFolder: string;
  readonly disk?: Disk | undefined;
  /** Epoch ms, for the names of files that are moved aside. */
  readonly now?: (() => number) | undefined;
  readonly wrap?: Wrap | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Records of one transaction. */
  readonly batchRecords?: number | undefined;
}

export interface OpenedProjection {
  readonly kind: "open";
  readonly projection: Projection;
  /** `memory` when the file could not be used; everything else is the same. */
  readonly where: "file" | "memory";
  /** What the user should hear of: a file made again, history that is missing. */
  readonly notices: readonly string[];
}

export type ProjectionStart =
  | OpenedProjection
  /** No engine has written anything. */
  | { readonly kind: "noJournal" };

/**
 * Opens the tables of a journal, brought up to its last record. A file that is missing, damaged, of another version or of
 * another journal is made again from the journal, the old one is moved aside; while another process holds it, or nothing
 * can be written, the same tables are made in memory. The journal is only read and may be one that an engine writes.
 *
 * @throws E_JOURNAL_DAMAGED, E_JOURNAL_NEWER, E_DATA_FORMAT, E_NOT_WRITABLE when the journal cannot be read
 */
export async function openProjection(options: ProjectionOptions): Promise<ProjectionStart> {
  const { journalFolder, disk = nodeDisk } = options;
  const journal = inspect(disk, journalFolder);
  if (journal === null) return { kind: "noJournal" };
  const notices: string[] = [];
  try {
    const projection = await openInFile(options, journal, notices);
    return { kind: "open", projection, where: "file", notices };
  } catch (error) {
    if (!(error instanceof DrydockError) || !isWorlds(error)) throw error;
    notices.push(`Made the tables of the journal in memory: ${error.message}`);
  }
  const projection = await openInMemory(options, journal, notices);
  return { kind: "open", projection, where: "memory", notices };
}

/** Null without a journal. */
function inspect(disk: Disk, folder: string): JournalState | null {
  let found: JournalState | null;
  try {
    found = inspectJournal(disk, folder);
  } catch (error) {
    throw toJournalError(error, folder, "reading");
  }
  if (found === null) return null;
  if (found.damage !== null) {
    const { message, cause } = damagedError(found.damage);
    throw new DrydockError("E_JOURNAL_DAMAGED", message, {
      while: `reading the journal "${folder}"`,
      hint: `drydock journal check "${folder}"`,
      or: `drydock journal repair "${folder}"`,
      cause,
    });
  }
  return found.segments.length === 0 ? null : found;
}

async function openInFile(
  options: ProjectionOptions,
  journal: JournalState,
  notices: string[],
): Promise<Projection> {
  const { database, hasTables } = await openUsable(options, notices);
  const wrap = options.wrap ?? ((link) => link);
  let projection: Projection | null = null;
  try {
    projection = await projectionOf({ ...partsOf(options), database, wrap }, hasTables);
    if (!isOf(options, projection, journal)) {
      await projection.close();
      const aside = moveAside(options.file, nowOf(options));
      notices.push(
        `Made "${aside.replace(/\.aside.*/, "")}" again: it was of another journal and is now "${aside}"`,
      );
      const fresh = await openFile(options.file);
      projection = await projectionOf({ ...partsOf(options), database: fresh, wrap }, false);
    }
    await bringUp(options, projection, journal, notices);
    return projection;
  } catch (error) {
    await (projection ?? database).close();
    throw error;
  }
}

async function openInMemory(
  options: ProjectionOptions,
  journal: JournalState,
  notices: string[],
): Promise<Projection> {
  const database = await openMemory();
  const wrap = options.wrap ?? ((link) => link);
  const projection = await projectionOf({ ...partsOf(options), database, wrap }, false);
  try {
    await bringUp(options, projection, journal, notices);
    return projection;
  } catch (error) {
    await projection.close();
    throw error;
  }
}

/** Takes everything up to the journal's last record into the tables. */
async function bringUp(
  options: ProjectionOptions,
  projection: Projection,
  journal: JournalState,
  notices: string[],
): Promise<void> {
  const { segments, snapshot } = journal;
  const firstSeq = segments[0]?.firstSeq ?? 1;
  if (projection.lastSeq === 0 && firstSeq > 1 && snapshot !== null) {
    await projection.begin(snapshot);
  }
  if (projection.historyFrom > 1) {
    notices.push(
      `Records before ${projection.historyFrom} are not in the journal any more: what ended before is missing`,
    );
  }
  projection.follow(journal);
  await projection.catchUp(options.batchRecords, options.signal);
}

/** Whether the tables are those of this journal: it holds the very record that they contain last. */
function isOf(options: ProjectionOptions, projection: Projection, journal: JournalState): boolean {
  const { lastSeq, lastCrc } = projection;
  if (lastSeq === 0) return true;
  if (lastSeq > journal.lastSeq) return false;
  const { disk = nodeDisk, journalFolder } = options;
  const first = journal.segments[0]?.firstSeq ?? 1;
  if (lastSeq < first - 1) return false;
  // The record itself, or where it was moved away the one behind it, which names its checksum.
  const seq = Math.max(lastSeq, first);
  const [line] = readLines(disk, journalFolder, journal.segments, { from: seq, to: seq });
  return (seq === lastSeq ? line?.crc : line?.prev) === lastCrc;
}

interface Usable {
  readonly database: Database;
  readonly hasTables: boolean;
}

/** A file that is not usable gives way to a new one. */
async function openUsable(options: ProjectionOptions, notices: string[]): Promise<Usable> {
  const { file } = options;
  let found: Found | "damaged" = "damaged";
  try {
    const database = await whileLocked(() => openFile(file));
    try {
      found = await lookAt(database);
    } catch (error) {
      if (isWorlds(error)) throw error;
    }
    if (found === "usable" || found === "new") return { database, hasTables: found === "usable" };
    await database.close();
  } catch (error) {
    if (isLocked(error) || isWorlds(error) || !existsSync(file)) throw error;
  }
  const aside = moveAside(file, nowOf(options));
  notices.push(
    `Made the tables of the journal again: the file was ${WORDS[found]} and is now "${aside}"`,
  );
  return { database: await openFile(file), hasTables: false };
}

const WORDS: Readonly<Record<Found | "damaged", string>> = {
  usable: "",
  new: "",
  damaged: "damaged",
  otherVersion: "of another version",
  foreign: "not one of drydock",
};

function partsOf({ disk = nodeDisk, journalFolder }: ProjectionOptions) {
  return { disk, journalFolder };
}

function nowOf({ now }: ProjectionOptions): number {
  return (now ?? Date.now)();
}
