import { join } from "node:path";
import type { Disk } from "./disk.ts";
import type { JournalDamage } from "./journal-errors.ts";
import {
  type JournalFolder,
  listJournalFolder,
  segmentName,
  snapshotName,
} from "./journal-folder.ts";
import type { Envelope } from "./record-line.ts";
import { type JournalScan, scanJournal } from "./scan-journal.ts";
import { readSnapshotFile, type Snapshot } from "./snapshot.ts";

/** Everything that can be told about a journal without changing it. */
export interface JournalState extends JournalScan {
  readonly folder: JournalFolder;
  /** The newest snapshot that belongs to this journal; null without one. */
  readonly snapshot: Snapshot | null;
  /** Sequences of snapshots that are damaged or belong to another journal. */
  readonly unusableSnapshots: readonly number[];
}

/**
 * Reads and checks a journal and its snapshots. Changes nothing. `visit` sees each intact record up to the first bad
 * place.
 *
 * @returns null where there is no folder
 * @throws E_JOURNAL_NEWER, DiskFailed
 */
export function inspectJournal(
  disk: Disk,
  path: string,
  visit: (record: Envelope) => void = () => {},
): JournalState | null {
  const folder = listJournalFolder(disk, path);
  if (folder === null) return null;
  const wanted = new Set(folder.snapshots);
  const checksums = new Map<number, string>();
  const scan = scanJournal(disk, folder, (record) => {
    if (wanted.has(record.seq - 1)) checksums.set(record.seq - 1, record.prev);
    if (wanted.has(record.seq)) checksums.set(record.seq, record.crc);
    visit(record);
  });
  const unusable: number[] = [];
  let newest: Snapshot | null = null;
  let ahead: Snapshot | null = null;
  for (const seq of folder.snapshots.toReversed()) {
    // An engine that runs meanwhile removes old ones.
    if (disk.size(join(path, snapshotName(seq))) === null) continue;
    const snapshot = readSnapshotFile(disk, path, seq);
    if (snapshot !== null && seq > scan.lastSeq) {
      ahead ??= snapshot;
    } else if (snapshot?.recordCrc === checksums.get(seq) && snapshot !== null) {
      newest = snapshot;
      break;
    } else {
      unusable.push(seq);
    }
  }
  const damage = scan.damage ?? missingRecords(path, scan, newest, ahead);
  return {
    ...scan,
    damage,
    tail: damage === null ? scan.tail : null,
    folder,
    snapshot: newest,
    unusableSnapshots: unusable,
  };
}

/** Records that are not there although something tells that they were. */
function missingRecords(
  folder: string,
  scan: JournalScan,
  snapshot: Snapshot | null,
  ahead: Snapshot | null,
): JournalDamage | null {
  const first = scan.segments[0];
  const hasStart = first === undefined || first.firstSeq === 1;
  if (first !== undefined && !hasStart && snapshot === null) {
    return {
      reason: "missing-start",
      folder,
      segment: first.number,
      segmentName: segmentName(first.number),
      offset: 0,
      seqBefore: 0,
      seqAfter: first.firstSeq,
    };
  }
  if (ahead === null) return null;
  const last = scan.segments.at(-1);
  const number = last?.number ?? 1;
  return {
    reason: "missing-end",
    folder,
    segment: number,
    segmentName: segmentName(number),
    offset: last?.bytes ?? 0,
    seqBefore: scan.lastSeq,
    seqAfter: null,
  };
}
