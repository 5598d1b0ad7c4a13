import { type BarColumns, type FundingColumns, lowerBound } from "#engine/market/bars.ts";
import { correlate, measureDrawdown, measureMoments, quantileOfSorted } from "./statistics.ts";

/** What is measured: a synthetic market, or real columns to compare it with. */
export interface MarketColumns {
  readonly symbol: string;
  readonly candles: BarColumns;
  readonly mark?: BarColumns | undefined;
  readonly funding?: FundingColumns | undefined;
}

export interface MarketStatistics {
  readonly symbols: readonly SymbolStatistics[];
  /** Pearson's correlation of the close-to-close log returns, over the bars that both symbols have. */
  readonly correlation: readonly (readonly number[])[];
}

export interface SymbolStatistics {
  readonly symbol: string;
  readonly bars: number;
  /** Bars between the first and the last that are not there. */
  readonly missingBars: number;
  readonly zeroVolumeBars: number;
  /** Standard deviation of log returns × √(bars per year of 365 days), as a fraction. */
  readonly annualVol: number;
  readonly skew: number;
  readonly excessKurtosis: number;
  /** Excess kurtosis of returns over longer horizons, which tends to that of a normal distribution. */
  readonly kurtosisByHorizon: readonly { readonly horizonMs: number; readonly value: number }[];
  /** Per lag in bars: autocorrelation of returns and of absolute returns. */
  readonly autocorrelation: readonly {
    readonly lag: number;
    readonly returns: number;
    readonly absReturns: number;
  }[];
  /** Volatility from the range (Parkinson 1980) over volatility from closes; 1 for a continuous walk. */
  readonly rangeToCloseVol: number;
  /** Share of returns beyond five standard deviations; 6e-7 for a normal distribution. */
  readonly beyondFiveSigma: number;
  readonly maxDrawdown: number;
  /** Correlation of volume and absolute return. */
  readonly volumeToAbsReturn: number;
  /** Per hour of the day (UTC), relative to the mean hour. */
  readonly hourlyVolume: readonly number[];
  readonly hourlyVol: readonly number[];
  /** Saturday and Sunday (UTC) relative to the other days. */
  readonly weekendVolume: number;
  readonly weekendVol: number;
  readonly funding: FundingStatistics | null;
  readonly markGap: MarkStatistics | null;
}

export interface FundingStatistics {
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly deviation: number;
}

