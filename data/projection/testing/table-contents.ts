import type { DuckDBConnection } from "@duckdb/node-api";
import { linkOf } from "#data/projection/link.ts";
import type { Cells } from "#data/projection/table-spec.ts";
import { TABLE_NAMES } from "#data/projection/tables.ts";

/** Whatever answers questions. */
interface Readable {
  read<T>(doing: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
}

/** Every row of every table, ordered, with how far they are. */
export function contentsOf(source: Readable): Promise<Readonly<Record<string, readonly Cells[]>>> {
  return source.read("reading all tables", async (connection) => {
    const link = linkOf(connection);
    const contents: Record<string, readonly Cells[]> = {};
    for (const name of [...TABLE_NAMES, "projection", "orders"]) {
      contents[name] = await link.rows(`SELECT * FROM ${name} ORDER BY ALL`);
    }
    return contents;
  });
}

/** The rows of a query. */
export function rowsOf(source: Readable, sql: string): Promise<readonly Cells[]> {
  return source.read("reading", (connection) => linkOf(connection).rows(sql));
}
