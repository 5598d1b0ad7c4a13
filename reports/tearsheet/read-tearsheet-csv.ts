import { DrydockError } from "#engine/errors.ts";
import { type CsvRow, parseCsvRows } from "./csv-rows.ts";
import { parseTimeCell } from "./time-cell.ts";

/** The columns of a tearsheet file; row i of each belongs together. */
export interface TearsheetSeries {
  /** Epoch ms UTC, strictly increasing; null where the file has none. */
  readonly times: Float64Array | null;
  /** Equity, or returns as fractions: the file does not say which. */
  readonly values: Float64Array;
  /** Of the same kind, NaN where a cell is empty; null without such a column. */
  readonly benchmark: Float64Array | null;
  /** What was left out or guessed, for the user. */
  readonly warnings: readonly string[];
}

/** Which column of the file is what; null where there is none. */
interface Layout {
  readonly names: readonly string[] | null;
  readonly time: number | null;
  readonly value: number;
  readonly benchmark: number | null;
  readonly ignored: readonly string[];
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const TIME_NAME =
  /^(?:|time|times|date|datetime|timestamp|day|month|period|open[ _]?time|close[ _]?time|index)$/i;
const SERIES_NAME = /equity|return|value|balance|nav|pnl|close|price|portfolio|strategy|capital/i;
const HEADER_HINT = 'Name the columns in a first line, such as "time,equity,benchmark"';

/**
 * Reads a CSV file with an optional first column of times, then the series, and optionally a column `benchmark`.
 * A header line may be missing; then two columns are times and series, and a third is the benchmark. A row whose
 * series cell is empty is left out with a warning.
 *
 * @throws E_DATA_FORMAT with line and column for a cell that can not be read, and for times that do not increase.
 */
export function readTearsheetCsv(text: string): TearsheetSeries {
  const rows = parseCsvRows(text);
  const [first] = rows;
  if (first === undefined) throw empty();
  const hasHeader = isHeader(first);
  const data = hasHeader ? rows.slice(1) : rows;
  if (data.length === 0) throw empty();
  const layout = hasHeader ? namedLayout(first, data) : plainLayout(first);
  for (const row of data) assertWidth(row, first.cells.length);
  const warnings: string[] = [];
  if (layout.ignored.length > 0) {
    const names = layout.ignored.map((name) => `"${name}"`).join(", ");
    warnings.push(`Columns ${names} are not used: a tearsheet reads one series and "benchmark"`);
  }
  const times = readTimes(data, layout, warnings);
  return readColumns(data, layout, times, warnings);
}

function empty(): DrydockError {
  return new DrydockError("E_DATA_FORMAT", "The file has no rows of data", {
    hint: "Give one row per period: an optional time, then equity or returns",
  });
}

/**
 * A first line is a header when its first cell is a word, or when that is empty (an unnamed index) and the others
 * are words or the numbers 0, 1, … that pandas gives to columns without a name.
 */
function isHeader({ cells }: CsvRow): boolean {
  const [cell = "", ...others] = cells;
  if (cell !== "") return !NUMBER.test(cell) && parseTimeCell(cell) === null;
  return others.every((name, index) => !NUMBER.test(name) || name === String(index));
}

function plainLayout({ cells, line }: CsvRow): Layout {
  const layout = { names: null, ignored: [] };
  if (cells.length === 1) return { ...layout, time: null, value: 0, benchmark: null };
  if (cells.length === 2) return { ...layout, time: 0, value: 1, benchmark: null };
  if (cells.length === 3) return { ...layout, time: 0, value: 1, benchmark: 2 };
  throw new DrydockError(
    "E_DATA_FORMAT",
    `Line ${line} has ${cells.length} columns without names: at most time, series and benchmark`,
    { hint: HEADER_HINT },
  );
}

function namedLayout(header: CsvRow, data: readonly CsvRow[]): Layout {
  const names = header.cells;
  const found = names.findIndex((name) => name.toLowerCase() === "benchmark");
  const benchmark = found < 0 ? null : found;
  const others = names.map((_, column) => column).filter((column) => column !== benchmark);
  const time = others.length > 1 && isTimeColumn(names, data) ? 0 : null;
  const [value, ...rest] = others.filter((column) => column !== time);
  if (value === undefined) {
    throw new DrydockError("E_DATA_FORMAT", `Line ${header.line} names no column for the series`, {
      hint: HEADER_HINT,
    });
  }
  return { names, time, value, benchmark, ignored: rest.map((column) => names[column] ?? "") };
}

/** The first of several columns holds times by its name, or by its first cell unless its name says otherwise. */
function isTimeColumn(names: readonly string[], data: readonly CsvRow[]): boolean {
  const [name = ""] = names;
  if (TIME_NAME.test(name)) return true;
  if (name.toLowerCase() === "benchmark" || SERIES_NAME.test(name)) return false;
  return parseTimeCell(data[0]?.cells[0] ?? "") !== null;
}

function assertWidth({ cells, line }: CsvRow, expected: number): void {
  if (cells.length === expected) return;
  throw new DrydockError(
    "E_DATA_FORMAT",
    `Line ${line} has ${cells.length} columns, the first line has ${expected}`,
    { hint: "Give every line the same number of columns, empty cells included" },
  );
}

/** The times of all rows; null without a column for them, or when that column only counts the rows. */
function readTimes(
  data: readonly CsvRow[],
  layout: Layout,
  warnings: string[],
): Float64Array | null {
  const column = layout.time;
  if (column === null) return null;
  const start = data[0]?.cells[column];
  const offset = start === "1" ? 1 : 0;
  if (data.every((row, index) => row.cells[column] === String(index + offset))) {
    warnings.push("The first column only counts the rows, so the series has no times");
    return null;
  }
  let before = Number.NEGATIVE_INFINITY;
  return Float64Array.from(data, (row) => {
    const cell = row.cells[column] ?? "";
    const time = parseTimeCell(cell);
    if (time === null) {
      throw badCell(
        row,
        column,
        layout,
        cell === "" ? "there is no time" : `"${cell}" is not a time`,
      );
    }
    if (time <= before)
      throw badCell(row, column, layout, `"${cell}" is not after the row before it`);
    before = time;
    return time;
  });
}

function readColumns(
  data: readonly CsvRow[],
  layout: Layout,
  allTimes: Float64Array | null,
  warnings: string[],
): TearsheetSeries {
  const times: number[] = [];
  const values: number[] = [];
  const benchmark: number[] = [];
  let left = 0;
  let withoutBenchmark = 0;
  for (const [index, row] of data.entries()) {
    const value = readNumber(row, layout.value, layout);
    const other = layout.benchmark === null ? null : readNumber(row, layout.benchmark, layout);
    if (value === null) {
      left += 1;
      if (left === 1) warnings.push(`Line ${row.line} has no value and is left out`);
      continue;
    }
    if (other === null) withoutBenchmark += 1;
    values.push(value);
    benchmark.push(other ?? Number.NaN);
    times.push(allTimes?.[index] ?? Number.NaN);
  }
  if (left > 1) warnings.push(`${left} rows without a value are left out in all`);
  if (layout.benchmark !== null && withoutBenchmark > 0) {
    warnings.push(`${withoutBenchmark} rows have no benchmark and do not count in its metrics`);
  }
  if (values.length === 0) throw empty();
  return {
    times: allTimes === null ? null : Float64Array.from(times),
    values: Float64Array.from(values),
    benchmark: layout.benchmark === null ? null : Float64Array.from(benchmark),
    warnings,
  };
}

/** The number in a cell; null when the cell is empty. */
function readNumber(row: CsvRow, column: number, layout: Layout): number | null {
  const cell = row.cells[column] ?? "";
  if (cell === "") return null;
  const value = Number(cell);
  if (NUMBER.test(cell) && Number.isFinite(value)) return value;
  throw badCell(row, column, layout, `"${cell}" is not a number`);
}

function badCell(row: CsvRow, column: number, layout: Layout, problem: string): DrydockError {
  const name = layout.names?.[column];
  const label = name === undefined || name === "" ? "" : ` ("${name}")`;
  return new DrydockError(
    "E_DATA_FORMAT",
    `Line ${row.line}, column ${column + 1}${label}: ${problem}`,
    {
      hint: "Numbers are written 1234.5, returns are fractions (0.01 is 1 %), times are ISO 8601 or epoch numbers in ascending order",
      or: HEADER_HINT,
    },
  );
}
