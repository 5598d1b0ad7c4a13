import type { CommandResult } from "#cli/command-result.ts";
import type { LiveTables } from "#cli/live-tables/open-tables.ts";
import type { RowColumn } from "#cli/live-tables/row-columns.ts";
import { type Columns, type RowDocument, rowDocument } from "#cli/live-tables/row-document.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import type { Cells } from "#data/projection/table-spec.ts";
import { isoTime } from "#data/store/csv-text.ts";

/** A list out of the tables of the journal. */
export interface RowList {
  /** Key of the rows in the document. */
  readonly name: string;
  /** The table or view that is asked. */
  readonly from: string;
  /** Its columns that stand in the document. */
  readonly columns: Columns;
  /** What else stands there of a row. */
  readonly also?: (row: Cells) => RowDocument;
  /** Conditions on the rows, besides that on their account. */
  readonly where: readonly string[];
  /** Which rows come first: those that a limit leaves. */
  readonly orderBy: string;
  readonly limit: number;
  /** The first row is shown last: it is the newest, and stands above the prompt. */
  readonly isNewestLast: boolean;
  readonly shown: readonly RowColumn[];
  /** What is said instead of an empty table; `%` stands for where. */
  readonly whenEmpty: string;
}

/** The result of a command that lists: a document, a table for people, the same as TSV. */
export async function listRows(tables: LiveTables, list: RowList): Promise<CommandResult> {
  const { name, shown, whenEmpty } = list;
  const { targets, asOf, lastSeq, historyFrom } = tables;
  const where = [tables.ofTargets, ...list.where].join(" AND ");
  const found = await tables.rows(
    `SELECT *, count(*) OVER () AS total FROM ${list.from}
     WHERE ${where} ORDER BY ${list.orderBy} LIMIT ${list.limit}`,
  );
  // Rows that match, shown or not.
  const total = Number(found[0]?.["total"] ?? 0);
  const inOrder = list.isNewestLast ? found.toReversed() : found;
  const rows = inOrder.map((row) => ({ ...rowDocument(row, list.columns), ...list.also?.(row) }));
  const at = asOf === null ? null : isoTime(asOf);
  return {
    data: { targets, asOf: at, lastSeq, historyFrom, total, [name]: rows },
    text: ({ width, isTerminal, style }) => {
      if (rows.length === 0) return emptyText(tables, whenEmpty);
      const limits = { width: isTerminal ? width : Number.POSITIVE_INFINITY };
      const header = (line: string): string => style("strong", line);
      const lines = [renderTable(tableOf(shown, rows.map(rounded)), { ...limits, header })];
      if (rows.length < total) lines.push(`${rows.length} of ${total}; --limit shows more`);
      return `${lines.join("\n")}\n`;
    },
    plain: () => tableOf(shown, rows),
  };
}

function tableOf(columns: readonly RowColumn[], rows: readonly RowDocument[]): Table {
  return { columns, rows: rows.map((row) => columns.map(({ cell }) => cell(row))) };
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
