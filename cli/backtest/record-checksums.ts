import { RECORD_WIDTH } from "#engine/records/record-log.ts";

/** Checksums are kept of this many records (16 MB); a longer trace is compared by its hash alone beyond them. */
const RECORDS_MAX = 4_000_000;
const WORDS = RECORD_WIDTH * 2;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * A 32-bit checksum per record, so that a later run can name the first record in which it differs without keeping
 * the records themselves. FNV-1a over the 32-bit words of a row: it tells rows apart, it does not protect them.
 */
export class RecordChecksums {
  #sums = new Uint32Array(4096);
  #count = 0;

  add(rows: Float64Array): void {
    const words = new Uint32Array(rows.buffer, rows.byteOffset, rows.length * 2);
    for (let at = 0; at < words.length && this.#count < RECORDS_MAX; at += WORDS) {
      let sum = FNV_OFFSET;
      for (let word = at; word < at + WORDS; word++) {
        sum = Math.imul(sum ^ (words[word] as number), FNV_PRIME);
        sum ^= sum >>> 15;
      }
      if (this.#count === this.#sums.length) this.#grow();
      this.#sums[this.#count++] = sum;
    }
  }

  get values(): Uint32Array {
    return this.#sums.subarray(0, this.#count);
  }

  #grow(): void {
    const grown = new Uint32Array(this.#sums.length * 2);
    grown.set(this.#sums);
    this.#sums = grown;
  }
}

/** The number of the first record in which two traces differ; −1 when one is not longer than what was kept and equal. */
export function firstDifference(before: Uint32Array, now: Uint32Array): number {
  const shared = Math.min(before.length, now.length);
  for (let at = 0; at < shared; at++) if (before[at] !== now[at]) return at;
  return before.length === now.length ? -1 : shared;
}
