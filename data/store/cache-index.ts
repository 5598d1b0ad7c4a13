import { crc32 } from "node:zlib";

/**
 * What a cached column file says of itself, in a block of JSON before its Arrow footer, so that reading it needs
 * neither the Arrow library (which takes longer to load than a year of candles) nor a second file that could belong
 * to another version. Every month of every column has a checksum: a damaged file is noticed, wherever the damage is.
 */
export interface CacheIndex {
  readonly version: 1;
  /** Hash of series and month hashes: what the values are. */
  readonly fingerprint: string;
  /** Length of the whole file. */
  readonly bytes: number;
  readonly rows: number;
  /** Where each column begins in the file. */
  readonly offsets: readonly number[];
  readonly months: readonly CachedMonth[];
}

export interface CachedMonth {
  readonly month: string;
  readonly rows: number;
  /** CRC-32 of the month's values, one per column. */
  readonly checksums: readonly number[];
}

const MAGIC = "DDCACHE1";
const ARROW_MAGIC = "ARROW1";
const ARROW_SUFFIX_BYTES = 4 + ARROW_MAGIC.length;
const SUFFIX_BYTES = 8 + MAGIC.length;

/** The block of bytes; `bytes` of the index counts it in, so it is made by `indexBlock(size) → index`. */
export function encodeIndex(index: CacheIndex): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(index));
  const padded = Math.ceil(json.length / 8) * 8;
  const block = new Uint8Array(padded + SUFFIX_BYTES);
  block.set(json);
  const view = new DataView(block.buffer);
  view.setUint32(padded, json.length, true);
  view.setUint32(padded + 4, crc32(json), true);
  block.set(new TextEncoder().encode(MAGIC), padded + 8);
  return block;
}

/** Finds the index in the last bytes of a file; null when they do not hold a whole, undamaged one. */
export function decodeIndex(tail: Uint8Array): CacheIndex | null {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const arrowSuffix = tail.length - ARROW_SUFFIX_BYTES;
  if (arrowSuffix < 0 || text(tail, arrowSuffix + 4, ARROW_MAGIC.length) !== ARROW_MAGIC)
    return null;
  const suffix = arrowSuffix - view.getInt32(arrowSuffix, true) - SUFFIX_BYTES;
  if (suffix < 0 || suffix > arrowSuffix) return null;
  if (text(tail, suffix + 8, MAGIC.length) !== MAGIC) return null;
  const length = view.getUint32(suffix, true);
  const start = suffix - Math.ceil(length / 8) * 8;
  if (start < 0) return null;
  const json = tail.subarray(start, start + length);
  if (crc32(json) !== view.getUint32(suffix + 4, true)) return null;
  const index = JSON.parse(text(json, 0, json.length)) as CacheIndex;
  return index.version === 1 ? index : null;
}

function text(bytes: Uint8Array, start: number, length: number): string {
  return new TextDecoder().decode(bytes.subarray(start, start + length));
}
