/** A small LZ4 encoder, the mirror of the decoder under test: greedy matches, independent blocks of 64 KiB. */
export function encodeLz4Frame(input: Uint8Array, withSize = true): Uint8Array {
  const parts: Buffer[] = [];
  const header = Buffer.alloc(withSize ? 15 : 7);
  header.writeUInt32LE(0x184d2204, 0);
  header[4] = 0x60 | (withSize ? 8 : 0);
  header[5] = 0x40;
  if (withSize) header.writeBigUInt64LE(BigInt(input.length), 6);
  parts.push(header);
  for (let start = 0; start < input.length; start += 1 << 16) {
    const block = input.subarray(start, start + (1 << 16));
    const packed = encodeBlock(block);
    const isPlain = packed.length >= block.length;
    const size = Buffer.alloc(4);
    size.writeUInt32LE(isPlain ? block.length + 0x80000000 : packed.length, 0);
    parts.push(size, Buffer.from(isPlain ? block : packed));
  }
  parts.push(Buffer.alloc(4));
  return new Uint8Array(Buffer.concat(parts));
}

/** The last five bytes are literals and no match begins in the last twelve, as the format demands. */
function encodeBlock(block: Uint8Array): Uint8Array {
  const out: number[] = [];
  const seen = new Map<number, number>();
  const key = (at: number): number =>
    block[at]! | (block[at + 1]! << 8) | (block[at + 2]! << 16) | (block[at + 3]! << 24);
  let anchor = 0;
  let at = 0;
  while (at < block.length - 12) {
    const here = key(at);
    const before = seen.get(here);
    seen.set(here, at);
    if (before === undefined) {
      at++;
      continue;
    }
    let length = 4;
    while (at + length < block.length - 5 && block[before + length] === block[at + length])
      length++;
    pushSequence(out, block.subarray(anchor, at), at - before, length);
    at += length;
    anchor = at;
  }
  pushSequence(out, block.subarray(anchor), 0, 0);
  return Uint8Array.from(out);
}

function pushSequence(out: number[], literals: Uint8Array, offset: number, match: number): void {
  const extra = match === 0 ? 0 : match - 4;
  out.push((Math.min(15, literals.length) << 4) | Math.min(15, extra));
  pushLength(out, literals.length);
  out.push(...literals);
  if (match === 0) return;
  out.push(offset & 255, offset >> 8);
  pushLength(out, extra);
}

function pushLength(out: number[], length: number): void {
  if (length < 15) return;
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) out.push(255);
  out.push(rest);
}
