import type { DuckDBConnection } from "@duckdb/node-api";
import { assert } from "#engine/assert.ts";
import {
  allocateShared,
  type SeriesColumns,
  type SeriesTable,
  sliceColumns,
} from "./series-columns.ts";
import { miscounted } from "./store-errors.ts";

export interface RowsToRead {
  readonly table: SeriesTable;
  readonly seriesId: number;
  /** What messages call the series. */
  readonly label: string;
  /** Open times `[from, to)`, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** At least as many rows as there are. */
  readonly capacity: number;
  /** Ascending times that cut the work into pieces, so that a result is never held twice as a whole. */
  readonly cuts: readonly number[];
}

/**
 * Reads rows of one series in order of time into shared memory; NULL volumes become NaN.
 *
 * Rows nearly always lie in the file in order of time, and DuckDB keeps that order in results, so the sort is left
 * out and every time compared with the one before. Only when that fails is the piece read again with ORDER BY. The
 * times of a series are unique, so there is one right order and both ways end in it.
 *
 * @throws E_STORE_CORRUPT when the rows do not agree with what the store says of them.
 */
export async function readRows(
  connection: DuckDBConnection,
  read: RowsToRead,
): Promise<SeriesColumns> {
  const target = allocateShared(read.table.columns.length, read.capacity);
  const bounds = [
    read.from,
    ...read.cuts.filter((cut) => cut > read.from && cut < read.to),
    read.to,
  ];
  let length = 0;
  for (let index = 1; index < bounds.length; index++) {
    const [from, to] = [bounds[index - 1] as number, bounds[index] as number];
    const filled =
      (await readPiece(connection, read, { from, to, order: "" }, target, length)) ??
      (await readPiece(connection, read, { from, to, order: "ORDER BY time" }, target, length));
    if (filled === undefined) throw miscounted(read.label, "two rows of one time");
    length = filled;
  }
  return sliceColumns(target, 0, length);
}

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly order: "" | "ORDER BY time";
}

/** Returns the new length of the target, or undefined when the rows did not ascend. */
async function readPiece(
  connection: DuckDBConnection,
  read: RowsToRead,
  piece: Piece,
  target: SeriesColumns,
  start: number,
): Promise<number | undefined> {
  const result = await connection.run(
    `SELECT ${read.table.columns.map(asDouble).join(", ")} FROM ${read.table.table}
     WHERE series_id = ${read.seriesId} ${between(piece.from, piece.to)} ${piece.order}`,
  );
  let length = start;
  for (let index = 0; index < result.chunkCount; index++) {
    const chunk = result.getChunk(index);
    const rows = chunk.rowCount;
    if (length + rows > target.length) throw miscounted(read.label, "more rows than it counts");
    target.columns.forEach((column, position) => {
      column.set(doubles(chunk.getColumnVector(position), rows), length);
    });
    length += rows;
  }
  return isAscending(target.columns[0] as Float64Array, start, length) ? length : undefined;
}

function asDouble(column: string): string {
  if (column === "time") return "time::DOUBLE";
  return column === "volume" ? "coalesce(volume, 'nan'::DOUBLE)" : column;
}

/** An open end has no condition, so that DuckDB compares 64-bit numbers only and can skip row groups. */
function between(from: number, to: number): string {
  const after = from === -Infinity ? "" : `AND time >= ${Math.ceil(from)}`;
  const before = to === Infinity ? "" : `AND time < ${Math.ceil(to)}`;
  return `${after} ${before}`;
}

/** The values behind a vector of DOUBLE, as DuckDB holds them; the class keeps them private. */
function doubles(vector: unknown, rows: number): Float64Array {
  const { items } = vector as { readonly items?: unknown };
  assert(items instanceof Float64Array, () => "A DOUBLE column comes as a Float64Array");
  assert(items.length === rows, () => `A vector has the rows of its chunk: ${items.length}`);
  return items;
}

function isAscending(time: Float64Array, start: number, end: number): boolean {
  for (let row = Math.max(1, start); row < end; row++) {
    if (!((time[row] as number) > (time[row - 1] as number))) return false;
  }
  return true;
}
