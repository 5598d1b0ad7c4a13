import { type CutPiece, type CutPlace, cutJournal, planCut } from "./cut-journal.ts";
import { cutEnding } from "./cut-record.ts";
import type { Disk } from "./disk.ts";
import type { JournalState } from "./inspect-journal.ts";
import { toJournalError } from "./journal-errors.ts";
import { readBehind, type ToldBehind } from "./read-behind.ts";

/** What a repair takes out and what stays. */
export interface RepairPlan {
  /** The last record that stays. */
  readonly lastSeq: number;
  /** In the order in which they go. */
  readonly pieces: readonly CutPiece[];
  /**
   * Whether what stays leads to a state: it begins with the first record, or a snapshot that stays stands for those
   * before. Without one nothing stays, the engine begins anew, and nobody should call that a repair.
   */
  readonly hasStart: boolean;
  /** Whether records go that were acknowledged; a torn end was not. */
  readonly losesRecords: boolean;
}

/** What `repairJournal` would do; null for a journal that needs none. */
export function planRepair(disk: Disk, found: JournalState): RepairPlan | null {
  const place = placeOf(found);
  return place === null ? null : planOf(found, place, planCut(disk, found.folder, place));
}

/**
 * Cuts a journal at its damage and keeps everything behind it in the folder `cut`, intact records included: the
 * journal then ends with the last record before the damage and one of kind `cut`, by which the next start is halted.
 * Where no start is left before the damage (`RepairPlan.hasStart`) everything goes. Deletes nothing. The caller holds
 * the engine lock.
 *
 * @param now Epoch ms, an integer
 * @throws E_NOT_WRITABLE, E_DISK_FULL, E_JOURNAL_FAILED
 */
export function repairJournal(disk: Disk, found: JournalState, now: number): RepairPlan | null {
  const place = placeOf(found);
  if (place === null) return null;
  try {
    const ending = found.damage === null ? null : cutEnding(found, place, now);
    return planOf(found, place, cutJournal(disk, found.folder, place, ending));
  } catch (error) {
    throw toJournalError(error, found.folder.path, "repairing");
  }
}

function planOf(found: JournalState, place: CutPlace, pieces: readonly CutPiece[]): RepairPlan {
  const losesRecords = found.damage !== null;
  return {
    lastSeq: place.lastSeq,
    pieces,
    hasStart: !losesRecords || place.lastSeq > 0,
    losesRecords,
  };
}

/** Everything intact that a repair would take out, to tell a person what stood in it. */
export function* readCutPart(disk: Disk, found: JournalState): Generator<ToldBehind> {
  const place = placeOf(found);
  if (place !== null) yield* readBehind(disk, found, place);
}

/** Where a repair cuts: at the damage, or before everything where nothing leads to what stands before the damage. */
function placeOf(found: JournalState): CutPlace | null {
  const { damage, tail, lastSeq, segments, snapshot, folder } = found;
  if (damage === null) return tail === null ? null : { ...tail, lastSeq };
  const isWhole = segments[0]?.firstSeq === 1 || snapshot !== null;
  if (damage.seqBefore > 0 && isWhole) {
    return { segment: damage.segment, offset: damage.offset, lastSeq: damage.seqBefore };
  }
  return { segment: folder.segments[0] ?? 1, offset: 0, lastSeq: 0 };
}
