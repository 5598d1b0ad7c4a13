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

/** As many as the thread pool has threads. */
const READS_AHEAD = 4;
/** Small enough for the first to be there soon, large enough to be few. */
const PIECE_BYTES = 2 * 1_048_576;
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
  const pieces = parts.flatMap((bytes, column) => piecesOf(bytes, column, months));
  const reads: Promise<boolean>[] = [];
  const startRead = (at: number): void => {
    const piece = pieces[at];
    if (piece === undefined) return;
    const position = (index.offsets[piece.column] as number) + start * 8 + piece.at;
    const read = readAt(file, piece.bytes, position);
    // Whoever waits for it hears of a failure; after the first one nobody waits for the others.
    read.catch(() => {});
    reads.push(read);
  };
  // While one piece is checked here, the thread pool copies the next ones from the kernel.
  for (let ahead = 0; ahead < READS_AHEAD; ahead++) startRead(ahead);
  let isWhole = true;
  for (const [at, piece] of pieces.entries()) {
    const isRead = await reads[at];
    startRead(at + READS_AHEAD);
    isWhole &&= isRead === true && hasChecksums(piece);
  }
  return isWhole ? rows : undefined;
}

/** Some months of one column. */
interface Piece {
  readonly column: number;
  readonly bytes: Uint8Array;
  /** Where they begin in the column, bytes. */
  readonly at: number;
  readonly months: readonly CachedMonth[];
}

/** The months of a column in pieces of about the same size. */
function piecesOf(bytes: Uint8Array, column: number, months: readonly CachedMonth[]): Piece[] {
  const pieces: Piece[] = [];
  let first = 0;
  let at = 0;
  let end = 0;
  for (const [position, month] of months.entries()) {
    end += month.rows * 8;
    if (end - at < PIECE_BYTES && position < months.length - 1) continue;
    const inPiece = months.slice(first, position + 1);
    pieces.push({ column, bytes: bytes.subarray(at, end), at, months: inPiece });
    first = position + 1;
    at = end;
  }
  return pieces;
}

function hasChecksums({ bytes, column, months }: Piece): boolean {
  let at = 0;
  for (const month of months) {
    const end = at + month.rows * 8;
    if (crc32(bytes.subarray(at, end)) !== month.checksums[column]) return false;
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
