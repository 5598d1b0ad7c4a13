import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import { type Disk, DiskFailed, type DiskFile, isFull } from "./disk.ts";
import type { SealedSegment } from "./header.ts";
import { segmentName, writeWhole } from "./journal-folder.ts";
import { readBlocks } from "./segment-reader.ts";

/**
 * The end of one segment: its open file, its durable length and the SHA-256 of what was written. A batch is on the
 * disk as a whole or truncated away, unless the disk fails for good.
 */
export class SegmentWriter {
  readonly number: number;
  /** Epoch ms of the header. */
  readonly startedAt: number;
  readonly #file: DiskFile;
  readonly #hash: Hash;
  #bytes: number;
  #records: number;

  private constructor(
    file: DiskFile,
    hash: Hash,
    facts: { number: number; startedAt: number; bytes: number; records: number },
  ) {
    this.#file = file;
    this.#hash = hash;
    this.number = facts.number;
    this.startedAt = facts.startedAt;
    this.#bytes = facts.bytes;
    this.#records = facts.records;
  }

  /** Goes on with a segment that ends with an intact record at `bytes`. */
  static resume(
    disk: Disk,
    folder: string,
    facts: { number: number; startedAt: number; bytes: number; records: number },
  ): SegmentWriter {
    const path = join(folder, segmentName(facts.number));
    const hash = createHash("sha256");
    readBlocks(disk, path, { from: 0, to: facts.bytes }, (block) => hash.update(block));
    return new SegmentWriter(disk.open(path, "append"), hash, facts);
  }

  /**
   * Makes a segment that holds its header; a crash leaves it whole or not at all.
   *
   * @throws DiskFailed of kind `full` only when the segment is certainly not there
   */
  static create(
    disk: Disk,
    folder: string,
    header: { readonly number: number; readonly startedAt: number; readonly line: Uint8Array },
  ): SegmentWriter {
    const { number, startedAt, line } = header;
    writeWhole(disk, { folder, name: segmentName(number) }, (write) => write(line));
    const hash = createHash("sha256").update(line);
    const file = openWhole(disk, join(folder, segmentName(number)));
    return new SegmentWriter(file, hash, { number, startedAt, bytes: line.byteLength, records: 1 });
  }

  get bytes(): number {
    return this.#bytes;
  }

  get records(): number {
    return this.#records;
  }

  /** What the header of the next segment says about this one. */
  seal(): SealedSegment {
    return { segment: this.number, bytes: this.#bytes, sha256: this.sha256() };
  }

  /** Of the bytes written and then `more`. */
  sha256(more: Uint8Array = new Uint8Array()): string {
    return this.#hash.copy().update(more).digest("hex");
  }

  /**
   * Appends a batch of whole records without syncing. A part of it is cut off again.
   *
   * @returns false when the disk took a part only or is full; the segment is then as before
   * @throws DiskFailed of kind `failed`, or of any kind when the part cannot be cut off
   */
  write(batch: Uint8Array, records: number): boolean {
    let taken = 0;
    try {
      taken = this.#file.write(batch);
    } catch (error) {
      if (!isFull(error)) throw error;
    }
    if (taken !== batch.byteLength) {
      this.#file.truncate(this.#bytes);
      return false;
    }
    this.#bytes += taken;
    this.#records += records;
    this.#hash.update(batch);
    return true;
  }

  /** @throws DiskFailed, after which nothing is known about the bytes since the last sync */
  sync(): void {
    this.#file.sync();
  }

  close(): void {
    this.#file.close();
  }
}

/** The segment is there now, so the one before it is sealed: no lack of space leads back to it. */
function openWhole(disk: Disk, path: string): DiskFile {
  try {
    return disk.open(path, "append");
  } catch (cause) {
    if (!isFull(cause)) throw cause;
    throw new DiskFailed("failed", { operation: "open", path, cause });
  }
}
