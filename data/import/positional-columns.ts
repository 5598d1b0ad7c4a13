/**
 * Rows without a header, as archives and REST interfaces give them: the stamp first, then open, high, low, close. How
 * many columns there are, and what the sixth holds, tells the sources apart:
 *
 * | columns | source |
 * | --- | --- |
 * | 5 | stamp and prices only (mark prices) |
 * | 6 | ccxt, freqtrade, LEAN |
 * | 7 | Bybit (turnover last) or Kraken's archive (trades last) |
 * | 8 | Kraken's REST form, with the average price before the volume; otherwise the volume stays sixth |
 * | 9 | OKX, with a flag for closed bars last |
 * | 11, 12 | Binance |
 */
export interface Positions {
  readonly format: string;
  readonly volume: number | null;
  /** Index of the flag that is `1` for closed bars. */
  readonly closed: number | null;
  readonly isBinance: boolean;
}

/** @returns a text that says what the rows hold when they are no candles. */
export function findPositions(sample: readonly (readonly string[])[]): Positions | string {
  const first = sample[0] ?? [];
  const width = first.length;
  if (
    sample.some((row) => row.some((cell) => /^(?:buy|sell|true|false|[bs])$/i.test(cell.trim())))
  ) {
    return "trades";
  }
  const base = { closed: null, isBinance: false };
  switch (width) {
    case 2:
      return "pairs of a time and a value";
    case 3:
    case 4:
      return "trades";
    case 5:
      return { ...base, format: "rows-of-5", volume: null };
    case 6:
      return { ...base, format: "ohlcv", volume: 5 };
    case 7:
      return { ...base, format: isCount(sample, 6) ? "kraken-ohlcvt" : "bybit-kline", volume: 5 };
    case 8:
      return isAveragePrice(sample)
        ? { ...base, format: "kraken-rest", volume: 6 }
        : { ...base, format: "rows-of-8", volume: 5 };
    case 9:
      return { ...base, format: "okx-candles", volume: 5, closed: isFlag(sample, 8) ? 8 : null };
    case 11:
      return isQuoteBar(sample)
        ? "bid and ask bars"
        : { ...base, format: "binance-kline", volume: 5, isBinance: true };
    case 12:
      return { ...base, format: "binance-kline", volume: 5, isBinance: true };
    default:
      return "";
  }
}

const isCount = (sample: readonly (readonly string[])[], column: number): boolean =>
  sample.every((row) => /^\d+$/.test((row[column] ?? "").trim()));

const isFlag = (sample: readonly (readonly string[])[], column: number): boolean =>
  sample.every((row) => /^[01]$/.test((row[column] ?? "").trim()));

/** Kraken's volume-weighted price lies inside each bar (or is 0 without trades); a volume hardly ever would. */
function isAveragePrice(sample: readonly (readonly string[])[]): boolean {
  return sample.every((row) => {
    const [, , high, low, , average] = row.map(Number);
    if (high === undefined || low === undefined || average === undefined) return false;
    return average === 0 || (average >= low && average <= high);
  });
}

/** LEAN's quote bars: bid open, high, low, close, size, then the same for the ask. */
function isQuoteBar(sample: readonly (readonly string[])[]): boolean {
  return sample.every((row) => {
    const [, bid, , , , , ask] = row.map(Number);
    return bid !== undefined && ask !== undefined && ask > 0 && Math.abs(ask / bid - 1) < 0.1;
  });
}
