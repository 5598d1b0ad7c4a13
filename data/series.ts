/**
 * What one stored series is called. The exchange is a lower-case id: `bybit`, `binance`, `hyperliquid`, `kraken`, …
 * It means that venue's linear perpetuals; `-spot` marks spot and `-inverse` coin-margined contracts.
 */

export type SeriesKind = "candles" | "mark" | "index" | "funding";

export interface SeriesKey {
  readonly kind: SeriesKind;
  readonly exchange: string;
  /** Canonical: `BTCUSDT`; on Hyperliquid the coin, `BTC`. */
  readonly symbol: string;
  /** The interval word, such as `5m`; empty for funding. */
  readonly interval: string;
}

/** Names a series for people: `bybit BTCUSDT 5m candles`. */
export function seriesLabel(key: SeriesKey): string {
  const words = [key.exchange, key.symbol, key.interval, key.kind];
  return words.filter((word) => word !== "").join(" ");
}

/**
 * The canonical symbol of any customary spelling: `BTC/USDT:USDT`, `BTC-USDT`, `BTC_USDT_USDT`, `btcusdt` and
 * `BTC-USDT-SWAP` are all `BTCUSDT`. A delivery date stays (`BTCUSDT-250328`). With a Hyperliquid exchange the
 * result is the coin as that venue writes it: `BTC/USDC:USDC` is `BTC`, `kPEPE` and `xyz:TSLA` keep their case.
 */
export function normalizeSymbol(text: string, exchange?: string): string {
  const trimmed = text.trim();
  if (exchange === "hyperliquid") return hyperliquidCoin(trimmed);
  const tokens = trimmed.toUpperCase().split(/[/:_\-\s.]+/);
  const kept = tokens.filter((token) => token !== "" && !CONTRACT_WORDS.has(token));
  const expiry = kept.length > 1 && /^\d{6,8}$/.test(kept.at(-1) ?? "") ? `-${kept.pop()}` : "";
  const [first = "", second = "", third] = kept;
  // A third token that repeats the base or the quote is the currency of settlement, not part of the pair.
  const isSettled = kept.length === 3 && (third === first || third === second);
  return (isSettled ? first + second : kept.join("")) + expiry;
}

/** Words that say "perpetual" and are no part of a pair. */
const CONTRACT_WORDS: ReadonlySet<string> = new Set(["SWAP", "PERP", "PERPETUAL", "FUTURES"]);

/** Quotes that other programs append to a Hyperliquid coin. Perpetuals there have none. */
const COIN_WITH_QUOTE = /^(.+?)[/_-](?:USDC|USDT0|USDT|USD)(?:[:_-].*)?$/i;
const PERP_SUFFIX = /[-_/](?:PERP|SWAP|PERPETUAL)$/i;

function hyperliquidCoin(text: string): string {
  const withoutSuffix = text.replace(PERP_SUFFIX, "");
  const coin = COIN_WITH_QUOTE.exec(withoutSuffix)?.[1] ?? withoutSuffix;
  const dex = /^([a-z0-9]+):(.+)$/i.exec(coin);
  if (dex !== null) return `${(dex[1] ?? "").toLowerCase()}:${(dex[2] ?? "").toUpperCase()}`;
  // The venue writes a thousand units of a cheap coin with a small k.
  if (/^k[A-Z0-9]+$/.test(coin)) return coin;
  return coin.toUpperCase();
}
