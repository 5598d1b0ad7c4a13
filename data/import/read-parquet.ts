/**
 * Parquet files, read by an in-memory DuckDB. Times and numbers are cast in SQL to doubles, so that a chunk is six
 * columns of numbers; decimals are cast through their text, which rounds once and correctly.
 */
import { type DuckDBConnection, type DuckDBDataChunk, DuckDBInstance } from "@duckdb/node-api";
import { DrydockError } from "#engine/errors.ts";
import { throwIfAborted } from "./byte-source.ts";
import { type ColumnRoles, findRoles } from "./column-roles.ts";
import { causeText, emptyFault, formatFault, unreadableFault } from "./data-fault.ts";
import type { ReadHints } from "./parsed-series.ts";
import { makeRawSeries, type RawSeries, RowColumns } from "./row-columns.ts";
import { epochToMs, parseStamp } from "./stamp.ts";
import { columnsFault } from "./table-columns.ts";

interface Field {
  readonly name: string;
  readonly type: string;
}

/** @throws E_FILE_UNREADABLE for a cut or damaged file, E_DATA_FORMAT when it holds no candles. */
export async function readParquet(
  path: string,
  pathSymbol: string | null,
  hints: ReadHints,
): Promise<RawSeries[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const fields = await describe(connection, path);
    const names = fields.map((field) => field.name);
    const roles = findRoles(names, pathSymbol);
    if (roles === null) throw columnsFault(path, names);
    return await readRows(connection, path, fields, roles, hints);
  } catch (cause) {
    if (cause instanceof DrydockError) throw cause;
    throw unreadableFault(
      path,
      `cannot be read as Parquet: ${causeText(cause)}`,
      "Download the file again",
      cause,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The path as a literal; the wildcards of DuckDB in a file name are only characters. */
function source(path: string): string {
  const literal = path.replaceAll(/[[*?]/g, (character) => `[${character}]`);
  return `read_parquet(${quoteText(literal)})`;
}

async function describe(connection: DuckDBConnection, path: string): Promise<Field[]> {
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source(path)}`);
  return reader.getRows().map((row) => ({ name: String(row[0]), type: String(row[1]) }));
}

/** Whether a column is a time by its type; the query then gives epoch ms. */
const isClockType = (field: Field | undefined): boolean =>
  /^(?:TIMESTAMP|DATE)/.test(field?.type ?? "");

/** A time column as a double: epoch ms of a clock type, an epoch in its own unit otherwise; or as its text. */
function timeSql(field: Field): string {
  const name = quoteName(field.name);
  if (field.type.startsWith("TIMESTAMP_NS")) return `CAST(epoch_ns(${name}) // 1000000 AS DOUBLE)`;
  if (isClockType(field)) return `CAST(epoch_ms(${name}) AS DOUBLE)`;
  if (field.type.endsWith("INT") || field.type === "INTEGER") {
    // Nanoseconds do not fit a double: cut them to ms here; the other units are told apart afterwards.
    return `CAST(CASE WHEN ${name} > 100000000000000000 THEN ${name} // 1000000 ELSE ${name} END AS DOUBLE)`;
  }
  if (field.type === "DOUBLE") return name;
  return `CAST(${name} AS VARCHAR)`;
}

function numberSql(field: Field, path: string): string {
  const name = quoteName(field.name);
  if (/^(?:DOUBLE|FLOAT|U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?)$/.test(field.type)) {
    return `CAST(${name} AS DOUBLE)`;
  }
  if (/^(?:DECIMAL|VARCHAR)/.test(field.type)) return `CAST(CAST(${name} AS VARCHAR) AS DOUBLE)`;
  throw formatFault(
    path,
    `has the type ${field.type} in its column "${field.name}"`,
    "Save it with numbers as DOUBLE",
  );
}

/** The columns of the query in the order of this list: time, prices, volume, symbol, interval. */
function buildQuery(path: string, fields: readonly Field[], roles: ColumnRoles): string {
  const field = (index: number): Field => fields[index] as Field;
  const number = (index: number | null): string =>
    index === null || index < 0 ? "CAST('NaN' AS DOUBLE)" : numberSql(field(index), path);
  const word = (index: number | null): string =>
    index === null ? "NULL" : `CAST(${quoteName(field(index).name)} AS VARCHAR)`;
  const columns = [
    timeSql(field(roles.time)),
    number(roles.rate ?? roles.open),
    number(roles.high),
    number(roles.low),
    number(roles.close),
    number(roles.volume),
    word(roles.symbol),
    word(roles.interval),
  ];
  return `SELECT ${columns.join(", ")} FROM ${source(path)}`;
}

interface NamedRows {
  readonly symbol: string | null;
  readonly interval: string | null;
  readonly rows: RowColumns;
}

async function readRows(
  connection: DuckDBConnection,
  path: string,
  fields: readonly Field[],
  roles: ColumnRoles,
  hints: ReadHints,
): Promise<RawSeries[]> {
  const total = await countRows(connection, path);
  if (total === 0) throw emptyFault(path);
  const result = await connection.stream(buildQuery(path, fields, roles));
  const found = new Map<string, NamedRows>();
  const isTicks = isClockType(fields[roles.time]);
  let read = 0;
  for (;;) {
    throwIfAborted(hints.signal, path);
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    takeChunk(path, chunk, found, read, isTicks);
    read += chunk.rowCount;
    hints.onProgress?.({ path, bytesRead: read, bytesTotal: total });
  }
  return [...found.values()].map((named) =>
    makeRawSeries({
      ...named,
      format: "parquet",
      content: roles.rate === null ? "price" : "rate",
      stamp: roles.stamp,
      notes: floatNote(fields[roles.rate ?? roles.close]),
    }),
  );
}

function floatNote(field: Field | undefined): string[] {
  if (field?.type !== "FLOAT") return [];
  return ["The prices are 32-bit floats: exact to about 7 digits only"];
}

async function countRows(connection: DuckDBConnection, path: string): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${source(path)}`);
  return Number(reader.getRows()[0]?.[0] ?? 0);
}

/** Hot loop: rows of one chunk into the columns of their series. */
function takeChunk(
  path: string,
  chunk: DuckDBDataChunk,
  found: Map<string, NamedRows>,
  before: number,
  isTicks: boolean,
): void {
  const [time, open, high, low, close, volume, symbols, intervals] = Array.from(
    { length: 8 },
    (_, column) => chunk.getColumnVector(column),
  );
  for (let at = 0; at < chunk.rowCount; at++) {
    const stamp = time?.getItem(at);
    const ms = isTicks ? readTicks(stamp) : readEpoch(stamp);
    if (ms === null) {
      throw formatFault(
        path,
        `row ${before + at + 1} has the time "${String(stamp)}"`,
        "Correct or delete this row, or download the file again",
      );
    }
    const { rows } = namedRows(found, symbols?.getItem(at), intervals?.getItem(at));
    const index = rows.push(ms, before + at + 1);
    rows.open[index] = (open?.getItem(at) ?? Number.NaN) as number;
    rows.high[index] = (high?.getItem(at) ?? Number.NaN) as number;
    rows.low[index] = (low?.getItem(at) ?? Number.NaN) as number;
    rows.close[index] = (close?.getItem(at) ?? Number.NaN) as number;
    rows.volume[index] = (volume?.getItem(at) ?? Number.NaN) as number;
  }
}

const readTicks = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** A number may also be a date, such as 20240131. */
function readEpoch(value: unknown): number | null {
  if (typeof value === "number") return epochToMs(value) ?? parseStamp(String(value));
  return typeof value === "string" ? parseStamp(value) : null;
}

function namedRows(found: Map<string, NamedRows>, symbol: unknown, interval: unknown): NamedRows {
  const key = symbol === null && interval === null ? "" : `${String(symbol)}\n${String(interval)}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  const named = {
    symbol: typeof symbol === "string" ? symbol : null,
    interval: typeof interval === "string" ? interval : null,
    rows: new RowColumns(),
  };
  found.set(key, named);
  return named;
}
