import { DOUBLE, DuckDBDataChunk, type DuckDBDoubleVector, DuckDBInstance } from "@duckdb/node-api";

/** Columns of numbers for a Parquet file; the first may be times. */
export interface ParquetTable {
  readonly length: number;
  readonly columns: readonly ParquetColumn[];
}

export interface ParquetColumn {
  readonly name: string;
  readonly values: Float64Array;
  /** `timestamp` and `int64` hold epoch ms; `unknown-as-null` writes NaN as NULL. */
  readonly type: "double" | "unknown-as-null" | "timestamp" | "int64";
}

const CHUNK_ROWS = 2_048;

/** Writes a Parquet file (zstd) through an in-memory DuckDB; rows keep their order. */
export async function writeParquet(path: string, table: ParquetTable): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: "1GB",
    autoinstall_known_extensions: "false",
  });
  const connection = await instance.connect();
  try {
    const names = table.columns.map(({ name }) => `"${name}" DOUBLE`);
    await connection.run(`CREATE TABLE source (${names.join(", ")})`);
    const appender = await connection.createAppender("source");
    const types = table.columns.map(() => DOUBLE);
    for (let start = 0; start < table.length; start += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, table.length - start);
      const chunk = DuckDBDataChunk.create(types, rows);
      table.columns.forEach(({ values }, position) => {
        const vector = chunk.getColumnVector(position) as DuckDBDoubleVector;
        for (let row = 0; row < rows; row++) vector.setItem(row, values[start + row] as number);
        vector.flush();
      });
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    const selected = table.columns.map(select).join(", ");
    const target = `'${path.replaceAll("'", "''")}'`;
    await connection.run(
      `COPY (SELECT ${selected} FROM source) TO ${target} (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    connection.disconnectSync();
    instance.closeSync();
  }
}

function select({ name, type }: ParquetColumn): string {
  const column = `"${name}"`;
  if (type === "timestamp") return `make_timestamp_ms(${column}::BIGINT) AS ${column}`;
  if (type === "int64") return `${column}::BIGINT AS ${column}`;
  if (type === "unknown-as-null") {
    return `CASE WHEN isnan(${column}) THEN NULL ELSE ${column} END AS ${column}`;
  }
  return column;
}
