import { type BarColumns, type FundingColumns, makeBars } from "#engine/market/bars.ts";

/**
 * Where the noise lies: far above or far below the prices that really were. Whatever a strategy takes from a bar to
 * come, a sign or a comparison included, comes out differently from one of the two.
 */
export type NoiseSide = "above" | "below";

/** The same columns with the rows from `first` on replaced by candles that never were; times stay as they are. */
export function withNoise(
  bars: BarColumns,
  first: number,
  side: NoiseSide,
  seed: number,
): BarColumns {
  const noisy = copyBars(bars);
  for (let row = first; row < bars.length; row++) writeNoise(noisy, row, side, seed);
  return noisy;
}

/** Replaces one row by a candle far from what stands there: half to one and a half times away, of any shape. */
export function writeNoise(bars: BarColumns, row: number, side: NoiseSide, seed: number): void {
  const away = 1.5 + uniform(seed, row, 0);
  const factor = side === "above" ? away : 1 / away;
  const scale = (column: Float64Array, at: number): number =>
    (column[row] as number) * factor * (0.95 + uniform(seed, row, at) / 10);
  const open = scale(bars.open, 1);
  const close = scale(bars.close, 2);
  const reach = 0.02 * uniform(seed, row, 3);
  bars.open[row] = open;
  bars.close[row] = close;
  bars.high[row] = Math.max(open, close) * (1 + reach);
  bars.low[row] = Math.min(open, close) * (1 - reach);
  const volume = bars.volume[row] as number;
  bars.volume[row] = (volume === 0 ? 1 : volume) * factor * factor;
}

/** The same funding with the rates from `first` on replaced, at most 0.1 % per stamp. */
export function withFundingNoise(
  funding: FundingColumns,
  first: number,
  side: NoiseSide,
  seed: number,
): FundingColumns {
  const rate = funding.rate.slice(0, funding.length);
  for (let row = first; row < rate.length; row++) {
    rate[row] = (side === "above" ? 0.001 : -0.001) * uniform(seed, row, 4);
  }
  return { ...funding, rate };
}

/** Columns of their own, exactly `length` long. */
export function copyBars(bars: BarColumns): BarColumns {
  const copy = makeBars(bars.intervalMs, bars.length);
  for (const name of ["time", "open", "high", "low", "close", "volume"] as const) {
    copy[name].set(bars[name].subarray(0, bars.length));
  }
  return copy;
}

/** In [0, 1), by seed, row and place: the finaliser of MurmurHash3 (A. Appleby, public domain) over a mix of them. */
function uniform(seed: number, row: number, place: number): number {
  let hash = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(row + 1, 0x85ebca6b);
  hash ^= Math.imul(place + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}
