import type { Cell, Cells, ColumnType } from "#data/projection/table-spec.ts";
import { isoTime } from "#data/store/csv-text.ts";

/** Columns by name with what they hold, as a table specification has them. */
export type Columns = Readonly<Record<string, readonly [type: ColumnType, ...unknown[]]>>;

/** A row as it stands in a JSON document: camelCase, times as ISO-8601. */
export type RowDocument = Readonly<Record<string, Cell>>;

/** A row of a query as a document. */
export function rowDocument(row: Cells, columns: Columns): RowDocument {
  return Object.fromEntries(
    Object.entries(columns).map(([name, [type]]) => {
      const cell = row[name] ?? null;
      return [
        camelCase(name),
        type === "TIMESTAMP" && cell !== null ? isoTime(Number(cell)) : cell,
      ];
    }),
  );
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
