import { createHash } from "node:crypto";

import { RecordChecksums } from "#cli/backtest/record-checksums.ts";
import type { RecordSink } from "#engine/records/record-log.ts";

/** SHA-256 over the record rows as they come; with `keep` the rows are kept for the journal file as well. */
export class TraceHash {
  readonly #hash = createHash("sha256");
  readonly #kept: Float64Array[] | null;
  readonly checksums = new RecordChecksums();

  constructor(keep: boolean) {
    this.#kept = keep ? [] : null;
  }

  readonly sink: RecordSink = (rows) => {
    this.#hash.update(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
    this.checksums.add(rows);
    // The engine uses the chunk again.
    this.#kept?.push(rows.slice());
  };

  /** Chunks of rows in order; empty unless they were to be kept. */
  get chunks(): readonly Float64Array[] {
    return this.#kept ?? [];
  }

  /** The hash of all rows so far, lower-case hex; ends the stream. */
  digest(): string {
    return this.#hash.digest("hex");
  }
}
