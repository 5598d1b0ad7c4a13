import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Disk } from "#data/journal/disk.ts";
import { inspectJournal, type JournalState } from "#data/journal/inspect-journal.ts";
import { damagedError, toJournalError } from "#data/journal/journal-errors.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import { readLines } from "#data/journal/read-records.ts";
import type { Database } from "#data/store/database.ts";
import { whileLocked } from "#data/store/lock-wait.ts";
import { AssertionFailed } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import { type Projection, type ProjectionParts, projectionOf } from "./projection.ts";
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
  /** `none`: what keeps the file from being used is thrown. Memory unless said otherwise. */
  readonly otherwise?: "memory" | "none" | undefined;
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
  for (let attempt = 1; attempt <= FILES_MAX; attempt++) {
    try {
      const projection = await openInFile(options, journal, notices);
      return { kind: "open", projection, where: "file", notices };
    } catch (error) {
      if (isJournals(error)) throw error;
      if (isWorlds(error) && options.otherwise === "none") throw error;
      if (isWorlds(error) || !existsSync(options.file) || attempt === FILES_MAX) {
        notices.push(`Made the tables of the journal in memory: ${reasonOf(error)}`);
        break;
      }
      giveWay(options, "damaged", notices);
    }
  }
  const projection = await openInMemory(options, journal, notices);
  return { kind: "open", projection, where: "memory", notices };
}

/** A file that turns out to be damaged while it is written gives way once. */
const FILES_MAX = 2;

/** Faults that no other file would mend: the journal's, drydock's own, and the end of patience. */
function isJournals(error: unknown): boolean {
  if (error instanceof AssertionFailed) return true;
  if (!(error instanceof DrydockError))
    return error instanceof Error && error.name === "AbortError";
  return /^E_JOURNAL_|^E_DATA_FORMAT$|^E_INTERRUPTED$/.test(error.code);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
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
  let held: { close(): Promise<void> } = database;
  try {
    let projection = await projectionOf(partsOf(options, database), hasTables);
    held = projection;
    if (!isOf(options, projection, journal)) {
      await projection.close();
      giveWay(options, "otherJournal", notices);
      const fresh = await openFile(options.file);
      held = fresh;
      projection = await projectionOf(partsOf(options, fresh), false);
      held = projection;
    }
    await bringUp(options, projection, journal, notices);
    return projection;
  } catch (error) {
    await held.close();
    throw error;
  }
}

async function openInMemory(
  options: ProjectionOptions,
  journal: JournalState,
  notices: string[],
): Promise<Projection> {
  const database = await openMemory();
  const projection = await projectionOf(partsOf(options, database), false);
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
  let database: Database | null = null;
  try {
    database = await whileLocked(() => openFile(file), LOCK_WAIT_MS);
    found = await lookAt(database);
    if (found === "usable" || found === "new") return { database, hasTables: found === "usable" };
    await database.close();
  } catch (error) {
    await database?.close();
    if (isWorlds(error) || !existsSync(file)) throw error;
  }
  giveWay(options, found, notices);
  return { database: await openFile(file), hasTables: false };
}

/** Another command is done in some hundredths of a second; a running engine never is. */
const LOCK_WAIT_MS = 300;

type Fault = Exclude<Found, "usable" | "new"> | "damaged" | "otherJournal";

const WORDS: Readonly<Record<Fault, string>> = {
  damaged: "it was damaged",
  otherVersion: "it was of another version",
  foreign: "it was not one of drydock",
  otherJournal: "it does not follow from this journal",
};

function giveWay(
  { file, now = Date.now }: ProjectionOptions,
  why: Found | Fault,
  notices: string[],
): void {
  const aside = moveAside(file, now());
  const reason = why === "usable" || why === "new" ? WORDS.damaged : WORDS[why];
  notices.push(`Made "${basename(file)}" again from the journal: ${reason} and is now "${aside}"`);
}

function partsOf(options: ProjectionOptions, database: Database): ProjectionParts {
  const { disk = nodeDisk, journalFolder, wrap = (link) => link } = options;
  return { database, disk, journalFolder, wrap };
}
