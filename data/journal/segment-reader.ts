import type { Hash } from "node:crypto";
import type { Disk, DiskFile } from "./disk.ts";

const CHUNK_BYTES = 1_048_576;
const LINE_FEED = 10;

/**
 * Reads a file line by line through one buffer: `while (reader.next())`, then `bytes` from `start` to `end` is the
 * line without its line feed, valid until the next call. The buffer grows to the longest line, which is the whole
 * file where a damaged one has no line feeds.
 */
export class SegmentReader {
  readonly #file: DiskFile;
  readonly #size: number;
  readonly #hash: Hash | null;
  #bytes: Buffer;
  #filled = 0;
  /** Offset in the file of the first byte of the buffer. */
  #base = 0;
  #next = 0;
  #start = 0;
  #end = 0;
  #isWhole = true;

  /** @param options.hash takes every byte of the file; `options.size` ends the reading there. */
  constructor(
    disk: Disk,
    path: string,
    options: { readonly hash?: Hash | undefined; readonly size?: number | undefined } = {},
  ) {
    this.#size = options.size ?? disk.size(path) ?? 0;
    this.#hash = options.hash ?? null;
    // One byte more than a short file, so that its end is found without growing.
    this.#bytes = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, this.#size + 1));
    this.#file = disk.open(path, "read");
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** Where the line begins in the file. */
  get offset(): number {
    return this.#base + this.#start;
  }

  /** Where the next line begins in the file. */
  get nextOffset(): number {
    return this.#base + this.#next;
  }

  /** False for a last line without a line feed. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  next(): boolean {
    this.#start = this.#next;
    let from = this.#start;
    for (;;) {
      const found = this.#bytes.indexOf(LINE_FEED, from);
      // Beyond what was filled stand bytes of earlier chunks.
      if (found >= 0 && found < this.#filled) {
        this.#end = found;
        this.#next = found + 1;
        return true;
      }
      const searched = this.#filled - this.#start;
      if (!this.#fill()) break;
      from = this.#start + searched;
    }
    this.#isWhole = false;
    this.#end = this.#filled;
    this.#next = this.#filled;
    return this.#end > this.#start;
  }

  close(): void {
    this.#file.close();
  }

  /** Moves the line at hand to the front and reads on behind it; false at the end. */
  #fill(): boolean {
    const kept = this.#filled - this.#start;
    const target =
      kept < this.#bytes.length ? this.#bytes : Buffer.allocUnsafe(2 * this.#bytes.length);
    this.#bytes.copy(target, 0, this.#start, this.#filled);
    this.#bytes = target;
    this.#base += this.#start;
    this.#start = 0;
    this.#filled = kept;
    const at = this.#base + kept;
    const wanted = Math.min(target.length - kept, this.#size - at);
    if (wanted <= 0) return false;
    const taken = this.#file.read(at, target.subarray(kept, kept + wanted));
    this.#hash?.update(target.subarray(kept, kept + taken));
    this.#filled += taken;
    return taken > 0;
  }
}

/** Hands each block of a part of a file to `use`; the bytes are valid during the call. */
export function readBlocks(
  disk: Disk,
  path: string,
  part: { readonly from: number; readonly to: number },
  use: (block: Uint8Array) => void,
): void {
  const file = disk.open(path, "read");
  try {
    const block = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK_BYTES, part.to - part.from)));
    for (let at = part.from; at < part.to; ) {
      const taken = file.read(at, block.subarray(0, Math.min(block.length, part.to - at)));
      if (taken === 0) break;
      use(block.subarray(0, taken));
      at += taken;
    }
  } finally {
    file.close();
  }
}
