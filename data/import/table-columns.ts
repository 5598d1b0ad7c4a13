/** Tables that come as whole columns (Parquet, Arrow) turned into series. */
import { describeHeader, findRoles, repeatedColumn } from "./column-roles.ts";
import { formatFault, repeatedColumnFault } from "./data-fault.ts";
import { makeRawSeries, type RawSeries, RowColumns } from "./row-columns.ts";

export interface TableColumn {
  /** Fills in the numbers; NaN where the column is null. */
  numbers(into: Float64Array): void;
  /** Fills in epoch ms. */
  times(into: Float64Array): void;
  /** The text of a row. */
  texts(): (row: number) => string;
}

export interface ColumnTable {
  readonly path: string;
  readonly format: string;
  readonly names: readonly string[];
  readonly length: number;
  readonly columns: readonly TableColumn[];
  readonly pathSymbol: string | null;
}

/** @throws E_DATA_FORMAT when the columns are not those of candles or funding rates. */
export function readColumnTable(table: ColumnTable): RawSeries[] {
  const { path, names, length } = table;
  const roles = findRoles(names, table.pathSymbol);
  if (roles === null) throw columnsFault(path, names);
  const repeated = repeatedColumn(names, roles);
  if (repeated !== null) throw repeatedColumnFault(path, repeated);
  const column = (index: number): TableColumn => table.columns[index] as TableColumn;
  const rows = new RowColumns(length);
  rows.length = length;
  for (let row = 0; row < length; row++) rows.place[row] = row + 1;
  column(roles.time).times(rows.time);
  if (roles.rate !== null) {
    column(roles.rate).numbers(rows.open);
  } else {
    column(roles.open).numbers(rows.open);
    column(roles.high).numbers(rows.high);
    column(roles.low).numbers(rows.low);
    column(roles.close).numbers(rows.close);
    if (roles.volume === null) rows.volume.fill(Number.NaN);
    else column(roles.volume).numbers(rows.volume);
  }
  const known = {
    format: table.format,
    content: roles.rate === null ? ("price" as const) : ("rate" as const),
    stamp: roles.stamp,
  };
  const symbols = roles.symbol === null ? null : column(roles.symbol).texts();
  const intervals = roles.interval === null ? null : column(roles.interval).texts();
  if (symbols === null && intervals === null) return [makeRawSeries({ ...known, rows })];
  return splitByName(rows, symbols, intervals).map((part) => makeRawSeries({ ...known, ...part }));
}

export function columnsFault(path: string, names: readonly string[]): Error {
  const what = describeHeader(names);
  return formatFault(
    path,
    what === ""
      ? `has no columns for time, open, high, low and close: ${names.slice(0, 12).join(", ")}`
      : `holds ${what}, not candles`,
    what === ""
      ? "Name the columns time, open, high, low, close, volume"
      : "Import candles or funding rates; build candles from trades first",
  );
}

export function cellFault(path: string, row: number, name: string, value: unknown): Error {
  return formatFault(
    path,
    `row ${row + 1} has "${String(value).slice(0, 40)}" as its ${name}`,
    "Correct or delete this row, or download the file again",
  );
}

interface NamedPart {
  readonly symbol: string | null;
  readonly interval: string | null;
  readonly rows: RowColumns;
}

function splitByName(
  rows: RowColumns,
  symbols: ((row: number) => string) | null,
  intervals: ((row: number) => string) | null,
): NamedPart[] {
  const parts = new Map<string, NamedPart>();
  for (let row = 0; row < rows.length; row++) {
    const symbol = symbols === null ? null : symbols(row);
    const interval = intervals === null ? null : intervals(row);
    const key = `${symbol}\n${interval}`;
    let part = parts.get(key);
    if (part === undefined) {
      part = { symbol, interval, rows: new RowColumns() };
      parts.set(key, part);
    }
    const index = part.rows.push(rows.time[row] as number, row + 1);
    part.rows.open[index] = rows.open[row] as number;
    part.rows.high[index] = rows.high[row] as number;
    part.rows.low[index] = rows.low[row] as number;
    part.rows.close[index] = rows.close[row] as number;
    part.rows.volume[index] = rows.volume[row] as number;
  }
  return [...parts.values()];
}
