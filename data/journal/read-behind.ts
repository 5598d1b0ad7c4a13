import { join } from "node:path";
import type { CutPlace } from "./cut-journal.ts";
import type { Disk } from "./disk.ts";
import type { JournalState } from "./inspect-journal.ts";
import { segmentName } from "./journal-folder.ts";
import { findEnvelope } from "./record-line.ts";
import { SegmentReader } from "./segment-reader.ts";
import { readSnapshotFile } from "./snapshot.ts";

/** What a record or a snapshot behind a cut tells; the record itself is intact, its place in the chain is not known. */
export interface ToldBehind {
  readonly seq: number;
  /** Null for a snapshot. */
  readonly kind: string | null;
  readonly target: string | null;
  readonly data: unknown;
}

/**
 * Everything intact that a cut takes out, snapshots first, then records as they stand in the files: to tell a person what
 * goes, never to recover from.
 */
export function* readBehind(
  disk: Disk,
  { folder }: JournalState,
  place: CutPlace,
): Generator<ToldBehind> {
  for (const seq of folder.snapshots) {
    if (seq <= place.lastSeq) continue;
    const snapshot = readSnapshotFile(disk, folder.path, seq);
    if (snapshot !== null) yield { seq, kind: null, target: null, data: snapshot.state };
  }
  for (const number of folder.segments) {
    if (number < place.segment) continue;
    const reader = new SegmentReader(disk, join(folder.path, segmentName(number)));
    try {
      while (reader.next()) {
        const { bytes, start, end, offset } = reader;
        if (number === place.segment && offset < place.offset) continue;
        const record = findEnvelope(bytes, start, end);
        if (record === null) continue;
        const { seq, kind, target, dataStart, dataEnd } = record;
        const data: unknown = JSON.parse(bytes.toString("utf8", dataStart, dataEnd));
        yield { seq, kind, target, data };
      }
    } finally {
      reader.close();
    }
  }
}
