/**
 * Which column of a table is which, by its header: CSV headers, Parquet and Arrow fields and JSON keys alike, in any
 * order and case, under the names that venues and tools use. Tables that hold something else (trades, order books,
 * open interest) are recognised by their columns too, so that the refusal can say what they are.
 */
import { pairBase } from "./symbol-words.ts";

export interface ColumnRoles {
  readonly time: number;
  /** A second column of the clock where date and time stand apart. */
  readonly clock: number | null;
  /** Whether `time` is the moment a bar opens or closes; null when the header does not say. */
  readonly stamp: "open" | "close" | null;
  /** Another column that holds the time too, to compare. */
  readonly otherTime: number | null;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | null;
  /** Funding rate; then the price columns are -1. */
  readonly rate: number | null;
  readonly symbol: number | null;
  readonly interval: number | null;
  /** A flag that tells closed bars from forming ones. */
  readonly closed: number | null;
}

const OPEN_TIMES =
  "timeperiodstart opentime opentimems opentimestamp klineopentime timeopen starttime startat start begin begins opendate opendatetime";
const CLOSE_TIMES =
  "closetime closetimems closetimestamp klineclosetime timeperiodend timeclose endtime end closedate";
/** Numbers before text: a venue's stamp before what somebody derived from it. */
const PLAIN_TIMES =
  "timestamp timestampms ts unix unixtime unixtimestamp epoch epochms time timems t fundingtime fundingratetimestamp calctime datetime datetimeutc date dateutc gmttime utctime day index";
const SYMBOLS = "symbol pair ticker tic coin s asset instrument instid market";
const INTERVALS = "interval i timeframe tf period per candleinterval";
const RATES = "fundingrate lastfundingrate realizedrate rate";
const CLOSED_FLAGS = "confirm isclosed closed isfinal x";
const PRICES = {
  open: "open o openprice priceopen",
  high: "high h highprice max pricehigh",
  low: "low l lowprice min pricelow",
  close: "close c closeprice closelast last priceclose",
};

/** The roles of a header's columns; null when it holds neither candles nor funding rates. */
export function findRoles(header: readonly string[], symbol: string | null): ColumnRoles | null {
  const names = normalizedNames(header);
  const find = (words: string): number | null => {
    for (const word of words.split(" ")) {
      const index = names.indexOf(word);
      if (index >= 0) return index;
    }
    return null;
  };
  const times = findTimes(names, find);
  if (times === null) return null;
  const shared = {
    ...times,
    symbol: find(SYMBOLS),
    interval: find(INTERVALS),
    closed: find(CLOSED_FLAGS),
  };
  const open = find(PRICES.open);
  const high = find(PRICES.high);
  const low = find(PRICES.low);
  const close = find(PRICES.close);
  if (open !== null && high !== null && low !== null && close !== null) {
    const volume = findVolume(names, symbol);
    return { ...shared, open, high, low, close, volume, rate: null };
  }
  const rate = find(RATES);
  if (rate === null) return null;
  return { ...shared, open: -1, high: -1, low: -1, close: -1, volume: null, rate };
}

/**
 * The name of a column that is used and stands in the header twice; null when there is none. Which of the two is meant
 * nobody can know. One letter means different things in upper and lower case (Hyperliquid's `t` and `T`).
 */
export function repeatedColumn(header: readonly string[], roles: ColumnRoles): string | null {
  const names = header.map((name) => {
    const trimmed = name.trim();
    return trimmed.length > 1 ? trimmed.toLowerCase() : trimmed;
  });
  for (const index of Object.values(roles)) {
    if (typeof index !== "number" || index < 0) continue;
    const name = names[index] ?? "";
    if (name !== "" && names.indexOf(name) !== names.lastIndexOf(name)) return header[index] ?? "";
  }
  return null;
}

/** Lower case, letters and digits only; `1. open` is `open`; `T` beside `t` is Hyperliquid's close time. */
function normalizedNames(header: readonly string[]): string[] {
  const hasSmallT = header.includes("t");
  return header.map((name, index) => {
    if (name === "T" && hasSmallT) return "closetime";
    const plain = name
      .toLowerCase()
      .replace(/^\d+\. /, "")
      .replaceAll(/[^a-z0-9]/g, "");
    // pandas writes the index without a name, polars with none but its number.
    if (plain === "" && index === 0) return "index";
    return plain;
  });
}

function findTimes(
  names: readonly string[],
  find: (words: string) => number | null,
): Pick<ColumnRoles, "time" | "clock" | "stamp" | "otherTime"> | null {
  const opened = find(OPEN_TIMES);
  const closed = find(CLOSE_TIMES);
  const plain = find(PLAIN_TIMES);
  if (opened !== null) return { time: opened, clock: null, stamp: "open", otherTime: null };
  if (plain === null) {
    return closed === null ? null : { time: closed, clock: null, stamp: "close", otherTime: null };
  }
  const plainName = names[plain] ?? "";
  const date = names.indexOf("date");
  if (plainName === "time" && date >= 0) {
    // Whether these are two halves or two forms of one stamp shows in the cells, see `splitsClock`.
    return { time: plain, clock: date, stamp: null, otherTime: null };
  }
  const text = names.findIndex((name) => name === "datetime" || name === "date");
  const otherTime = text >= 0 && text !== plain ? text : null;
  return { time: plain, clock: null, stamp: null, otherTime };
}

/** The volume in coins: `Volume BTC` beside `Volume USDT`, never the turnover. */
function findVolume(names: readonly string[], symbol: string | null): number | null {
  const exact = ["volume", "v", "vol", "basevolume", "volumebase", "baseassetvolume", "volumefrom"];
  for (const word of exact) {
    const index = names.indexOf(word);
    if (index >= 0) return index;
  }
  const named = names.flatMap((name, index) =>
    /^volume(?:traded|coins?|[a-z0-9]{2,6})$/.test(name) ? [index] : [],
  );
  const base = symbol === null ? null : pairBase(symbol)?.toLowerCase();
  const ofBase = named.find((index) => base !== undefined && names[index]?.endsWith(base ?? "?"));
  if (ofBase !== undefined) return ofBase;
  const money = /(?:to|usdt?|usdc|busd|eur|quote|ccy)$/;
  const inCoins = named.find((index) => !money.test(names[index] ?? ""));
  return inCoins ?? (names.indexOf("tickvol") >= 0 ? names.indexOf("tickvol") : null);
}

/** What a table without candle columns seems to hold, for the refusal. */
export function describeHeader(header: readonly string[]): string {
  const names = normalizedNames(header);
  const has = (...words: readonly string[]): boolean => words.some((word) => names.includes(word));
  if (has("bid", "ask", "bidprice", "askprice", "bids", "asks", "levels", "bestbid")) {
    return "an order book or quotes";
  }
  const isTrade =
    has("price", "px", "p") &&
    has("side", "qty", "quantity", "size", "amount", "sz", "isbuyermaker", "buyermaker", "q");
  if (isTrade || has("aggtradeid", "tradeid", "tickdirection")) return "trades";
  if (has("openinterest", "sumopeninterest", "oi")) return "open interest";
  if (has("longshortratio", "buyratio", "longaccount")) return "long and short ratios";
  if (has("equity", "balance", "pnl")) return "an equity curve or a list of results";
  return "";
}
