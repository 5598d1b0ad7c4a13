import type { RandomStream } from "./random-stream.ts";

/** What a loss of power leaves of the bytes that were not synced. */
export type Survival = "keep" | "drop" | "tear" | "zero";

/** Bytes of a file from one offset up to another. */
interface Part {
  readonly from: number;
  readonly to: number;
}

const NOTHING = new Uint8Array(0);

/**
 * The bytes of one file, with what of them is durable. The durable content is what was there at the last sync: the
 * first `stable` bytes, which nobody has touched since, and the bytes that were cut off behind them.
 */
export class VirtualFile {
  #bytes = new Uint8Array(256);
  #length = 0;
  #stable = 0;
  #cutOff: Uint8Array = NOTHING;
  /**
   * What a failed sync has dropped. It can be read as long as the machine runs, and no later sync makes it last: as on
   * Linux, where pages whose write-back failed count as written (https://wiki.postgresql.org/wiki/Fsync_Errors).
   */
  #dropped: Part | null = null;

  get length(): number {
    return this.#length;
  }

  /** Durable bytes that were not touched since they were synced. */
  get stable(): number {
    return this.#stable;
  }

  append(bytes: Uint8Array): void {
    const wanted = this.#length + bytes.byteLength;
    if (wanted > this.#bytes.byteLength) {
      const larger = new Uint8Array(Math.max(wanted, 2 * this.#bytes.byteLength));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = wanted;
  }

  read(at: number, into: Uint8Array): number {
    const part = this.#bytes.subarray(Math.min(at, this.#length), this.#length);
    const taken = part.subarray(0, into.byteLength);
    into.set(taken);
    return taken.byteLength;
  }

  content(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  truncate(length: number): void {
    if (length >= this.#length) return;
    if (length < this.#stable) {
      this.#cutOff = joined(this.#bytes.subarray(length, this.#stable), this.#cutOff);
      this.#stable = length;
    }
    this.#length = length;
    const dropped = this.#dropped;
    if (dropped === null || dropped.to <= length) return;
    this.#dropped = dropped.from < length ? { from: dropped.from, to: length } : null;
  }

  sync(): void {
    const { from, to } = this.#dropped ?? { from: this.#length, to: this.#length };
    this.#stable = from;
    // What was dropped is a hole where something lasts behind it, and the end of the file where nothing does.
    const behind = this.#bytes.subarray(to, this.#length);
    this.#cutOff = behind.byteLength === 0 ? NOTHING : joined(new Uint8Array(to - from), behind);
  }

  /** The sync fails: the system has thrown away what it could not write and believes it written. */
  failSync(): void {
    const from = Math.min(this.#stable, this.#dropped?.from ?? this.#stable);
    this.#dropped = from < this.#length ? { from, to: this.#length } : null;
  }

  /** Every byte is written again, so that the next sync has them all to write. */
  rewrite(): void {
    this.#dropped = null;
  }

  /** The power is back: what is there now is durable. Returns whether anything was not as it was before. */
  survive(how: Survival, stream: RandomStream): boolean {
    const before = this.content();
    const bytes = this.#survivor(how, stream);
    this.#bytes = bytes.slice();
    this.#length = bytes.byteLength;
    this.#stable = bytes.byteLength;
    this.#cutOff = NOTHING;
    this.#dropped = null;
    return !isSame(before, bytes);
  }

  /** A bit of the durable part turns over; false when there is none. */
  flip(stream: RandomStream): boolean {
    if (this.#stable === 0) return false;
    const at = stream.integer(0, this.#stable - 1);
    this.#bytes[at] = (this.#bytes[at] as number) ^ (1 << stream.integer(0, 7));
    return true;
  }

  #survivor(how: Survival, stream: RandomStream): Uint8Array {
    const durable = joined(this.#bytes.subarray(0, this.#stable), this.#cutOff);
    const current = this.content();
    if (how === "drop") return durable;
    if (how === "keep" || isSame(durable, current)) return current;
    // What was cut off and not synced: the old length, or the new one and what was written behind it.
    if (this.#cutOff.byteLength > 0 && stream.chance(0.5)) return durable;
    const cut = stream.integer(this.#stable, this.#length);
    if (how === "tear") return current.slice(0, cut);
    return current.fill(0, cut);
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.byteLength + second.byteLength);
  both.set(first);
  both.set(second, first.byteLength);
  return both;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
