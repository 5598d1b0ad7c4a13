/**
 * Walks the messages of an Arrow IPC file or stream and checks that each of them, and everything inside its metadata,
 * lies within the bytes. The package that reads them trusts every length it meets: a damaged one sends it round in
 * circles or fills the memory, so it gets only what is sound.
 *
 * Format: https://arrow.apache.org/docs/format/Columnar.html, "Encapsulated message format"; the field numbers are
 * those of Message.fbs, Schema.fbs and File.fbs of the Arrow project.
 */
import { isSoundFlatbuffer, type TableLayout } from "./verify-flatbuffer.ts";

const CONTINUATION = 0xffffffff;
/** Metadata names columns and buffers; a table of candles has some kilobytes of it. */
const METADATA_BYTES_MAX = 1 << 24;

const i64 = { kind: "scalar", bytes: 8 } as const;
const string = { kind: "string" } as const;
const keyValues = { kind: "tables", layout: () => ({ 0: string, 1: string }) } as const;

/** Of a type only the time zone of a timestamp is more than numbers, and only there field 1 is an offset. */
const anyType: TableLayout = () => ({});
const dictionary: TableLayout = () => ({ 0: i64, 1: { kind: "table", layout: anyType } });
const field: TableLayout = () => ({
  0: string,
  3: { kind: "table", layout: anyType },
  4: { kind: "table", layout: dictionary },
  5: { kind: "tables", layout: field },
  6: keyValues,
});
const schema: TableLayout = () => ({
  1: { kind: "tables", layout: field },
  2: keyValues,
  3: { kind: "structs", bytes: 8 },
});
const recordBatch: TableLayout = () => ({
  0: i64,
  1: { kind: "structs", bytes: 16 },
  2: { kind: "structs", bytes: 16 },
  3: { kind: "table", layout: anyType },
  4: { kind: "structs", bytes: 8 },
});
const dictionaryBatch: TableLayout = () => ({ 0: i64, 1: { kind: "table", layout: recordBatch } });
const footer: TableLayout = () => ({
  1: { kind: "table", layout: schema },
  2: { kind: "structs", bytes: 24 },
  3: { kind: "structs", bytes: 24 },
  4: keyValues,
});

/** Headers by the number of their union member. */
const HEADERS: Readonly<Record<number, TableLayout>> = {
  1: schema,
  2: dictionaryBatch,
  3: recordBatch,
};

/** The reason why the bytes cannot be read, or null when every message is sound. */
export function findFramingFault(bytes: Uint8Array, isFile: boolean): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The magic word of a file is padded to eight bytes; its footer, a length and the word again end it.
  let at = isFile ? 8 : 0;
  const end = isFile ? footerStart(view) : bytes.length;
  if (end === null) return "its footer does not fit";
  if (isFile && !isSoundFooter(bytes, view, end)) return "its footer is damaged";
  while (at + 8 <= end) {
    if (view.getUint32(at, true) !== CONTINUATION) return `no message begins at byte ${at}`;
    const length = view.getUint32(at + 4, true);
    if (length === 0) return null;
    const start = at + 8;
    if (length > METADATA_BYTES_MAX || start + length > end) {
      return `the message at byte ${at} does not fit`;
    }
    const body = checkMessage(bytes.subarray(start, start + length));
    if (body === null) return `the message at byte ${at} is damaged`;
    if (start + length + body > end) return `the message at byte ${at} does not fit`;
    at = start + length + body;
  }
  return null;
}

/** Where the footer begins; null when its length cannot be. */
function footerStart(view: DataView): number | null {
  const length = view.byteLength < 26 ? -1 : view.getInt32(view.byteLength - 10, true);
  const start = view.byteLength - 10 - length;
  return length > 0 && start >= 8 ? start : null;
}

/** Besides its shape, each block it lists must begin like a message and end before the footer. */
function isSoundFooter(bytes: Uint8Array, view: DataView, start: number): boolean {
  const part = bytes.subarray(start, bytes.length - 10);
  if (!isSoundFlatbuffer(part, footer)) return false;
  return [2, 3].every((index) => {
    const vector = fieldAt(view, start, index);
    if (vector === null) return true;
    const first = vector + view.getUint32(vector, true);
    const count = view.getUint32(first, true);
    for (let block = 0; block < count; block++) {
      const at = first + 4 + block * 24;
      const offset = Number(view.getBigInt64(at, true));
      if (!(offset >= 8 && offset + 8 <= start)) return false;
      if (view.getUint32(offset, true) !== CONTINUATION) return false;
    }
    return true;
  });
}

/** Checks the metadata of one message and returns the length of its body; null when it is damaged. */
function checkMessage(metadata: Uint8Array): number | null {
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength);
  if (
    !isSoundFlatbuffer(metadata, () => ({ 1: { kind: "scalar", bytes: 1 }, 3: i64, 4: keyValues }))
  ) {
    return null;
  }
  const kind = fieldAt(view, 0, 1);
  const header = kind === null ? undefined : HEADERS[view.getUint8(kind)];
  if (header === undefined) return null;
  const isSound = isSoundFlatbuffer(metadata, () => ({ 2: { kind: "table", layout: header } }));
  if (!isSound) return null;
  const length = fieldAt(view, 0, 3);
  const body = length === null ? 0n : view.getBigInt64(length, true);
  return body < 0n || body > 2n ** 40n ? null : Number(body);
}

/** Where field `index` of the root table stands, in bytes that are known to be sound; null when it is absent. */
function fieldAt(view: DataView, root: number, index: number): number | null {
  const table = root + view.getUint32(root, true);
  const vtable = table - view.getInt32(table, true);
  if (4 + 2 * index >= view.getUint16(vtable, true)) return null;
  const offset = view.getUint16(vtable + 4 + 2 * index, true);
  return offset === 0 ? null : table + offset;
}
