import type { RegimeModel } from "./regime-model.ts";

/** One symbol of a synthetic market. What is left out comes from `symbol-defaults.ts`. */
export interface SymbolOptions {
  readonly symbol: string;
  /** Price at `from`, quote units; at least 100 ticks. */
  readonly startPrice?: number | undefined;
  /** Price step, such as 0.1. */
  readonly tick?: number | undefined;
  /** Quantity step in base units; volumes are multiples of it. */
  readonly lot?: number | undefined;
  /** Long-run standard deviation of log returns per √year of 365 days: 0.55 is 55 %. Single years differ a lot. */
  readonly annualVol?: number | undefined;
  /**
   * Correlation with the market factor in calm times, 0 to 1. Two symbols correlate by about the product of theirs,
   * more in a crash; the beta to the factor is this × `annualVol`.
   */
  readonly correlation?: number | undefined;
  /** Mean turnover per day in quote units. */
  readonly dailyTurnover?: number | undefined;
  /** Largest |funding rate|, as a fraction per stamp. */
  readonly fundingCap?: number | undefined;
}

export interface JumpOptions {
  /** Jumps per year that hit every symbol, in calm times; the regime multiplies it. */
  readonly commonPerYear: number;
  /** Jumps per year of each symbol alone. */
  readonly ownPerYear: number;
  /** Mean size, in standard deviations of a day. Sizes are exponential. */
  readonly meanSize: number;
  /** Share of jumps that go down, 0 to 1. */
  readonly downShare: number;
}

export interface SyntheticOptions {
  /** Below 2^64 and not negative. Same seed and options: same columns, byte for byte, on every machine. */
  readonly seed: number | bigint;
  readonly symbols: readonly SymbolOptions[];
  /** Open time of the first bar, epoch ms UTC; a multiple of the interval. */
  readonly from: number;
  /** End of the last bar, exclusive. Give this or `bars`. */
  readonly to?: number | undefined;
  /** Bars on the time grid, those of gaps included. */
  readonly bars?: number | undefined;
  /** A second to four weeks; one minute when left out. Calendar months are not generated. */
  readonly intervalMs?: number | undefined;
  /** Interval of the mark candles, a multiple of `intervalMs`, which it is when left out. */
  readonly markIntervalMs?: number | undefined;
  /** Hours between funding stamps, which stand on whole multiples of it (UTC): a divisor of 24; 8 when left out. */
  readonly fundingIntervalHours?: number | undefined;
  /** Share of the bars that are missing, in runs like outages: 0 (as when left out) to 0.5. Mark candles stay. */
  readonly gaps?: number | undefined;
  /** Share of the bars without a trade (price repeated, volume 0): 0 (as when left out) to 0.5. */
  readonly zeroVolume?: number | undefined;
  /** Another regime model, or `"none"` for one state without drift. */
  readonly regimes?: RegimeModel | "none" | undefined;
  readonly jumps?: JumpOptions | "none" | undefined;
  /** Degrees of freedom of the Student-t innovations, at least 3; Infinity makes them normal. */
  readonly tails?: number | undefined;
}
