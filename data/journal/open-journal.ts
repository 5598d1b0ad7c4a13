import { dirname, join } from "node:path";
import { must } from "#engine/assert.ts";
import type { DrydockError } from "#engine/errors.ts";
import { ensureBallast, withBallast } from "./ballast.ts";
import { type CutPiece, cutJournal } from "./cut-journal.ts";
import { type Disk, DiskFailed } from "./disk.ts";
import { isSameWriter, type JournalHeader } from "./header.ts";
import { inspectJournal, type JournalState } from "./inspect-journal.ts";
import { JOURNAL_LIMITS, Journal, type JournalLimits, type JournalSettings } from "./journal.ts";
import {
  damagedError,
  type JournalDamage,
  JournalFailed,
  toJournalError,
} from "./journal-errors.ts";
import { CUT_FOLDER, ensureFolder, segmentName, TEMPORARY } from "./journal-folder.ts";
import { type JournalRecord, readRecords } from "./read-records.ts";
import { SegmentWriter } from "./segment-writer.ts";

export interface JournalOptions {
  /** The folder of the journal itself; made where it is missing. */
  readonly folder: string;
  readonly disk: Disk;
  readonly header: JournalHeader;
  /** Epoch ms, an integer. */
  readonly now: () => number;
  readonly limits?: Partial<JournalLimits> | undefined;
}

/** What a journal held when it was opened. All of it lasts: a crash right now would find it again. */
export interface Recovery {
  /** Nothing was ever written. */
  readonly isNew: boolean;
  /** The last record found, 0 without one. */
  readonly lastSeq: number;
  /** The state to start from; null: from nothing. */
  readonly snapshot: { readonly seq: number; readonly state: unknown } | null;
  /**
   * The records after the snapshot in order, headers of segments included, read from the disk one by one. Can be
   * called again; what is appended later is not in it.
   */
  readonly records: () => Iterable<JournalRecord>;
  /** The torn end that was cut off and where it is kept; empty without one. */
  readonly cut: readonly CutPiece[];
  /** Snapshots that are damaged or of another journal and were passed over. */
  readonly unusableSnapshots: readonly number[];
}

export type OpenedJournal =
  | { readonly kind: "opened"; readonly journal: Journal; readonly recovery: Recovery }
  /** Damage before intact records. Nothing was changed, and nobody may trade: `error` is for the user. */
  | { readonly kind: "quarantined"; readonly damage: JournalDamage; readonly error: DrydockError };

/**
 * Recovers a journal and opens it for writing. The caller holds the engine lock of the data directory.
 *
 * A torn end, behind which nothing is intact, is cut off and kept in the folder `cut`. The last segment is written again
 * and synced before anything of it is handed out: an engine that was killed may have left records to the memory of the
 * system, and one whose sync failed may have left some that the system has dropped and still shows. Earlier segments
 * were synced before they were sealed. Opening twice is opening once, and a crash meanwhile is made good by the next
 * attempt.
 *
 * @throws E_JOURNAL_NEWER with nothing changed; E_NOT_WRITABLE, E_DISK_FULL, E_JOURNAL_FAILED
 */
export function openJournal(options: JournalOptions): OpenedJournal {
  const { disk, folder } = options;
  try {
    const found = inspectJournal(disk, folder);
    if (found !== null && found.damage !== null) {
      return { kind: "quarantined", damage: found.damage, error: damagedError(found.damage) };
    }
    ensureFolder(disk, folder);
    settleDataFolder(disk, dirname(folder));
    return found === null ? begin(options) : recover(options, found);
  } catch (error) {
    const cause = error instanceof JournalFailed ? error.cause : error;
    throw toJournalError(cause, folder, "opening");
  }
}

/** The data directory may be as new as the journal, made by somebody who did not sync. */
function settleDataFolder(disk: Disk, dataFolder: string): void {
  try {
    disk.syncFolder(dirname(dataFolder));
  } catch (error) {
    // Not everybody may open the folder that the data directory is in; then it has been there for longer.
    if (!(error instanceof DiskFailed) || !isForbidden(error.cause)) throw error;
  }
}

function isForbidden(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && /^E(?:ACCES|PERM)$/.test(String(cause.code));
}

function begin(options: JournalOptions): OpenedJournal {
  const found = must(inspectJournal(options.disk, options.folder), "the folder was just made");
  return recover(options, found);
}

function recover(options: JournalOptions, found: JournalState): OpenedJournal {
  const { disk, folder, header, now } = options;
  const limits = { ...JOURNAL_LIMITS, ...options.limits };
  removeUnfinished(disk, found);
  const cut = cutTail(disk, found);
  const last = found.segments.at(-1);
  if (last !== undefined) settleFound(disk, folder, last.number);
  const hasBallast = ensureBallast(disk, folder, limits.ballastBytes);
  const settings: JournalSettings = { folder, disk, header, now, limits };
  const journal = new Journal(settings, {
    last: { seq: found.lastSeq, crc: found.lastCrc },
    segment: last === undefined ? null : SegmentWriter.resume(disk, folder, last),
    isFull: !hasBallast && limits.ballastBytes > 0,
  });
  if (last === undefined || !isSameWriter(last.header, header)) journal.begin();
  return { kind: "opened", journal, recovery: recoveryOf(disk, folder, found, cut) };
}

function recoveryOf(
  disk: Disk,
  folder: string,
  found: JournalState,
  cut: readonly CutPiece[],
): Recovery {
  const { segments, snapshot, lastSeq, unusableSnapshots } = found;
  const range = { from: (snapshot?.seq ?? 0) + 1, to: lastSeq };
  return {
    isNew: lastSeq === 0,
    lastSeq,
    snapshot: snapshot === null ? null : { seq: snapshot.seq, state: snapshot.state },
    records: () => readRecords(disk, folder, segments, range),
    cut,
    unusableSnapshots,
  };
}

function removeUnfinished(disk: Disk, { folder }: JournalState): void {
  for (const name of folder.unfinished) disk.remove(join(folder.path, name));
  if (!folder.hasCutFolder) return;
  const cutFolder = join(folder.path, CUT_FOLDER);
  for (const name of disk.list(cutFolder)) {
    if (name.endsWith(TEMPORARY)) disk.remove(join(cutFolder, name));
  }
}

/** Keeping the torn end aside needs space; on a full disk the ballast gives it. */
function cutTail(disk: Disk, found: JournalState): readonly CutPiece[] {
  if (found.tail === null) return [];
  const place = { ...found.tail, lastSeq: found.lastSeq };
  return withBallast(disk, found.folder.path, () => cutJournal(disk, found.folder, place));
}

/** A sync alone would say that all is well where an earlier one has failed. File systems that copy need space for it. */
function settleFound(disk: Disk, folder: string, number: number): void {
  withBallast(disk, folder, () => disk.rewrite(join(folder, segmentName(number))));
  disk.syncFolder(folder);
}
