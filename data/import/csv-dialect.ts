/**
 * The shape of a CSV file, from its first lines: what separates cells, how many lines precede the table, and whether
 * the table has a header.
 */
import { parseNumber } from "./parse-number.ts";
import { parseStamp } from "./stamp.ts";

export interface CsvDialect {
  readonly separator: string;
  /** Lines before the header or the first row. */
  readonly skip: number;
  readonly header: readonly string[] | null;
  /** The first rows of data, as cells. */
  readonly sample: readonly (readonly string[])[];
}

const SEPARATORS = ["\t", ";", "|", ","];

/** Lines that tools put above a table: a link, a comment, Excel's `sep=;`. */
const PREAMBLE = /^\s*(?:https?:|#|\/\/|sep=|"?https?:|$)/i;

export function findDialect(head: readonly string[]): CsvDialect {
  let skip = 0;
  while (skip < head.length && PREAMBLE.test(head[skip] ?? "")) skip++;
  const lines = head.slice(skip).filter((line) => line.trim() !== "");
  const separator = findSeparator(lines);
  const rows = lines.map((line) => splitCells(line, separator));
  const first = rows[0] ?? [];
  const header = isHeader(first) ? first.map((name) => name.trim()) : null;
  return { separator, skip, header, sample: header === null ? rows : rows.slice(1) };
}

/** The separator that cuts all lines into the same number of cells; a comma may also stand inside numbers. */
function findSeparator(lines: readonly string[]): string {
  const sample = lines.slice(0, 20);
  for (const separator of SEPARATORS) {
    const counts = new Set(sample.map((line) => splitCells(line, separator).length));
    if (counts.size === 1 && !counts.has(1)) return separator;
  }
  const cells = (separator: string): number => splitCells(lines[0] ?? "", separator).length;
  return SEPARATORS.reduce((best, next) => (cells(next) > cells(best) ? next : best), ",");
}

/** A line with a cell that is neither number nor time nor empty. */
function isHeader(cells: readonly string[]): boolean {
  return cells.some((cell) => parseNumber(cell) === undefined && parseStamp(cell) === null);
}

/** The cells of a line, without the quotes around them; a quoted cell may hold the separator, not a line break. */
export function splitCells(line: string, separator: string): string[] {
  if (line.includes('"')) return splitQuoted(line, separator);
  return line.split(separator);
}

function splitQuoted(line: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let index = 0; index < line.length; index++) {
    const character = line[index] as string;
    if (character === '"') {
      if (isQuoted && line[index + 1] === '"') {
        cell += '"';
        index++;
      } else {
        isQuoted = !isQuoted;
      }
    } else if (character === separator && !isQuoted) {
      cells.push(cell);
      cell = "";
    } else {
      cell += character;
    }
  }
  cells.push(cell);
  return cells;
}
