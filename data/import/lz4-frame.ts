/**
 * Decoder for LZ4 frames, the compression of feather files. Written here because the one package that decodes frames
 * in plain JavaScript is no longer maintained, and the maintained one brings native code for seventeen platforms.
 *
 * Formats: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md. Checksums of header,
 * blocks and content are skipped: Arrow writes none; lengths are checked at each step.
 */
const MAGIC = 0x184d2204;
const UNCOMPRESSED_BIT = 0x80000000;

/** Block size codes of the frame header: 64 KiB, 256 KiB, 1 MiB, 4 MiB. */
const BLOCK_BYTES_MAX: Readonly<Record<number, number>> = {
  4: 1 << 16,
  5: 1 << 18,
  6: 1 << 20,
  7: 1 << 22,
};

export class Lz4Error extends Error {
  override readonly name = "Lz4Error";
}

/** Decodes one frame, or several behind each other. @throws Lz4Error for anything but whole, sound frames. */
export function decodeLz4Frames(input: Uint8Array, lengthMax = 1 << 30): Uint8Array {
  const output = new GrowingBytes(Math.min(lengthMax, Math.max(64, input.length * 4)), lengthMax);
  let at = 0;
  while (at < input.length) at = decodeFrame(input, at, output);
  return output.bytes.slice(0, output.length);
}

class GrowingBytes {
  bytes: Uint8Array;
  length = 0;
  readonly #lengthMax: number;

  constructor(capacity: number, lengthMax: number) {
    this.bytes = new Uint8Array(capacity);
    this.#lengthMax = lengthMax;
  }

  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    if (needed > this.#lengthMax) throw new Lz4Error("The frame grows beyond its limit");
    const grown = new Uint8Array(
      Math.min(this.#lengthMax, Math.max(needed, this.bytes.length * 2)),
    );
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

function readUint32(input: Uint8Array, at: number): number {
  if (at + 4 > input.length) throw new Lz4Error("The frame is cut off");
  return new DataView(input.buffer, input.byteOffset + at, 4).getUint32(0, true);
}

/** Decodes the frame at `start` and returns where the next one begins. */
function decodeFrame(input: Uint8Array, start: number, output: GrowingBytes): number {
  if (readUint32(input, start) !== MAGIC) throw new Lz4Error("The bytes are no LZ4 frame");
  const flags = input[start + 4] ?? 0;
  const descriptor = input[start + 5] ?? 0;
  if (flags >> 6 !== 1) throw new Lz4Error(`The frame has version ${flags >> 6}, not 1`);
  const hasBlockChecksum = (flags & 0x10) !== 0;
  const hasContentSize = (flags & 0x08) !== 0;
  const hasContentChecksum = (flags & 0x04) !== 0;
  if ((flags & 0x01) !== 0) throw new Lz4Error("The frame needs a dictionary");
  const blockMax = BLOCK_BYTES_MAX[(descriptor >> 4) & 7];
  if (blockMax === undefined) throw new Lz4Error("The frame has an unknown block size");
  // magic, two flag bytes, optionally the size of the content, one byte of header checksum
  let at = start + 6 + (hasContentSize ? 8 : 0) + 1;
  const contentStart = output.length;
  for (;;) {
    const word = readUint32(input, at);
    at += 4;
    if (word === 0) break;
    const isPlain = word >= UNCOMPRESSED_BIT;
    const size = isPlain ? word - UNCOMPRESSED_BIT : word;
    if (at + size > input.length) throw new Lz4Error("The frame is cut off");
    const block = input.subarray(at, at + size);
    output.reserve(isPlain ? size : blockMax);
    if (isPlain) {
      output.bytes.set(block, output.length);
      output.length += size;
    } else {
      // Blocks may refer back into earlier ones of the same frame, never before its start.
      output.length = decodeBlock(block, output.bytes, output.length, contentStart);
    }
    at += size + (hasBlockChecksum ? 4 : 0);
  }
  if (hasContentSize) {
    const declared = readUint32(input, start + 6) + readUint32(input, start + 10) * 2 ** 32;
    const decoded = output.length - contentStart;
    if (declared !== decoded) {
      throw new Lz4Error(`The frame declares ${declared} bytes and holds ${decoded}`);
    }
  }
  return at + (hasContentChecksum ? 4 : 0);
}

/** Hot loop: one token per turn, literals first, then a copy of earlier output. Returns the new length. */
function decodeBlock(
  block: Uint8Array,
  out: Uint8Array,
  from: number,
  contentStart: number,
): number {
  const end = block.length;
  const outEnd = out.length;
  let at = 0;
  let to = from;
  while (at < end) {
    const token = block[at++] as number;
    let literals = token >> 4;
    if (literals === 15) {
      for (let byte = 255; byte === 255; literals += byte) {
        if (at >= end) throw new Lz4Error("A block is cut off");
        byte = block[at++] as number;
      }
    }
    if (at + literals > end || to + literals > outEnd) throw new Lz4Error("A block is damaged");
    out.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence of a block ends after its literals.
    if (at === end) return to;
    if (at + 2 > end) throw new Lz4Error("A block is cut off");
    const offset = (block[at] as number) | ((block[at + 1] as number) << 8);
    at += 2;
    if (offset === 0 || to - offset < contentStart) throw new Lz4Error("A block is damaged");
    let match = token & 15;
    if (match === 15) {
      for (let byte = 255; byte === 255; match += byte) {
        if (at >= end) throw new Lz4Error("A block is cut off");
        byte = block[at++] as number;
      }
    }
    match += 4;
    if (to + match > outEnd) throw new Lz4Error("A block is damaged");
    // Source and target overlap when offset < match: the bytes just written are read again.
    if (offset >= match) {
      out.copyWithin(to, to - offset, to - offset + match);
      to += match;
    } else {
      for (const stop = to + match; to < stop; to++) out[to] = out[to - offset] as number;
    }
  }
  throw new Lz4Error("A block is damaged");
}
