import { type CutPiece, cutJournal, planCut } from "./cut-journal.ts";
import type { Disk } from "./disk.ts";
import type { JournalState } from "./inspect-journal.ts";
import { toJournalError } from "./journal-errors.ts";

/** What a repair takes out and what stays. */
export interface RepairPlan {
  /** The last record that stays. */
  readonly lastSeq: number;
  /** In the order in which they go. */
  readonly pieces: readonly CutPiece[];
}

/** What `repairJournal` would do; null for a journal that needs none. */
export function planRepair(disk: Disk, found: JournalState): RepairPlan | null {
  const place = placeOf(found);
  if (place === null) return null;
  return { lastSeq: place.lastSeq, pieces: planCut(disk, found.folder, place) };
}

/**
 * Cuts a journal at its damage and keeps everything behind it in the folder `cut`, intact records included: the
 * journal then ends with the last record before the damage. Deletes nothing. The caller holds the engine lock.
 *
 * @throws E_NOT_WRITABLE, E_DISK_FULL, E_JOURNAL_FAILED
 */
export function repairJournal(disk: Disk, found: JournalState): RepairPlan | null {
  const place = placeOf(found);
  if (place === null) return null;
  try {
    return { lastSeq: place.lastSeq, pieces: cutJournal(disk, found.folder, place) };
  } catch (error) {
    throw toJournalError(error, found.folder.path, "repairing");
  }
}

function placeOf({ damage, tail, lastSeq }: JournalState) {
  if (damage !== null) {
    return { segment: damage.segment, offset: damage.offset, lastSeq: damage.seqBefore };
  }
  return tail === null ? null : { ...tail, lastSeq };
}
