/**
 * Walks the messages of an Arrow IPC file or stream and checks that each lies inside the bytes, before the package
 * that reads them is let loose: it trusts every length it meets, and a wrong one sends it round in circles.
 *
 * Format: https://arrow.apache.org/docs/format/Columnar.html, "Encapsulated message format".
 */
const CONTINUATION = 0xffffffff;
/** Metadata names columns and buffers; a table of candles has some kilobytes of it. */
const METADATA_BYTES_MAX = 1 << 24;

/** The reason why the framing is broken, or null when every message fits. */
export function findFramingFault(bytes: Uint8Array, isFile: boolean): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The magic word of a file is padded to eight bytes; its footer, a length and the word again end it.
  let at = isFile ? 8 : 0;
  const end = isFile ? footerStart(view) : bytes.length;
  if (end === null) return "its footer does not fit";
  while (at + 8 <= end) {
    if (view.getUint32(at, true) !== CONTINUATION) return `no message begins at byte ${at}`;
    const length = view.getUint32(at + 4, true);
    if (length === 0) return null;
    if (length > METADATA_BYTES_MAX || at + 8 + length > end) return `the message at byte ${at} does not fit`;
    const body = bodyLength(view, at + 8, length);
    if (body === null || at + 8 + length + body > end) return `the message at byte ${at} does not fit`;
    at += 8 + length + body;
  }
  return null;
}

/** Where the footer begins; null when its length cannot be. */
function footerStart(view: DataView): number | null {
  const length = view.byteLength < 26 ? -1 : view.getInt32(view.byteLength - 10, true);
  const start = view.byteLength - 10 - length;
  return length > 0 && start >= 8 ? start : null;
}

/** The field `bodyLength`, fourth of a Message table; null when the table leaves its bytes. */
function bodyLength(view: DataView, start: number, length: number): number | null {
  const end = start + length;
  const table = start + view.getUint32(start, true);
  if (table + 4 > end) return null;
  const vtable = table - view.getInt32(table, true);
  if (vtable < start || vtable + 12 > end) return null;
  if (view.getUint16(vtable, true) < 12) return 0;
  const offset = view.getUint16(vtable + 10, true);
  if (offset === 0) return 0;
  if (table + offset + 8 > end) return null;
  const body = view.getBigInt64(table + offset, true);
  return body < 0n || body > 2n ** 40n ? null : Number(body);
}
