import { join } from "node:path";
import { z } from "zod";
import { assert } from "#engine/assert.ts";
import type { Disk } from "./disk.ts";
import { JOURNAL_FORMAT, newerError } from "./journal-errors.ts";
import { snapshotName, writeWhole } from "./journal-folder.ts";
import { checksum, recordTail } from "./record-line.ts";
import { readBlocks } from "./segment-reader.ts";

/**
 * The state after a record, in a file of one line: `{"format":1,"seq":…,"ts":…,"recordCrc":"…","state":…,"crc":"…"}`.
 * `crc` is as in a record. `recordCrc` is the checksum of the record `seq`: a snapshot of another journal has another.
 */
export interface Snapshot {
  readonly seq: number;
  /** Epoch ms. */
  readonly ts: number;
  readonly recordCrc: string;
  readonly state: unknown;
}

const schema = z.object({
  format: z.int().positive(),
  seq: z.int().positive(),
  ts: z.int(),
  recordCrc: z.string().regex(/^[0-9a-f]{8}$/),
  state: z.unknown(),
});

/** Writes a snapshot whole or not at all; `stateText` is JSON. @throws DiskFailed */
export function writeSnapshotFile(
  disk: Disk,
  folder: string,
  at: Omit<Snapshot, "state">,
  stateText: string,
): void {
  const { seq, ts, recordCrc } = at;
  const head = Buffer.from(
    `{"format":${JOURNAL_FORMAT},"seq":${seq},"ts":${ts},"recordCrc":"${recordCrc}","state":${stateText}`,
  );
  const tail = Buffer.from(recordTail(checksum(head)));
  writeWhole(disk, { folder, name: snapshotName(seq) }, (write) => {
    write(head);
    write(tail);
  });
}

/**
 * Reads the snapshot of a record; null when the file is not intact.
 *
 * @throws E_JOURNAL_NEWER when it is intact and of a newer format
 */
export function readSnapshotFile(disk: Disk, folder: string, seq: number): Snapshot | null {
  const path = join(folder, snapshotName(seq));
  const size = disk.size(path) ?? 0;
  const blocks: Buffer[] = [];
  readBlocks(disk, path, { from: 0, to: size }, (block) => blocks.push(Buffer.from(block)));
  const bytes = Buffer.concat(blocks);
  const tailLength = recordTail("00000000").length;
  if (bytes.length <= tailLength) return null;
  const head = bytes.subarray(0, bytes.length - tailLength);
  if (bytes.toString("latin1", head.length) !== recordTail(checksum(head))) return null;
  const parsed = schema.safeParse(JSON.parse(bytes.toString("utf8")));
  assert(parsed.success, () => `An intact snapshot has the fields of one: "${path}"`);
  const { format, ...snapshot } = parsed.data;
  if (format > JOURNAL_FORMAT) throw newerError(folder, snapshotName(seq), format);
  return snapshot.seq === seq ? snapshot : null;
}
