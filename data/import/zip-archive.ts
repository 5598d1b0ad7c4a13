/**
 * Reads the entries of a zip archive that is in memory: stored or deflated, every entry checked against its CRC-32,
 * which the packages at hand leave out. Not read: archives in parts, encrypted ones, and the 64-bit extension.
 *
 * Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
 */
import { crc32, inflateRawSync } from "node:zlib";
import { causeText } from "./data-fault.ts";

export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  /** Unpacks the entry. @throws ZipError when its bytes are damaged. */
  readonly unpack: () => Uint8Array;
}

export class ZipError extends Error {
  override readonly name = "ZipError";
}

const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 65_535;
const ENTRY_BYTES_MAX = 1 << 30;

/** The files in the archive, without its folders. @throws ZipError when the archive is cut off or of another kind. */
export function readZip(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  const directory = view.getUint32(end + 16, true);
  if (count === 0xffff || directory === 0xffffffff)
    throw new ZipError("it needs the 64-bit extension");
  const entries: ZipEntry[] = [];
  let at = directory;
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL_SIGNATURE) {
      throw new ZipError("its list of contents is damaged");
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const commentLength = view.getUint16(at + 32, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (!name.endsWith("/")) entries.push(readEntry(bytes, view, at, name));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

/** The end record stands last, before a comment of unknown length. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - COMMENT_BYTES_MAX); at--) {
    if (view.getUint32(at, true) === END_SIGNATURE) return at;
  }
  throw new ZipError("it has no list of contents at its end: it is cut off");
}

function readEntry(bytes: Uint8Array, view: DataView, at: number, name: string): ZipEntry {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const checksum = view.getUint32(at + 16, true);
  const packedSize = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const local = view.getUint32(at + 42, true);
  const unpack = (): Uint8Array => {
    if ((flags & 1) !== 0) throw new ZipError(`the entry "${name}" is encrypted`);
    if (method !== 0 && method !== 8) {
      throw new ZipError(`the entry "${name}" uses compression method ${method}`);
    }
    if (size > ENTRY_BYTES_MAX) throw new ZipError(`the entry "${name}" is larger than 1 GiB`);
    if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL_SIGNATURE) {
      throw new ZipError(`the entry "${name}" is missing`);
    }
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (start + packedSize > bytes.length) throw new ZipError(`the entry "${name}" is cut off`);
    const packed = bytes.subarray(start, start + packedSize);
    const plain = method === 0 ? packed : inflate(packed, size, name);
    if (plain.length !== size || crc32(plain) !== checksum) {
      throw new ZipError(`the entry "${name}" is damaged: its checksum does not fit`);
    }
    return plain;
  };
  return { name, size, unpack };
}

function inflate(packed: Uint8Array, size: number, name: string): Uint8Array {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw new ZipError(`the entry "${name}" is damaged: ${causeText(cause)}`);
  }
}
