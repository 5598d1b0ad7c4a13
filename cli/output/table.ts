import { printable } from "#cli/output/printable.ts";

/** A cell: numbers are printed as they are, null and undefined as nothing. */
export type Cell = string | number | boolean | null | undefined;

export interface Column {
  readonly name: string;
  readonly align?: "left" | "right" | undefined;
  /** May lose its middle when a terminal is too narrow. */
  readonly shrink?: boolean | undefined;
  /** What else may happen to it then: left out, or left out where it holds nothing but zeros and blanks. */
  readonly whenNarrow?: "drop" | "dropIfZero" | undefined;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface TableLimits {
  /** Columns to stay within; Infinity in a pipe, where nothing is cut. */
  readonly width: number;
  /** Marks a piece of a line, after the widths are known. */
  readonly header?: ((text: string) => string) | undefined;
}

const GAP = "  ";
/** A shrunk column keeps at least this much. */
const SHRUNK_MIN = 12;

/**
 * Lays out a table as lines without a trailing blank. One that does not fit even with its shrinkable columns cut
 * loses those marked for it, and then becomes one block per row.
 */
export function renderTable(table: Table, limits: TableLimits): string {
  const texts = table.rows.map((row) => table.columns.map((_, index) => cellText(row[index])));
  const widths = table.columns.map((column, index) =>
    Math.max(textWidth(column.name), ...texts.map((row) => textWidth(row[index] ?? ""))),
  );
  const fitted = fitWidths(table.columns, widths, limits.width);
  if (fitted === null) {
    const narrower = withoutDroppable(table, texts);
    return narrower === null ? renderBlocks(table.columns, texts) : renderTable(narrower, limits);
  }
  const mark = limits.header ?? ((text: string) => text);
  const head = layLine(
    table.columns,
    table.columns.map((column) => column.name),
    fitted,
  );
  return [mark(head), ...texts.map((row) => layLine(table.columns, row, fitted))].join("\n");
}

/** Tab-separated values with a header line; control characters inside cells are escaped. */
export function* tsvLines(table: Table): Generator<string> {
  yield `${table.columns.map((column) => printable(column.name)).join("\t")}\n`;
  for (const row of table.rows) {
    yield `${table.columns.map((_, index) => cellText(row[index])).join("\t")}\n`;
  }
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  return printable(String(cell));
}

/** Code points, which is what a terminal shows for the text that drydock prints. */
function textWidth(text: string): number {
  let width = 0;
  for (const _ of text) width += 1;
  return width;
}

/** The table without the columns that a narrow terminal can do without; null when there are none. */
function withoutDroppable(table: Table, texts: readonly (readonly string[])[]): Table | null {
  const kept = table.columns.map((column, index) => {
    if (column.whenNarrow === "drop") return false;
    const isZero = texts.every((row) => row[index] === "" || row[index] === "0");
    return !(column.whenNarrow === "dropIfZero" && isZero);
  });
  if (kept.every(Boolean)) return null;
  return {
    columns: table.columns.filter((_, index) => kept[index]),
    rows: table.rows.map((row) =>
      table.columns.map((_, index) => row[index]).filter((_, index) => kept[index]),
    ),
  };
}

/** Widths that fit, taken from the widest shrinkable columns first; null when nothing fits. */
function fitWidths(
  columns: readonly Column[],
  widths: readonly number[],
  limit: number,
): readonly number[] | null {
  const fitted = [...widths];
  const gaps = GAP.length * (columns.length - 1);
  let excess = fitted.reduce((sum, width) => sum + width, gaps) - limit;
  while (excess > 0) {
    let widest = -1;
    columns.forEach((column, index) => {
      const width = fitted[index] ?? 0;
      const floor = Math.max(SHRUNK_MIN, textWidth(column.name));
      if (column.shrink === true && width > floor && width > (fitted[widest] ?? 0)) widest = index;
    });
    if (widest < 0) return null;
    fitted[widest] = (fitted[widest] ?? 0) - 1;
    excess -= 1;
  }
  return fitted;
}

function layLine(
  columns: readonly Column[],
  texts: readonly string[],
  widths: readonly number[],
): string {
  const cells = columns.map((column, index) => {
    const width = widths[index] ?? 0;
    const text = cutMiddle(texts[index] ?? "", width);
    const fill = " ".repeat(Math.max(0, width - textWidth(text)));
    return column.align === "right" ? fill + text : text + fill;
  });
  return cells.join(GAP).trimEnd();
}

/** Keeps both ends: of a path, the end tells more than the middle. */
function cutMiddle(text: string, width: number): string {
  const characters = Array.from(text);
  if (characters.length <= width) return text;
  const tail = Math.ceil((width - 1) / 2);
  const head = width - 1 - tail;
  return [...characters.slice(0, head), "…", ...characters.slice(characters.length - tail)].join(
    "",
  );
}

function renderBlocks(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const labelWidth = Math.max(...columns.map((column) => textWidth(column.name)));
  const blocks = rows.map((row) =>
    columns
      .map((column, index) =>
        `${column.name}${" ".repeat(labelWidth - textWidth(column.name))}${GAP}${row[index] ?? ""}`.trimEnd(),
      )
      .join("\n"),
  );
  return blocks.join("\n\n");
}
