import { join } from "node:path";
import type { Disk } from "#data/journal/disk.ts";
import { segmentName } from "#data/journal/journal-folder.ts";
import { readEnvelope } from "#data/journal/record-line.ts";
import type { ProjectedRecord } from "./record-schema.ts";

/** Where a tail begins: behind record `seq`, whose checksum is `crc`, in a segment that begins before it. */
export interface TailStart {
  readonly segment: number;
  readonly seq: number;
  readonly crc: string;
}

/** Bytes that are read at once; a longer record makes the buffer grow. */
const BLOCK_BYTES = 1_048_576;
const LINE_FEED = 10;

/**
 * The records of a journal from a place on, in order and each once, as far as they are written: it can be asked again
 * while an engine goes on writing. Only records that follow the one before by number and checksum are told; at anything
 * else it stops, because that may be a write that has not ended.
 */
export class JournalTail {
  readonly #disk: Disk;
  readonly #folder: string;
  #segment: number;
  #offset = 0;
  #seq: number;
  #crc: string;
  /** Up to here the records of the first segment are known and only passed. */
  readonly #from: number;
  #isPassing = true;
  #size = BLOCK_BYTES;

  constructor(disk: Disk, folder: string, start: TailStart) {
    this.#disk = disk;
    this.#folder = folder;
    this.#segment = start.segment;
    this.#seq = start.seq;
    this.#crc = start.crc;
    this.#from = start.seq;
  }

  /** At most so many records; empty when there are no more for now. @throws DiskFailed */
  read(limit: number): readonly ProjectedRecord[] {
    const records: ProjectedRecord[] = [];
    while (records.length < limit) {
      const taken = this.#readBlock(records, limit);
      if (taken > 0) continue;
      const next = join(this.#folder, segmentName(this.#segment + 1));
      // The next segment begins with a header that follows the last record of this one.
      if (this.#disk.size(next) === null || this.#isBehind()) break;
      this.#segment += 1;
      this.#offset = 0;
    }
    return records;
  }

  /** Bytes of this segment that are not read yet. */
  #isBehind(): boolean {
    const size = this.#disk.size(join(this.#folder, segmentName(this.#segment))) ?? 0;
    return this.#offset < size;
  }

  /** Takes the whole lines of one block; returns how many bytes they had. */
  #readBlock(records: ProjectedRecord[], limit: number): number {
    const path = join(this.#folder, segmentName(this.#segment));
    const size = this.#disk.size(path) ?? 0;
    if (size <= this.#offset) return 0;
    const bytes = Buffer.allocUnsafe(Math.min(this.#size, size - this.#offset));
    const file = this.#disk.open(path, "read");
    let filled: number;
    try {
      filled = file.read(this.#offset, bytes);
    } finally {
      file.close();
    }
    let start = 0;
    while (records.length < limit) {
      const end = bytes.indexOf(LINE_FEED, start);
      if (end < 0 || end >= filled) break;
      if (!this.#take(bytes, start, end, records)) break;
      start = end + 1;
    }
    this.#offset += start;
    const isLong = start === 0 && filled === this.#size && bytes.indexOf(LINE_FEED) < 0;
    if (!isLong) return start;
    this.#size *= 2;
    return this.#readBlock(records, limit);
  }

  /** False for a line that is no record or does not follow. */
  #take(bytes: Buffer, start: number, end: number, records: ProjectedRecord[]): boolean {
    const record = readEnvelope(bytes, start, end);
    if (record === null) return false;
    const { seq, ts, kind, target, crc, prev, dataStart, dataEnd } = record;
    if (this.#isPassing && seq <= this.#from) {
      // The record behind which to go on has to be the one that is meant.
      return seq < this.#from || crc === this.#crc;
    }
    if (seq !== this.#seq + 1 || prev !== this.#crc) return false;
    this.#isPassing = false;
    this.#seq = seq;
    this.#crc = crc;
    const data: unknown = JSON.parse(bytes.toString("utf8", dataStart, dataEnd));
    records.push({ seq, ts, kind, target, crc, data });
    return true;
  }
}
