import { z } from "zod";
import type { CutEnding, CutPlace } from "./cut-journal.ts";
import { HEADER_KIND, type HeaderData } from "./header.ts";
import type { JournalState } from "./inspect-journal.ts";
import { JOURNAL_FORMAT } from "./journal-errors.ts";
import { jsonOf } from "./json-of.ts";
import { RecordBuffer } from "./record-buffer.ts";
import { NO_RECORD } from "./record-line.ts";

/**
 * Kind of the record with which a repair ends a journal that it took acknowledged records out of. Halts, quarantines
 * and the kill switch may have stood among them, and no exchange can tell them: every account begins halted.
 */
export const CUT_KIND = "cut";

const schema = z.object({ keptTo: z.int().nonnegative() });

/** The `data` of a record of kind `cut`. */
export interface CutData {
  /** The last record that the repair left, 0 for none. */
  readonly keptTo: number;
}

/** Who writes the header of a segment that a repair begins: the next engine begins one of its own. */
const REPAIRER = { id: "repair", build: "repair", configHash: "", seed: 0 } as const;

/** Why an account is halted after a repair. */
export function cutReason(data: unknown): string {
  const { keptTo } = schema.parse(data);
  return `the journal was cut by a repair at record ${keptTo}; resume once you have looked`;
}

/**
 * The record of a cut as the end of the journal: in the segment that is cut, or in one that follows the last that stays.
 *
 * @param now Epoch ms, an integer
 */
export function cutEnding(found: JournalState, place: CutPlace, now: number): CutEnding {
  const { lastSeq } = place;
  const crc = lastSeq === 0 ? NO_RECORD : found.lastCrc;
  const buffer = new RecordBuffer({ seq: lastSeq, crc });
  let segment = place.segment;
  if (place.offset === 0) {
    const before = found.segments.findLast(({ number }) => number < place.segment);
    const sealed = before !== undefined && {
      segment: before.number,
      bytes: before.bytes,
      sha256: before.sha256,
    };
    segment = (before?.number ?? 0) + 1;
    const header: HeaderData = {
      format: JOURNAL_FORMAT,
      segment,
      ...REPAIRER,
      sealed: sealed === false ? null : sealed,
    };
    buffer.add(now, HEADER_KIND, null, jsonOf(header));
  }
  const data: CutData = { keptTo: lastSeq };
  buffer.add(now, CUT_KIND, null, jsonOf(data));
  return { segment, keep: place.offset, bytes: buffer.batch };
}
