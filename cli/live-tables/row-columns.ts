import type { RowDocument } from "#cli/live-tables/row-document.ts";
import type { Cell, Column } from "#cli/output/table.ts";
import type { Cell as Stored } from "#data/projection/table-spec.ts";
import { csvNumber } from "#data/store/csv-text.ts";

/** A column of a list, and what it shows of a row. */
export interface RowColumn extends Column {
  readonly cell: (row: RowDocument) => Cell;
}

type Layout = Pick<Column, "shrink" | "whenNarrow">;

/** What a field says, or the field after it where that one is empty. */
export function column(
  name: string,
  fields: string | readonly string[],
  layout?: Layout,
): RowColumn {
  return { name, ...layout, cell: (row) => shown(firstOf(row, fields)) };
}

export function numberColumn(
  name: string,
  fields: string | readonly string[],
  layout?: Layout,
): RowColumn {
  return { ...column(name, fields, layout), align: "right" };
}

/** A number with so many decimals. */
export function decimalColumn(name: string, field: string, digits: number): RowColumn {
  const cell = (row: RowDocument): Cell => {
    const value = row[field];
    return typeof value === "number" ? value.toFixed(digits) : "";
  };
  return { name, align: "right", cell };
}

/** `2024-03-05 00:29:00`: the heading says the zone. */
export function timeColumn(name: string, field: string, layout?: Layout): RowColumn {
  return { name: `${name} (UTC)`, ...layout, cell: (row) => shownTime(row[field]) };
}

/** `BTCUSDT`, in hedge mode `BTCUSDT long`. */
export const CONTRACT_COLUMN: RowColumn = {
  name: "contract",
  cell: ({ symbol, slot }) => {
    const side = slot === "net" ? null : slot;
    return [symbol, side].filter((part) => part !== null && part !== undefined).join(" ");
  },
};

function firstOf(row: RowDocument, fields: string | readonly string[]): Stored | undefined {
  if (typeof fields === "string") return row[fields];
  const name = fields.find((field) => (row[field] ?? null) !== null);
  return name === undefined ? null : row[name];
}

/** Numbers stand without an exponent. */
function shown(cell: Stored | undefined): Cell {
  if (typeof cell === "number") return csvNumber(cell);
  if (typeof cell === "boolean") return cell ? "yes" : "";
  return cell;
}

function shownTime(cell: Stored | undefined): Cell {
  return typeof cell === "string" ? cell.slice(0, 19).replace("T", " ").replace("Z", "") : "";
}
