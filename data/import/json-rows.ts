/** Rows of a JSON table as columns: by position like a CSV without a header, or by the names of their fields. */
import { describeHeader, findRoles } from "./column-roles.ts";
import { formatFault } from "./data-fault.ts";
import type { JsonTable } from "./json-tables.ts";
import { parseNumber, parseRate } from "./parse-number.ts";
import { findPositions } from "./positional-columns.ts";
import { makeRawSeries, type RawSeries, RowColumns } from "./row-columns.ts";
import { epochToMs, parseStamp } from "./stamp.ts";

const SAMPLE_ROWS = 50;
const FIX = "Correct or delete this row, or download the file again";

function cellText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : (JSON.stringify(value) ?? "");
}

/** A number, or the decimal text of one; NaN for null; undefined for anything else. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (value === null || value === undefined) return Number.NaN;
  return typeof value === "string" ? parseNumber(value) : undefined;
}

function stampOf(value: unknown): number | null {
  if (typeof value === "number") return epochToMs(value);
  return typeof value === "string" ? parseStamp(value) : null;
}

/** @throws E_DATA_FORMAT when the rows are no bars, or with the number of the first row that does not fit. */
export function readPositionalRows(path: string, table: JsonTable): RawSeries {
  const arrays = table.rows as readonly unknown[];
  const sample = arrays
    .slice(0, SAMPLE_ROWS)
    .map((row) => (Array.isArray(row) ? row.map(cellText) : []));
  const positions = findPositions(sample);
  if (typeof positions === "string") {
    const what = positions === "" ? "arrays of another shape than candles" : positions;
    throw formatFault(
      path,
      `holds ${what}, not candles`,
      "Import candles or funding rates; build candles from trades first",
    );
  }
  const width = sample[0]?.length ?? 0;
  const rows = new RowColumns(arrays.length);
  const openTimes = new Set<number>();
  arrays.forEach((row, at) => {
    if (!Array.isArray(row) || row.length !== width) {
      throw rowFault(path, at, `is no array of ${width} like the first`);
    }
    const index = pushBar(path, rows, at, row[0], [row[1], row[2], row[3], row[4]]);
    const volume = positions.volume === null ? Number.NaN : numberOf(row[positions.volume]);
    if (volume === undefined) throw rowFault(path, at, "has no number as its volume");
    rows.volume[index] = volume;
    if (positions.closed !== null && cellText(row[positions.closed]) === "0") {
      openTimes.add(rows.time[index] as number);
    }
  });
  const isPlain = table.source === "array" && width === 6;
  return makeRawSeries({
    ...names(table),
    format: isPlain
      ? "ohlcv-json"
      : `${table.source === "array" ? positions.format : table.source}-json`,
    content: "price",
    rows,
    openTimes,
    // Bybit answers a request for mark or index candles without volume and turnover.
    kind: table.source === "bybit-v5" && width === 5 ? "mark" : null,
  });
}

function names(table: JsonTable): Pick<RawSeries, "symbol" | "interval" | "market" | "exchange"> {
  const { symbol, interval, market, exchange } = table;
  return { symbol, interval, market, exchange };
}

function pushBar(
  path: string,
  rows: RowColumns,
  at: number,
  stamp: unknown,
  prices: readonly unknown[],
): number {
  const time = stampOf(stamp);
  if (time === null)
    throw rowFault(path, at, `has the time ${JSON.stringify(stamp)?.slice(0, 40)}`);
  const index = rows.push(time, at + 1);
  const columns = [rows.open, rows.high, rows.low, rows.close];
  prices.forEach((value, column) => {
    const price = numberOf(value);
    if (price === undefined) {
      throw rowFault(path, at, `has ${JSON.stringify(value)?.slice(0, 40)} as a price`);
    }
    (columns[column] as Float64Array)[index] = price;
  });
  return index;
}

function rowFault(path: string, at: number, what: string): Error {
  return formatFault(path, `row ${at + 1} ${what}`, FIX);
}

/** Funding rows name a `coin`; candles have `t` and `T` but not the turnover `q` of Binance's stream. */
function isHyperliquidRow(header: readonly string[]): boolean {
  if (header.includes("coin")) return true;
  return header.includes("t") && header.includes("T") && !header.includes("q");
}

interface NamedSeries {
  readonly symbol: string | null;
  readonly interval: string | null;
  readonly rows: RowColumns;
  readonly openTimes: Set<number>;
}

/** Rows as objects, such as Hyperliquid's `{t, T, s, i, o, h, l, c, v, n}`; each symbol becomes a series. */
export function readNamedRows(
  path: string,
  table: JsonTable,
  pathSymbol: string | null,
): RawSeries[] {
  const objects = table.rows as readonly Readonly<Record<string, unknown>>[];
  const header = Object.keys(objects[0] ?? {});
  const roles = findRoles(header, table.symbol ?? pathSymbol);
  if (roles === null) {
    const what = describeHeader(header);
    throw formatFault(
      path,
      what === ""
        ? `is JSON with the fields ${header.slice(0, 8).join(", ")}, not candles or funding rates`
        : `holds ${what}, not candles`,
      "Import candles or funding rates; build candles from trades first",
    );
  }
  const field = (column: number | null): string => (column === null ? "" : (header[column] ?? ""));
  const isHyperliquid = isHyperliquidRow(header);
  const found = new Map<string, NamedSeries>();
  objects.forEach((row, at) => {
    const get = (column: number | null): unknown => row[field(column)];
    const symbol = roles.symbol === null ? null : cellText(get(roles.symbol));
    const interval = roles.interval === null ? null : cellText(get(roles.interval));
    const key = `${symbol}\n${interval}`;
    const series = found.get(key) ?? {
      symbol: symbol ?? table.symbol,
      interval: interval ?? table.interval,
      rows: new RowColumns(),
      openTimes: new Set<number>(),
    };
    found.set(key, series);
    const { rows } = series;
    if (roles.rate !== null) {
      const index = pushBar(path, rows, at, get(roles.time), []);
      const written = get(roles.rate);
      const rate = typeof written === "string" ? parseRate(written) : numberOf(written);
      if (rate === undefined) throw rowFault(path, at, "has no number as its funding rate");
      rows.open[index] = rate;
      return;
    }
    const prices = [get(roles.open), get(roles.high), get(roles.low), get(roles.close)];
    const index = pushBar(path, rows, at, get(roles.time), prices);
    const volume = numberOf(get(roles.volume));
    if (volume === undefined) throw rowFault(path, at, "has no number as its volume");
    rows.volume[index] = volume;
    const closed = get(roles.closed);
    if (closed === false || closed === "0" || closed === 0) {
      series.openTimes.add(rows.time[index] as number);
    }
  });
  return [...found.values()].map((series) =>
    makeRawSeries({
      ...names(table),
      ...series,
      exchange: table.exchange ?? (isHyperliquid ? "hyperliquid" : null),
      format: `${isHyperliquid ? "hyperliquid" : table.source}-json`,
      content: roles.rate === null ? "price" : "rate",
      stamp: roles.stamp,
    }),
  );
}
