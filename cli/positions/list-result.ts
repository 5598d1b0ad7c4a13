import type { CommandResult } from "#cli/command-result.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import type { LiveTables } from "#cli/positions/open-tables.ts";
import type { RowDocument } from "#cli/positions/row-document.ts";
import { isoTime } from "#data/store/csv-text.ts";

/** A list out of the tables of the journal. */
export interface List {
  /** Key of the rows in the document. */
  readonly name: string;
  readonly rows: readonly RowDocument[];
  /** Rows that match, shown or not. */
  readonly total: number;
  readonly table: (rows: readonly RowDocument[]) => Table;
  /** What is said instead of an empty table. */
  readonly whenEmpty: string;
}

/** The result of a command that lists: a document, a table for people, the same as TSV. */
export function listResult(tables: LiveTables, list: List): CommandResult {
  const { name, rows, total, table, whenEmpty } = list;
  const { targets, asOf, lastSeq, historyFrom } = tables;
  const at = asOf === null ? null : isoTime(asOf);
  return {
    data: { targets, asOf: at, lastSeq, historyFrom, total, [name]: rows },
    text: ({ width, isTerminal, style }) => {
      if (rows.length === 0) return emptyText(tables, whenEmpty);
      const limits = { width: isTerminal ? width : Number.POSITIVE_INFINITY };
      const header = (line: string): string => style("strong", line);
      const lines = [renderTable(table(rows.map(rounded)), { ...limits, header })];
      if (rows.length < total) lines.push(`${rows.length} of ${total}; --limit shows more`);
      return `${lines.join("\n")}\n`;
    },
    plain: () => table(rows),
  };
}

/** Averages have more digits than anybody reads; documents and TSV keep them. */
const DIGITS_SHOWN = 10;

function rounded(row: RowDocument): RowDocument {
  const cells = Object.entries(row).map(([name, cell]) => {
    const isFraction = typeof cell === "number" && !Number.isInteger(cell);
    return [name, isFraction ? Number(cell.toPrecision(DIGITS_SHOWN)) : cell];
  });
  return Object.fromEntries(cells) as RowDocument;
}

function emptyText({ targets, lastSeq }: LiveTables, whenEmpty: string): string {
  const where = targets === null ? "" : ` at ${targets.join(" and ")}`;
  return `${whenEmpty.replace("%", where)} (as of record ${lastSeq})\n`;
}
