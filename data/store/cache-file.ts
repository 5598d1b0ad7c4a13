import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { assert } from "#engine/assert.ts";
import { type CachedMonth, type CacheIndex, decodeIndex, encodeIndex } from "./cache-index.ts";
import { allocateShared, type SeriesColumns } from "./series-columns.ts";

/** A whole series to be kept as a file. */
export interface ColumnsToCache {
  readonly fingerprint: string;
  readonly names: readonly string[];
  readonly rows: SeriesColumns;
  readonly months: readonly { readonly month: string; readonly rows: number }[];
  /** Shown by whoever opens the Arrow file. */
  readonly label: string;
}

/** Months `[first, last]`, by their position in the series. */
export interface MonthRange {
  readonly first: number;
  readonly last: number;
}

const READS_AHEAD = 2;
const INDEX_BYTES_GUESS = 65_536;
/** One read of the file system takes less than 2 GiB. */
const READ_BYTES_MAX = 1_073_741_824;

/** Writes an Arrow IPC file: under another name first, so that a file of this name is always whole. */
export async function writeCacheFile(path: string, cache: ColumnsToCache): Promise<void> {
  const { layOutArrow } = await import("./arrow-layout.ts");
  const { rows, names, fingerprint } = cache;
  assert(names.length === rows.columns.length, () => `${names.length} names for the columns`);
  const metadata = new Map([
    ["drydock.series", cache.label],
    ["drydock.fingerprint", fingerprint],
  ]);
  const layout = layOutArrow(names, rows.length, metadata);
  const months = cachedMonths(cache);
  // The index says how long the file is, and its own length depends on the digits of that number.
  const withBytes = (bytes: number): Uint8Array => {
    const { offsets } = layout;
    return layout.makeTail(
      encodeIndex({ version: 1, fingerprint, bytes, rows: rows.length, offsets, months }),
    );
  };
  let tail = withBytes(0);
  while (layout.end + tail.length !== sizeIn(tail)) tail = withBytes(layout.end + tail.length);

  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await open(temporary, "wx");
  try {
    await writeAt(file, layout.head, 0);
    await Promise.all(
      rows.columns.map((column, position) => {
        const bytes = new Uint8Array(column.buffer, column.byteOffset, rows.length * 8);
        return writeAt(file, bytes, layout.offsets[position] as number);
      }),
    );
    await writeAt(file, tail, layout.end);
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Reads the rows of some months into shared memory, or tells why the file cannot be used: it is not there, belongs to
 * other rows, or is damaged.
 */
export async function readCacheFile(
  path: string,
  wanted: { readonly fingerprint: string; readonly columns: number; readonly months: MonthRange },
): Promise<SeriesColumns | "missing" | "outdated" | "damaged"> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "missing";
    throw error;
  }
  try {
    const { size } = await file.stat();
    const index = await readIndex(file, size);
    if (index === null || index.bytes !== size) return "damaged";
    if (index.fingerprint !== wanted.fingerprint) return "outdated";
    if (index.offsets.length !== wanted.columns) return "outdated";
    return (await readMonthRange(file, index, wanted.months)) ?? "damaged";
  } finally {
    await file.close();
  }
}

async function readIndex(file: FileHandle, size: number): Promise<CacheIndex | null> {
  for (const bytes of [INDEX_BYTES_GUESS, 64 * INDEX_BYTES_GUESS]) {
    const tail = new Uint8Array(Math.min(bytes, size));
    if (!(await readAt(file, tail, size - tail.length))) return null;
    const index = decodeIndex(tail);
    if (index !== null || tail.length === size) return index;
  }
  return null;
}

async function readMonthRange(
  file: FileHandle,
  index: CacheIndex,
  range: MonthRange,
): Promise<SeriesColumns | undefined> {
  const months = index.months.slice(range.first, range.last + 1);
  const start = sumRows(index.months.slice(0, range.first));
  const rows = allocateShared(index.offsets.length, sumRows(months));
  const parts = rows.columns.map(
    (column) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength),
  );
  // While one column is checked here, the thread pool copies the next ones from the kernel.
  const reads: Promise<boolean>[] = [];
  const startRead = (position: number): void => {
    const bytes = parts[position];
    if (bytes === undefined) return;
    reads.push(readAt(file, bytes, (index.offsets[position] as number) + start * 8));
  };
  for (let ahead = 0; ahead < READS_AHEAD; ahead++) startRead(ahead);
  let isWhole = true;
  for (const [position, bytes] of parts.entries()) {
    const isRead = await reads[position];
    startRead(position + READS_AHEAD);
    isWhole &&= isRead === true && hasChecksums(bytes, months, position);
  }
  return isWhole ? rows : undefined;
}

function hasChecksums(
  bytes: Uint8Array,
  months: readonly CachedMonth[],
  position: number,
): boolean {
  let at = 0;
  for (const month of months) {
    const end = at + month.rows * 8;
    if (crc32(bytes.subarray(at, end)) !== month.checksums[position]) return false;
    at = end;
  }
  return true;
}

function cachedMonths(cache: ColumnsToCache): CachedMonth[] {
  const { columns, length } = cache.rows;
  assert(sumRows(cache.months) === length, () => `The months cover all ${length} rows`);
  let start = 0;
  return cache.months.map(({ month, rows }) => {
    const end = start + rows;
    const checksums = columns.map((column) => {
      const part = column.subarray(start, end);
      return crc32(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    });
    start = end;
    return { month, rows, checksums };
  });
}

function sizeIn(tail: Uint8Array): number {
  return decodeIndex(tail)?.bytes ?? -1;
}

function sumRows(months: readonly { readonly rows: number }[]): number {
  return months.reduce((sum, month) => sum + month.rows, 0);
}

/** Fills the bytes; false when the file ends before. */
async function readAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<boolean> {
  let at = 0;
  while (at < bytes.length) {
    const length = Math.min(READ_BYTES_MAX, bytes.length - at);
    const { bytesRead } = await file.read(bytes, at, length, position + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    const length = Math.min(READ_BYTES_MAX, bytes.length - at);
    at += (await file.write(bytes, at, length, position + at)).bytesWritten;
  }
}
