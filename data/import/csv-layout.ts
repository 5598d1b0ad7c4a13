/** How the cells of a CSV row become a bar or a funding rate: by header, or by position where there is none. */
import { type ColumnRoles, describeHeader, findRoles, repeatedColumn } from "./column-roles.ts";
import type { CsvDialect } from "./csv-dialect.ts";
import { emptyFault, formatFault, repeatedColumnFault } from "./data-fault.ts";
import { findPositions } from "./positional-columns.ts";
import type { Market } from "./row-columns.ts";
import { parseStamp } from "./stamp.ts";

export interface CsvLayout {
  readonly format: string;
  readonly roles: ColumnRoles;
  /** Cells per row. */
  readonly width: number;
  /** Where the form of the file belongs to one market only. */
  readonly market: Market | null;
  readonly notes: readonly string[];
}

const TRADES_HINT = "Build candles from it first; drydock imports candles and funding rates";

/** @throws E_DATA_FORMAT with what the table holds, when that is no candles and no funding rates. */
export function findLayout(path: string, dialect: CsvDialect, symbol: string | null): CsvLayout {
  const { header, sample } = dialect;
  const firstRow = sample[0];
  if (header === null && firstRow === undefined) throw emptyFault(path);
  if (header === null) return positionalLayout(path, sample);
  const roles = rolesOfHeader(path, header, firstRow, symbol);
  if (firstRow === undefined) throw emptyFault(path, "holds a header and no rows");
  const repeated = repeatedColumn(header, roles);
  if (repeated !== null) throw repeatedColumnFault(path, repeated);
  const resolved = resolveClock(roles, firstRow);
  const halves = resolved.clock === null ? [resolved.time] : [resolved.time, resolved.clock];
  return {
    format: formatName(header, roles),
    roles: resolved,
    width: header.length,
    market: marketOfHeader(header, firstRow[roles.symbol ?? -1] ?? ""),
    notes: zoneNote(halves.map((column) => firstRow[column] ?? "").join(" ")),
  };
}

function rolesOfHeader(
  path: string,
  header: readonly string[],
  firstRow: readonly string[] | undefined,
  symbol: string | null,
): ColumnRoles {
  const roles = findRoles(header, symbol);
  if (roles === null) {
    const what = describeHeader(header);
    throw formatFault(
      path,
      what === ""
        ? `has no columns for time, open, high, low and close: ${header.slice(0, 12).join(", ")}`
        : `holds ${what}, not candles`,
      what === "" ? "Name the columns time, open, high, low, close, volume" : TRADES_HINT,
    );
  }
  // The rows may know the symbol, and with it which of two volumes is in coins.
  const written = roles.symbol === null ? undefined : firstRow?.[roles.symbol]?.trim();
  return written === undefined ? roles : (findRoles(header, written) ?? roles);
}

/** `date` and `time` are two halves of one stamp, or two forms of it. */
function resolveClock(roles: ColumnRoles, row: readonly string[]): ColumnRoles {
  if (roles.clock === null) return roles;
  const isHalf = /^\d{1,2}:?\d{2}(?::?\d{2}(?:\.\d+)?)?$/.test((row[roles.time] ?? "").trim());
  if (isHalf) return { ...roles, time: roles.clock, clock: roles.time };
  return { ...roles, clock: null, otherTime: roles.clock };
}

function zoneNote(cell: string): string[] {
  const text = cell.trim();
  const isNumber = /^[\d.]+$/.test(text) && !/^\d{4}\.\d\d\.\d\d$/.test(text);
  const isDay = text.length <= 10;
  const hasZone = /(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i.test(text);
  return isNumber || isDay || hasZone ? [] : ["The times name no time zone: read as UTC"];
}

function positionalLayout(path: string, sample: CsvDialect["sample"]): CsvLayout {
  const first = sample[0] ?? [];
  const positions = findPositions(sample);
  const stamp = parseStamp(first[0] ?? "");
  if (typeof positions === "string" || stamp === null) {
    const what =
      typeof positions === "string" && positions !== ""
        ? `holds ${positions}, not candles`
        : `is no table of candles: its first line is "${first.join(",").slice(0, 60)}"`;
    throw formatFault(path, what, TRADES_HINT);
  }
  const isMicroseconds = /^\d{16}$/.test((first[0] ?? "").trim());
  return {
    format: positions.isBinance ? "binance-vision-csv" : `${positions.format}-csv`,
    width: first.length,
    // Only the spot archive of Binance went over to microseconds.
    market: positions.isBinance && isMicroseconds ? "spot" : null,
    notes: zoneNote(first[0] ?? ""),
    roles: {
      time: 0,
      clock: null,
      stamp: null,
      otherTime: null,
      open: 1,
      high: 2,
      low: 3,
      close: 4,
      volume: positions.volume,
      rate: null,
      symbol: null,
      interval: null,
      closed: positions.closed,
    },
  };
}

/** CryptoDataDownload has spot pairs; in the archive of Binance only the files of contracts have a header. */
function marketOfHeader(header: readonly string[], symbol: string): Market | null {
  if (isCryptoDataDownload(header)) return symbol.includes(":") ? "linear" : "spot";
  return isBinanceArchive(header) && !/USD(?:_PERP)?$/.test(symbol) ? "linear" : null;
}

const isBinanceArchive = (header: readonly string[]): boolean =>
  header.includes("open_time") && header.includes("taker_buy_volume") && header.includes("count");

function isCryptoDataDownload(header: readonly string[]): boolean {
  const names = header.map((name) => name.toLowerCase());
  return names.includes("unix") && names.includes("date") && names.includes("symbol");
}

/** A name for the report; nothing depends on it. */
function formatName(header: readonly string[], roles: ColumnRoles): string {
  const names = header.map((name) => name.toLowerCase());
  if (roles.rate !== null) return "funding-csv";
  if (isCryptoDataDownload(header)) return "cryptodatadownload-csv";
  if (names.includes("open_time") && names.includes("taker_buy_volume"))
    return "binance-vision-csv";
  if (names.includes("quote_volume") && names.includes("trades")) return "binance-kline-csv";
  if (names.includes("turnover")) return "bybit-kline-csv";
  if (header[0] === "") return "pandas-csv";
  return "csv";
}
