/**
 * What a path says about the series in a file: `bybit/BTC_USDT_USDT-5m-futures.feather`,
 * `binance/spot-1m-parquet/BINANCE_BTCUSDT_1m.parquet`, `btcusdt_20240105_trade.zip`. The file name comes first,
 * then the folders, the nearest first. Content wins over all of it; see `finish-series.ts`.
 */
import { basename, dirname } from "node:path";
import type { Market } from "./row-columns.ts";
import { findPair, isPair } from "./symbol-words.ts";

export interface PathHints {
  readonly exchange: string | null;
  readonly market: Market | null;
  /** As written: `BTC_USDT_USDT`. */
  readonly symbol: string | null;
  /** An interval word such as `5m`. */
  readonly interval: string | null;
  readonly kind: "mark" | "index" | "funding" | null;
  /** Content that drydock does not import, where the name says so. */
  readonly refusal: "premium index" | "bid and ask bars" | null;
}

/** Folders further up than this say more about a person's disk than about the file. */
const FOLDERS_MAX = 8;

const VENUES: ReadonlyMap<string, string> = new Map(
  [
    "binance binanceus bitfinex bitget bitmex bitstamp bittrex blofin bybit coinbase coinex cryptocom deribit dydx",
    "gate gemini htx huobi hyperliquid kraken krakenfutures kucoin kucoinfutures lighter mexc okx paradex phemex",
    "poloniex upbit whitebit woo",
  ]
    .flatMap((line) => line.split(" "))
    .map((venue) => [venue, venue]),
)
  .set("gateio", "gate")
  .set("okex", "okx")
  .set("binanceusdm", "binance")
  .set("binancecoinm", "binance");

const MARKETS: ReadonlyMap<string, Market> = new Map<string, Market>([
  ["spot", "spot"],
  ["perp", "linear"],
  ["perps", "linear"],
  ["perpetual", "linear"],
  ["linear", "linear"],
  ["swap", "linear"],
  ["futures", "linear"],
  ["um", "linear"],
  ["usdm", "linear"],
  ["binanceusdm", "linear"],
  ["cryptofuture", "linear"],
  ["p", "linear"],
  ["inverse", "inverse"],
  ["cm", "inverse"],
  ["coinm", "inverse"],
  ["binancecoinm", "inverse"],
  ["dapi", "inverse"],
]);

const KINDS: ReadonlyMap<string, "mark" | "index" | "funding"> = new Map([
  ["mark", "mark"],
  ["markprice", "mark"],
  ["markpriceklines", "mark"],
  ["indexprice", "index"],
  ["indexpriceklines", "index"],
  ["index", "index"],
  ["funding", "funding"],
  ["fundingrate", "funding"],
  ["fundinghistory", "funding"],
]);

const REFUSALS: ReadonlyMap<string, "premium index" | "bid and ask bars"> = new Map([
  ["premium", "premium index"],
  ["premiumindex", "premium index"],
  ["premiumindexklines", "premium index"],
  ["quote", "bid and ask bars"],
]);

const NAMED_INTERVALS: ReadonlyMap<string, string> = new Map([
  ["d", "1d"],
  ["w", "1w"],
  ["hourly", "1h"],
  ["daily", "1d"],
  ["weekly", "1w"],
  ["monthly", "1M"],
]);

const NOISE: ReadonlySet<string> = new Set(
  "rate rates history trade candle candles kline klines ohlc ohlcv ohlcvt bar bars price prices data csv json parquet feather".split(
    " ",
  ),
);

/** `…BTC_USDT_USDT-5m-futures`, as freqtrade names its files; two names are spot, three a contract. */
const FREQTRADE =
  /(?:^|[^A-Za-z0-9])([A-Z0-9]+)_([A-Z0-9]+)(?:_([A-Z0-9]+))?-(\d{1,3}(?:mo|[smhdwM]))(?:-[A-Za-z_]+)?$/;

export function readPathHints(path: string): PathHints {
  const stem = fileStem(path);
  const folders = parentFolders(path);
  const name = readName(stem, () => true);
  const isArchive = folders.some((folder) => folder.toLowerCase() === "futures");
  const fromFolders = folders.map((folder) =>
    readName(folder, (word) => folderWordCounts(word, folder, isArchive)),
  );
  const everywhere = [name, ...fromFolders];
  const first = <T>(pick: (words: NameWords) => T | null): T | null => {
    for (const words of everywhere) {
      const found = pick(words);
      if (found !== null) return found;
    }
    return null;
  };
  const freqtrade = freqtradeName(stem);
  return {
    exchange: first((words) => words.exchange),
    market: freqtrade?.market ?? first((words) => words.market),
    symbol: freqtrade?.symbol ?? name.symbol ?? first((words) => words.pair),
    interval: freqtrade?.interval ?? first((words) => words.interval),
    kind: name.kind ?? fromFolders.find((words) => words.kind !== null)?.kind ?? null,
    refusal: name.refusal ?? fromFolders.find((words) => words.refusal !== null)?.refusal ?? null,
  };
}

