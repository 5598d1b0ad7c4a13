import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMP,
  VARCHAR,
} from "@duckdb/node-api";
import type { Cell, Cells, ColumnType, TableSpec } from "./table-spec.ts";

/** The statements that the projection makes; tests put one in between that fails. */
export interface Link {
  run(sql: string): Promise<void>;
  /** The rows of a query as plain cells: times as epoch ms, integers as numbers. */
  rows(sql: string): Promise<readonly Cells[]>;
  /** Adds rows in bulk; `schema` is `temp` for a table of this connection alone. */
  append(table: string, columns: TableSpec["columns"], rows: readonly Cells[]): Promise<void>;
}

/** DuckDB's vector size: the largest chunk that an appender takes. */
const CHUNK_ROWS = 2_048;
const TYPES: Readonly<Record<ColumnType, DuckDBType>> = {
  VARCHAR,
  DOUBLE,
  BIGINT,
  BOOLEAN,
  TIMESTAMP,
};

export function linkOf(connection: DuckDBConnection): Link {
  return {
    run: async (sql) => {
      await connection.run(sql);
    },
    rows: async (sql) => {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjects().map((row) => {
        const cells = Object.entries(row).map(([name, value]) => [name, toCell(value)]);
        return Object.fromEntries(cells) as Cells;
      });
    },
    append: (table, columns, rows) => append(connection, table, columns, rows),
  };
}

async function append(
  connection: DuckDBConnection,
  table: string,
  columns: TableSpec["columns"],
  rows: readonly Cells[],
): Promise<void> {
  const [first = "", second] = table.split(".");
  const appender =
    second === undefined
      ? await connection.createAppender(first)
      : await connection.createAppender(second, null, first);
  const fields = Object.entries(columns).map(([name, [type]]) => ({ name, type }));
  const types = fields.map(({ type }) => TYPES[type]);
  try {
    for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
      const part = rows.slice(start, start + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create(types, part.length);
      fields.forEach(({ name, type }, at) => {
        chunk.setColumnValues(
          at,
          part.map((row) => toValue(type, row[name] ?? null)),
        );
      });
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

function toValue(type: ColumnType, cell: Cell): DuckDBValue {
  if (cell === null) return null;
  if (type === "BIGINT") return BigInt(cell as number);
  if (type === "TIMESTAMP") return new DuckDBTimestampValue(microsOf(cell as number));
  return cell;
}

/** Times of the journal may have fractions of a ms; DuckDB keeps micros. */
function microsOf(ms: number): bigint {
  return BigInt(Math.round(ms * 1_000));
}

function toCell(value: DuckDBValue): Cell {
  if (value instanceof DuckDBTimestampValue) return Number(value.micros) / 1_000;
  if (typeof value === "bigint") return Number(value);
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return value;
  return String(value);
}