/** |mark / last − 1| at the closes that both have. */
export interface MarkStatistics {
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;
const LAGS = [1, 2, 5, 10, 20, 50, 100, 200];
const HORIZONS_MS = [HOUR_MS, 4 * HOUR_MS, DAY_MS];

/**
 * Measures the stylised facts of markets on columns: fat tails, clustered volatility, absent autocorrelation of
 * returns, volume that goes with volatility, daily and weekly rhythm, correlation between symbols (R. Cont,
 * "Empirical properties of asset returns", Quantitative Finance 1, 2001). For reports and tests; values may differ
 * in the last digits between JavaScript engines.
 */
export function describeMarket(market: {
  readonly symbols: readonly MarketColumns[];
}): MarketStatistics {
  const { symbols } = market;
  const returns = symbols.map((one) => toReturns(one.candles, 1));
  return {
    symbols: symbols.map((one, at) => describeSymbol(one, returns[at] as Float64Array)),
    correlation: symbols.map((left, row) =>
      symbols.map((right, column) =>
        correlateSymbols(
          { bars: left.candles, returns: returns[row] as Float64Array },
          { bars: right.candles, returns: returns[column] as Float64Array },
        ),
      ),
    ),
  };
}

function describeSymbol(one: MarketColumns, returns: Float64Array): SymbolStatistics {
  const bars = one.candles;
  const moments = measureMoments(returns);
  const absReturns = returns.map(Math.abs);
  const time = bars.time;
  const first = time[0] ?? 0;
  const last = time[bars.length - 1] ?? first;
  return {
    symbol: one.symbol,
    bars: bars.length,
    missingBars: Math.round((last - first) / bars.intervalMs) + 1 - bars.length,
    zeroVolumeBars: bars.volume.reduce((count, volume) => count + (volume === 0 ? 1 : 0), 0),
    annualVol: moments.deviation * Math.sqrt(YEAR_MS / bars.intervalMs),
    skew: moments.skew,
    excessKurtosis: moments.excessKurtosis,
    kurtosisByHorizon: HORIZONS_MS.filter((horizonMs) => horizonMs % bars.intervalMs === 0).map(
      (horizonMs) => ({
        horizonMs,
        value: measureMoments(toReturns(bars, horizonMs / bars.intervalMs)).excessKurtosis,
      }),
    ),
    autocorrelation: LAGS.filter((lag) => lag < returns.length / 2).map((lag) => ({
      lag,
      returns: correlate(returns, returns, lag),
      absReturns: correlate(absReturns, absReturns, lag),
    })),
    rangeToCloseVol: measureRangeVol(bars) / moments.deviation,
    beyondFiveSigma: shareBeyond(returns, 5 * moments.deviation),
    maxDrawdown: measureDrawdown(bars.close),
    volumeToAbsReturn: correlate(absReturns, bars.volume),
    ...describeRhythm(bars, returns),
    funding: one.funding === undefined ? null : describeFunding(one.funding),
    markGap: one.mark === undefined ? null : describeMark(bars, one.mark),
  };
}

/** Log return of each close over `step` bars, in blocks that do not overlap when `step` > 1; NaN across a gap. */
function toReturns(bars: BarColumns, step: number): Float64Array {
  const returns = new Float64Array(Math.ceil(bars.length / step)).fill(Number.NaN);
  for (let at = step; at < bars.length; at += step) {
    const elapsed = (bars.time[at] as number) - (bars.time[at - step] as number);
    if (elapsed !== step * bars.intervalMs) continue;
    const ratio = (bars.close[at] as number) / (bars.close[at - step] as number);
    returns[at / step] = Math.log(ratio);
  }
  return returns;
}

/** Per bar: √(mean of ln(high/low)² / (4 ln 2)). */
function measureRangeVol(bars: BarColumns): number {
  let sum = 0;
  for (let at = 0; at < bars.length; at++) {
    sum += Math.log((bars.high[at] as number) / (bars.low[at] as number)) ** 2;
  }
  return Math.sqrt(sum / bars.length / (4 * Math.LN2));
}

function shareBeyond(returns: Float64Array, limit: number): number {
  let beyond = 0;
  let count = 0;
  for (const value of returns) {
    if (Number.isNaN(value)) continue;
    count += 1;
    if (Math.abs(value) > limit) beyond += 1;
  }
  return beyond / count;
}

function correlateSymbols(
  left: { readonly bars: BarColumns; readonly returns: Float64Array },
  right: { readonly bars: BarColumns; readonly returns: Float64Array },
): number {
  const matched = new Float64Array(left.bars.length).fill(Number.NaN);
  let from = 0;
  for (let at = 0; at < left.bars.length; at++) {
    const time = left.bars.time[at] as number;
    while (from < right.bars.length && (right.bars.time[from] as number) < time) from++;
    if (right.bars.time[from] === time) matched[at] = right.returns[from] as number;
  }
  return correlate(left.returns, matched);
}

type Rhythm = Pick<SymbolStatistics, "hourlyVolume" | "hourlyVol" | "weekendVolume" | "weekendVol">;

function describeRhythm(bars: BarColumns, returns: Float64Array): Rhythm {
  const hours = new Rates(24);
  const days = new Rates(2);
  for (let at = 0; at < bars.length; at++) {
    const time = bars.time[at] as number;
    const value = returns[at] as number;
    if (Number.isNaN(value)) continue;
    const volume = bars.volume[at] as number;
    hours.add(Math.floor(time / HOUR_MS) % 24, volume, value);
    // 1970-01-01 was a Thursday, so day 2 and 3 of each seven are Saturday and Sunday.
    const weekday = Math.floor(time / DAY_MS) % 7;
    days.add(weekday === 2 || weekday === 3 ? 1 : 0, volume, value);
  }
  return {
    hourlyVolume: toRelative(hours.volumes()),
    hourlyVol: toRelative(hours.vols()),
    weekendVolume: (days.volumes()[1] as number) / (days.volumes()[0] as number),
    weekendVol: (days.vols()[1] as number) / (days.vols()[0] as number),
  };
}

/** Mean volume and root mean square return per class of bars. */
class Rates {
  readonly #count: Float64Array;
  readonly #volume: Float64Array;
  readonly #square: Float64Array;

  constructor(classes: number) {
    this.#count = new Float64Array(classes);
    this.#volume = new Float64Array(classes);
    this.#square = new Float64Array(classes);
  }

  add(index: number, volume: number, value: number): void {
    this.#count[index] = (this.#count[index] as number) + 1;
    this.#volume[index] = (this.#volume[index] as number) + volume;
    this.#square[index] = (this.#square[index] as number) + value * value;
  }

  volumes(): number[] {
    return Array.from(this.#count, (count, at) => (this.#volume[at] as number) / count);
  }

  vols(): number[] {
    return Array.from(this.#count, (count, at) => Math.sqrt((this.#square[at] as number) / count));
  }
}

function toRelative(values: readonly number[]): readonly number[] {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return values.map((value) => value / mean);
}

function describeFunding(funding: FundingColumns): FundingStatistics {
  const rates = funding.rate.subarray(0, funding.length);
  const { count, mean, deviation } = measureMoments(rates);
  const sorted = rates.slice().sort();
  return {
    count,
    mean,
    deviation,
    min: quantileOfSorted(sorted, 0),
    max: quantileOfSorted(sorted, 1),
  };
}

function describeMark(bars: BarColumns, mark: BarColumns): MarkStatistics {
  const gaps: number[] = [];
  for (let at = 0; at < mark.length; at++) {
    const closeTime = (mark.time[at] as number) + mark.intervalMs;
    const row = lowerBound(bars.time, bars.length, closeTime - bars.intervalMs);
    if (bars.time[row] !== closeTime - bars.intervalMs) continue;
    gaps.push(Math.abs((mark.close[at] as number) / (bars.close[row] as number) - 1));
  }
  const sorted = Float64Array.from(gaps).sort();
  return {
    median: quantileOfSorted(sorted, 0.5),
    p99: quantileOfSorted(sorted, 0.99),
    max: quantileOfSorted(sorted, 1),
  };
}
