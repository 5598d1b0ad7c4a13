/** Quote currencies, those of money before coins: in `XRP_ETH` the coin quotes, in `ETH_USDT` it does not. */
const MONEY_QUOTES = [
  "USDT",
  "USDC",
  "BUSD",
  "FDUSD",
  "TUSD",
  "USDE",
  "USD",
  "EUR",
  "GBP",
  "JPY",
  "AUD",
  "CAD",
  "CHF",
  "BRL",
  "KRW",
  "TRY",
  "RUB",
  "DAI",
];
const COIN_QUOTES = ["BTC", "XBT", "ETH", "BNB"];

/** Lower-case words such as `country` must not pass as a pair quoted in TRY. */
const LOWER_CASE_QUOTES = new Set(["USDT", "USDC", "BUSD", "FDUSD", "USD", "EUR", "BTC", "ETH"]);

/** Whether a word is a base and a known quote in one: `BTCUSDT`, `btcusdt`, `EURUSD`. */
export function isPair(word: string): boolean {
  return pairQuote(word, MONEY_QUOTES) !== null || pairQuote(word, COIN_QUOTES) !== null;
}

function pairQuote(word: string, quotes: readonly string[]): string | null {
  if (!/^(?:[A-Z0-9]{5,20}|[a-z0-9]{5,20}|k[A-Z0-9]{4,20})$/.test(word)) return null;
  const upper = word.toUpperCase();
  const isLower = word !== upper && word === word.toLowerCase();
  for (const quote of quotes) {
    if (isLower && !LOWER_CASE_QUOTES.has(quote)) continue;
    if (upper.endsWith(quote) && upper.length >= quote.length + 2) return quote;
  }
  return null;
}

/** The pair among the words of a file name: one word, or a base followed by its quote (and what settles it). */
export function findPair(words: readonly string[]): string | null {
  for (const quotes of [MONEY_QUOTES, COIN_QUOTES]) {
    const whole = words.find((word) => pairQuote(word, quotes) !== null);
    if (whole !== undefined) return whole;
    const split = splitPair(words, quotes);
    if (split !== null) return split;
  }
  return null;
}

function splitPair(words: readonly string[], quotes: readonly string[]): string | null {
  for (let index = 1; index < words.length; index++) {
    const base = words[index - 1] ?? "";
    const quote = words[index] ?? "";
    if (!quotes.includes(quote) || !/^k?[A-Z0-9]{1,15}$/.test(base)) continue;
    const settle = words[index + 1];
    const isSettled = settle === base || settle === quote;
    return isSettled ? `${base}_${quote}_${settle}` : `${base}_${quote}`;
  }
  return null;
}

/** The base of a pair such as `BTC/USDT` or `BTCUSDT`; null when no quote is known. */
export function pairBase(symbol: string): string | null {
  const upper = symbol.toUpperCase();
  const split = /^([A-Z0-9]+)[/_-]/.exec(upper);
  if (split !== null) return split[1] ?? null;
  const quote = pairQuote(upper, MONEY_QUOTES) ?? pairQuote(upper, COIN_QUOTES);
  return quote === null ? null : upper.slice(0, -quote.length);
}
