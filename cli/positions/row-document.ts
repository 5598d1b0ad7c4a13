import type { Cell } from "#cli/output/table.ts";
import { type Cells, type ColumnType, type Cell as Stored } from "#data/projection/table-spec.ts";
import { csvNumber, isoTime } from "#data/store/csv-text.ts";

/** Columns by name with what they hold, as a table specification has them. */
export type Columns = Readonly<Record<string, readonly [type: ColumnType, ...unknown[]]>>;

/** A row as it stands in a JSON document: camelCase, times as ISO-8601. */
export type RowDocument = Readonly<Record<string, Stored>>;

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

/** A cell of a document for people: numbers without an exponent. */
export function shown(cell: Stored | undefined): Cell {
  if (typeof cell === "number") return csvNumber(cell);
  if (typeof cell === "boolean") return cell ? "yes" : "";
  return cell;
}

/** `2024-03-05 00:29:00`, where the zone is clear. */
export function shownTime(cell: Stored | undefined): Cell {
  return typeof cell === "string" ? cell.slice(0, 19).replace("T", " ").replace("Z", "") : "";
}

/** `BTCUSDT`, in hedge mode `BTCUSDT long`. */
export function shownContract({ symbol, slot }: RowDocument): Cell {
  const side = slot === "net" ? null : slot;
  return [symbol, side].filter((part) => part !== null && part !== undefined).join(" ");
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
