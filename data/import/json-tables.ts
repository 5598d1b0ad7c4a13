/**
 * Finds the tables inside a JSON document: the array itself, or what a venue wraps around it (`result.list` of Bybit,
 * `candles` of a relay, `response` of a recording), together with the names that stand beside it.
 */
import { describeHeader, findRoles } from "./column-roles.ts";
import { emptyFault, formatFault } from "./data-fault.ts";
import type { Market } from "./row-columns.ts";

export interface JsonTable {
  /** Arrays by position, or objects by name; all of one shape. */
  readonly rows: readonly unknown[];
  readonly symbol: string | null;
  readonly interval: string | null;
  readonly market: Market | null;
  readonly exchange: string | null;
  readonly source: "bybit-v5" | "relay" | "kraken-rest" | "columns" | "array";
}

type JsonObject = Readonly<Record<string, unknown>>;

const DEPTH_MAX = 5;
const WRAPPERS = [
  "result",
  "response",
  "data",
  "candles",
  "klines",
  "ohlcv",
  "list",
  "rows",
  "items",
];
const NOT_CANDLES =
  "Import candles or funding rates; build candles from trades first, for example with freqtrade trades-to-ohlcv";

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

/** @throws E_DATA_FORMAT with what the document is, when it holds no tables of bars or rates. */
export function findTables(path: string, document: unknown): JsonTable[] {
  const context: JsonTable = {
    rows: [],
    symbol: null,
    interval: null,
    market: null,
    exchange: null,
    source: "array",
  };
  return descend(path, document, context, 0);
}

function descend(path: string, value: unknown, context: JsonTable, depth: number): JsonTable[] {
  if (Array.isArray(value)) return descendArray(path, value, context, depth);
  if (!isObject(value) || depth > DEPTH_MAX) {
    throw formatFault(path, "is JSON without candles or funding rates", NOT_CANDLES);
  }
  refuseMessage(path, value);
  const columns = columnTable(value);
  if (columns !== null) return [{ ...context, rows: columns, source: "columns" }];
  const inner = withNames(value, context);
  for (const key of WRAPPERS) {
    const child = value[key];
    if (Array.isArray(child) || isObject(child)) return descend(path, child, inner, depth + 1);
  }
  if (findRoles(Object.keys(value), null) !== null) return [{ ...inner, rows: [value] }];
  const pairs = Object.entries(value).filter(([, child]) => Array.isArray(child));
  if (pairs.length > 0 && pairs.every(([, child]) => isRowArray(child))) {
    return pairs.map(([symbol, child]) => ({
      ...inner,
      symbol,
      rows: child as unknown[],
      source: "kraken-rest",
    }));
  }
  const keys = Object.keys(value);
  const what = describeHeader(keys);
  throw formatFault(
    path,
    what === ""
      ? `is JSON with the fields ${keys.slice(0, 8).join(", ")}, not candles or funding rates`
      : `holds ${what}, not candles`,
    NOT_CANDLES,
  );
}

const isRowArray = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(Array.isArray);

function descendArray(
  path: string,
  value: readonly unknown[],
  context: JsonTable,
  depth: number,
): JsonTable[] {
  if (value.length === 0) {
    if (depth === 0) throw emptyFault(path);
    return [];
  }
  if (value.every((item) => typeof item === "string")) {
    throw formatFault(path, `is a list of ${value.length} names, not market data`, NOT_CANDLES);
  }
  if (value.every(Array.isArray)) return [{ ...context, rows: value }];
  if (value.every(isObject)) {
    const wrapped = value.every((item) =>
      WRAPPERS.some((key) => Array.isArray(item[key]) || isObject(item[key])),
    );
    if (wrapped && depth < DEPTH_MAX) {
      return value.flatMap((item) => descend(path, item, context, depth + 1));
    }
    refuseMessage(path, value[0] ?? {});
    return [{ ...context, rows: value }];
  }
  throw formatFault(path, "is a JSON array of mixed things, not of rows", NOT_CANDLES);
}

/** Errors of a venue and messages of a stream are recognised by their own fields. */
function refuseMessage(path: string, value: JsonObject): void {
  const topic = text(value["channel"]) ?? text(value["topic"]) ?? text(value["e"]);
  if (topic !== null && !/candle|kline|fundinghistory/i.test(topic)) {
    const what = /book|depth/i.test(topic)
      ? "an order book"
      : /trade/i.test(topic)
        ? "trades"
        : `messages of the stream "${topic}"`;
    throw formatFault(path, `holds ${what}, not candles`, NOT_CANDLES);
  }
  const isBook =
    "levels" in value || ("bids" in value && "asks" in value) || ("b" in value && "a" in value);
  if (isBook) throw formatFault(path, "holds an order book, not candles", NOT_CANDLES);
  const code = value["retCode"];
  if (code !== undefined && code !== 0) {
    throw formatFault(
      path,
      `is an error response of Bybit: ${JSON.stringify(code)} ${text(value["retMsg"]) ?? ""}`.trim(),
      "Download the data again",
    );
  }
}

/** Names that stand beside a table hold for it. */
function withNames(value: JsonObject, context: JsonTable): JsonTable {
  const category = text(value["category"]);
  const market =
    category === "linear" || category === "inverse" || category === "spot" ? category : null;
  const isBybit = market !== null && ("list" in value || "symbol" in value);
  const asset = text(value["asset"]) ?? text(value["coin"]);
  return {
    ...context,
    symbol: text(value["symbol"]) ?? text(value["pair"]) ?? asset ?? context.symbol,
    interval: text(value["interval"]) ?? text(value["timeframe"]) ?? context.interval,
    market: market ?? context.market,
    exchange: isBybit ? "bybit" : context.exchange,
    source: isBybit ? "bybit-v5" : "candles" in value ? "relay" : context.source,
  };
}

/** `{t: […], o: […], …}`: columns side by side become rows. */
function columnTable(value: JsonObject): unknown[] | null {
  const columns = Object.entries(value).filter((entry): entry is [string, unknown[]] =>
    Array.isArray(entry[1]),
  );
  const length = columns[0]?.[1].length ?? 0;
  const isTable =
    columns.length >= 5 &&
    columns.every(([, column]) => column.length === length && !column.some(Array.isArray));
  if (!isTable) return null;
  return Array.from({ length }, (_, index) =>
    Object.fromEntries(columns.map(([name, column]) => [name, column[index]])),
  );
}
