import { RECORD_WIDTH, type RecordSink } from "#engine/records/record-log.ts";

/** One record as its columns; see `record-log.ts` for their meaning. */
export type RecordRow = readonly number[];

/** Keeps all records of a run as rows. */
export class RecordRows {
  readonly rows: RecordRow[] = [];
  readonly sink: RecordSink = (chunk) => {
    for (let at = 0; at < chunk.length; at += RECORD_WIDTH) {
      this.rows.push(Array.from(chunk.subarray(at, at + RECORD_WIDTH)));
    }
  };
}
