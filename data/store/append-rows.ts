import {
  BIGINT,
  DOUBLE,
  type DuckDBBigIntVector,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBDoubleVector,
  type DuckDBIntegerVector,
  INTEGER,
} from "@duckdb/node-api";
import type { SeriesColumns, SeriesTable } from "./series-columns.ts";

/** DuckDB's vector size: the largest chunk that an appender takes. */
const CHUNK_ROWS = 2_048;

export interface RowsToAppend {
  readonly table: SeriesTable;
  readonly seriesId: number;
  readonly rows: SeriesColumns;
  /** Which rows, in the order in which they are stored. */
  readonly indexes: Uint32Array;
}

/** Appends rows of one series in bulk, within the transaction of the connection. Volumes that are NaN become NULL. */
export async function appendRows(
  connection: DuckDBConnection,
  append: RowsToAppend,
): Promise<void> {
  const { table, rows, indexes } = append;
  const volume = table.columns.indexOf("volume");
  const types = [INTEGER, BIGINT, ...table.columns.slice(1).map(() => DOUBLE)];
  const appender = await connection.createAppender(table.table);
  try {
    for (let start = 0; start < indexes.length; start += CHUNK_ROWS) {
      const part = indexes.subarray(start, start + CHUNK_ROWS);
      // A new chunk each time: NULLs of the last one would stay in a chunk that is used again.
      const chunk = DuckDBDataChunk.create(types, part.length);
      const ids = chunk.getColumnVector(0) as DuckDBIntegerVector;
      for (let at = 0; at < part.length; at++) ids.setItem(at, append.seriesId);
      ids.flush();
      fillTimes(chunk.getColumnVector(1) as DuckDBBigIntVector, rows, part);
      for (let column = 1; column < table.columns.length; column++) {
        const vector = chunk.getColumnVector(column + 1) as DuckDBDoubleVector;
        const values = rows.columns[column] as Float64Array;
        for (let at = 0; at < part.length; at++) {
          const value = values[part[at] as number] as number;
          vector.setItem(at, column === volume && Number.isNaN(value) ? null : value);
        }
        vector.flush();
      }
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } catch (error) {
    // Rows that wait in the appender would be tried again by closing it.
    appender.clear();
    appender.closeSync();
    throw error;
  }
  appender.closeSync();
}

function fillTimes(vector: DuckDBBigIntVector, rows: SeriesColumns, part: Uint32Array): void {
  const times = rows.columns[0] as Float64Array;
  for (let at = 0; at < part.length; at++) {
    vector.setItem(at, BigInt(times[part[at] as number] as number));
  }
  vector.flush();
}
