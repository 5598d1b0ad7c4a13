import { assert } from "#engine/assert.ts";
import { checksum, recordHead, recordTail } from "./record-line.ts";

/** Before the first growth; a step of the engine takes about 600 bytes. */
const START_BYTES = 65_536;
/** More than the disk is ever given at once: records that nobody syncs are a fault of the driver. */
const BYTES_MAX = 268_435_456;
/** Longer than any tail of a record. */
const TAIL_ROOM = 32;

/** The bytes of records that wait for the next sync, and the end of the chain that they prolong. */
export class RecordBuffer {
  #bytes = Buffer.allocUnsafe(START_BYTES);
  #length = 0;
  #records = 0;
  #lastSeq: number;
  #lastCrc: string;

  constructor(last: { readonly seq: number; readonly crc: string }) {
    this.#lastSeq = last.seq;
    this.#lastCrc = last.crc;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get lastCrc(): string {
    return this.#lastCrc;
  }

  /** Records that wait. */
  get records(): number {
    return this.#records;
  }

  /** Their bytes, valid until the next record is added. */
  get batch(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Adds the next record of the chain and returns its sequence. `dataText` is JSON. */
  add(ts: number, kind: string, target: string | null, dataText: string): number {
    const seq = this.#lastSeq + 1;
    const head = recordHead({ seq, ts, kind, target, prev: this.#lastCrc }, dataText);
    const start = this.#length;
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    this.#reserve(start + 3 * head.length + TAIL_ROOM);
    const headEnd = start + this.#bytes.write(head, start);
    const crc = checksum(this.#bytes.subarray(start, headEnd));
    this.#length = headEnd + this.#bytes.write(recordTail(crc), headEnd, "latin1");
    this.#records += 1;
    this.#lastSeq = seq;
    this.#lastCrc = crc;
    return seq;
  }

  /** Forgets the bytes, which are written, and keeps the end of the chain. */
  clear(): void {
    this.#length = 0;
    this.#records = 0;
  }

  /** The next record follows the last one of another buffer. */
  continueAfter(other: RecordBuffer): void {
    assert(this.#length === 0, () => "A chain continues elsewhere only when nothing waits");
    this.#lastSeq = other.lastSeq;
    this.#lastCrc = other.lastCrc;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    assert(bytes <= BYTES_MAX, () => `Records are synced before they take ${BYTES_MAX} bytes`);
    const grown = Buffer.allocUnsafe(Math.max(bytes, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
