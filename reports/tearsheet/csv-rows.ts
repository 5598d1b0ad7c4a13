import { DrydockError } from "#engine/errors.ts";

/** One line of a CSV file. */
export interface CsvRow {
  /** 1, 2, 3 … as an editor counts; of a quoted cell with line feeds, where the row begins. */
  readonly line: number;
  /** Cells without quotes and without white space around them. */
  readonly cells: readonly string[];
}

const SEPARATORS = [",", ";", "\t"] as const;

/**
 * Splits CSV text (RFC 4180) into rows; blank lines are left out. The separator is the one of comma, semicolon and
 * tab that the first line has most of.
 *
 * @throws E_DATA_FORMAT when a quote is not closed.
 */
export function parseCsvRows(text: string): CsvRow[] {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const separator = findSeparator(body);
  const rows: CsvRow[] = [];
  let line = 1;
  let at = 0;
  while (at < body.length) {
    const startLine = line;
    const cells: string[] = [];
    let isRowOpen = true;
    while (isRowOpen) {
      const cell = readCell(body, at, separator, startLine);
      cells.push(cell.text.trim());
      line += countLineFeeds(body, at, cell.end);
      at = cell.end;
      if (body[at] === separator) {
        at += 1;
      } else {
        if (body[at] === "\r" && body[at + 1] === "\n") at += 1;
        at += 1;
        line += 1;
        isRowOpen = false;
      }
    }
    if (cells.some((cell) => cell !== "")) rows.push({ line: startLine, cells });
  }
  return rows;
}

function findSeparator(body: string): string {
  const [firstLine = ""] = body.trimStart().split(/\r?\n|\r/, 1);
  const counts = SEPARATORS.map((separator) => firstLine.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ",";
}

/** The cell that begins at `start` and the place of the character after it. */
function readCell(
  body: string,
  start: number,
  separator: string,
  line: number,
): { readonly text: string; readonly end: number } {
  let at = start;
  while (body[at] === " ") at += 1;
  if (body[at] !== '"') {
    let end = at;
    while (end < body.length && !isCellEnd(body[end], separator)) end += 1;
    return { text: body.slice(at, end), end };
  }
  let text = "";
  for (;;) {
    const quote = body.indexOf('"', at + 1);
    if (quote < 0) {
      throw new DrydockError("E_DATA_FORMAT", `Line ${line} opens a quote that is never closed`, {
        hint: "Close the quote, or remove it",
      });
    }
    text += body.slice(at + 1, quote);
    if (body[quote + 1] !== '"') {
      let end = quote + 1;
      while (end < body.length && !isCellEnd(body[end], separator)) end += 1;
      return { text: text + body.slice(quote + 1, end), end };
    }
    text += '"';
    at = quote + 1;
  }
}

function isCellEnd(character: string | undefined, separator: string): boolean {
  return character === separator || character === "\n" || character === "\r";
}

function countLineFeeds(body: string, from: number, to: number): number {
  let count = 0;
  for (let at = body.indexOf("\n", from); at >= 0 && at < to; at = body.indexOf("\n", at + 1)) {
    count += 1;
  }
  return count;
}
