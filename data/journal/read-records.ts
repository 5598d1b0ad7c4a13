import { join } from "node:path";
import { assert } from "#engine/assert.ts";
import type { Disk } from "./disk.ts";
import { segmentName } from "./journal-folder.ts";
import { type Envelope, readEnvelope } from "./record-line.ts";
import type { SegmentFacts } from "./scan-journal.ts";
import { SegmentReader } from "./segment-reader.ts";

/** A record as it was appended. */
export interface JournalRecord {
  readonly seq: number;
  /** Epoch ms. */
  readonly ts: number;
  readonly kind: string;
  readonly target: string | null;
  readonly data: unknown;
}

/** A record with its text, both valid until the next one is read. */
export interface RecordLine extends Envelope {
  /** Parses the data. */
  readonly data: () => unknown;
  /** The data as JSON. */
  readonly dataText: () => string;
  /** The whole line without its line feed. */
  readonly text: () => string;
}

/** The records with `from <= seq <= to`, header records included; both ends may lie outside. */
export interface SeqRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Reads checked segments again, record by record. Only the intact part of each is read, so what is appended
 * meanwhile is not seen.
 */
export function* readLines(
  disk: Disk,
  folder: string,
  segments: readonly SegmentFacts[],
  range: SeqRange,
): Generator<RecordLine> {
  for (const segment of segments) {
    if (segment.lastSeq < range.from) continue;
    if (segment.firstSeq > range.to) return;
    const path = join(folder, segmentName(segment.number));
    const reader = new SegmentReader(disk, path, { size: segment.bytes });
    try {
      while (reader.next()) {
        const { bytes, start, end } = reader;
        const record = readEnvelope(bytes, start, end);
        assert(record !== null, () => `"${path}" does not change while it is read`);
        if (record.seq > range.to) return;
        if (record.seq < range.from) continue;
        const dataText = (): string => bytes.toString("utf8", record.dataStart, record.dataEnd);
        yield {
          ...record,
          data: () => JSON.parse(dataText()) as unknown,
          dataText,
          text: () => bytes.toString("utf8", start, end),
        };
      }
    } finally {
      reader.close();
    }
  }
}

/** The same with the data parsed. */
export function* readRecords(
  disk: Disk,
  folder: string,
  segments: readonly SegmentFacts[],
  range: SeqRange,
): Generator<JournalRecord> {
  for (const line of readLines(disk, folder, segments, range)) {
    const { seq, ts, kind, target } = line;
    yield { seq, ts, kind, target, data: line.data() };
  }
}