/**
 * Whether a word in the name of a folder may speak about the data. People are called Mark, and `um` and `cm` mean
 * something only in the archive of Binance, below `futures`.
 */
function folderWordCounts(word: string, folder: string, isArchive: boolean): boolean {
  if (word === "um" || word === "cm") return isArchive;
  if (word === "mark" || word === "index") return word.length < folder.length;
  return word !== "quote" && word !== "p" && word !== "d" && word !== "w";
}

/** The name of the file without its folders and without what `.csv.gz` adds. */
function fileStem(path: string): string {
  let name = basename(path);
  for (;;) {
    const shorter = name.replace(
      /\.(?:csv|tsv|txt|json|jsonl|ndjson|gz|zst|zip|feather|ftr|arrow|ipc|parquet|data)$/i,
      "",
    );
    if (shorter === name) return name;
    name = shorter;
  }
}

function parentFolders(path: string): string[] {
  const folders = dirname(path)
    .split(/[/\\]/)
    .filter((folder) => folder !== "" && folder !== "." && folder !== "..");
  return folders.reverse().slice(0, FOLDERS_MAX);
}

interface NameWords {
  readonly exchange: string | null;
  readonly market: Market | null;
  readonly interval: string | null;
  readonly kind: "mark" | "index" | "funding" | null;
  readonly refusal: "premium index" | "bid and ask bars" | null;
  /** A pair with a known quote currency. */
  readonly pair: string | null;
  /** The pair, or a single capital word such as `GOOG`. */
  readonly symbol: string | null;
}

function readName(name: string, counts: (word: string) => boolean): NameWords {
  const words = withoutDates(name)
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "" && counts(word.toLowerCase()));
  let exchange: string | null = null;
  let market: Market | null = null;
  let interval: string | null = null;
  let kind: "mark" | "index" | "funding" | null = null;
  let refusal: "premium index" | "bid and ask bars" | null = null;
  const rest: string[] = [];
  for (const word of words) {
    const lower = word.toLowerCase();
    const venue = VENUES.get(lower);
    const marketWord = MARKETS.get(lower);
    const kindWord = KINDS.get(lower);
    const refusalWord = REFUSALS.get(lower);
    const intervalWord = intervalOf(word);
    if (venue !== undefined) exchange ??= venue;
    if (marketWord !== undefined) market ??= marketWord;
    if (kindWord !== undefined) kind ??= kindWord;
    if (refusalWord !== undefined) refusal ??= refusalWord;
    if (intervalWord !== null) interval ??= intervalWord;
    const isKnown =
      venue !== undefined ||
      marketWord !== undefined ||
      kindWord !== undefined ||
      refusalWord !== undefined ||
      intervalWord !== null ||
      NOISE.has(lower) ||
      /^\d+$/.test(word);
    if (!isKnown) rest.push(word);
  }
  const pair = findPair(rest);
  const single = rest.length === 1 && /^k?[A-Z0-9]{2,20}$/.test(rest[0] ?? "") ? rest[0] : null;
  return { exchange, market, interval, kind, refusal, pair, symbol: pair ?? single ?? null };
}

/** Dates say nothing about the series, and `2023-09` must not become words. */
function withoutDates(name: string): string {
  return name.replace(
    /(?<![A-Za-z0-9])(?:19|20)\d{2}(?:[-_]?[01]\d(?:[-_]?[0-3]\d)?)?(?![A-Za-z0-9])/g,
    " ",
  );
}

function intervalOf(word: string): string | null {
  const named = NAMED_INTERVALS.get(word.toLowerCase());
  if (named !== undefined) return named;
  const match =
    /^([1-9]\d{0,2})(s|sec|m|min|minute|minutes|h|hour|hours|d|day|days|w|week|M|mo|month)$/i.exec(
      word,
    );
  const unit = match?.[2];
  if (match === null || unit === undefined) return null;
  if (unit === "M" || /^mo/i.test(unit)) return match[1] === "1" ? "1M" : null;
  return `${match[1]}${unit.charAt(0).toLowerCase()}`;
}

interface FreqtradeName {
  readonly symbol: string;
  readonly interval: string;
  readonly market: Market;
}

function freqtradeName(stem: string): FreqtradeName | null {
  const match = FREQTRADE.exec(stem);
  if (match === null) return null;
  const [, base = "", quote = "", settle, word = ""] = match;
  if (VENUES.has(base.toLowerCase()) || isPair(quote)) return null;
  const symbol = [base, quote, settle].filter((part) => part !== undefined).join("_");
  const market = settle === undefined ? "spot" : settle === base ? "inverse" : "linear";
  return { symbol, interval: intervalOf(word) ?? word, market };
}
