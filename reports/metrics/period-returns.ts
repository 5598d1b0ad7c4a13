import { upperBound } from "#engine/market/bars.ts";
import type { RunResult } from "#engine/result/run-result.ts";
import { benchmarkAt } from "./buy-and-hold.ts";

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const DAYS_A_YEAR = 365;

/** Returns of consecutive periods of equal length: the full UTC days of a run, or the rows of a tearsheet. */
export interface PeriodReturns {
  /** N returns as fractions. */
  readonly returns: Float64Array;
  /** N + 1 values of equity: before the first period, and at the end of each. */
  readonly closes: Float64Array;
  /** The highest equity known before the first period: E0. */
  readonly peakBefore: number;
  /** Per return the UTC month it belongs to, as 12 × year + month (0 … 11); null without times. */
  readonly months: Int32Array | null;
  /** Returns of the benchmark, NaN where it has none; null without a benchmark. */
  readonly benchmark: Float64Array | null;
  /** A: periods in a year. */
  readonly perYear: number;
  /** Y: the length of the whole series in years of 365 days, partial days included. */
  readonly years: number;
}

/**
 * The full UTC days of a run. A day is full when the run covers it from midnight to midnight; a day without bars
 * counts with the equity it began with. What lies before the first or after the last midnight is in no return.
 */
export function dailyReturns(run: RunResult): PeriodReturns {
  const first = Math.ceil(run.from / DAY_MS) * DAY_MS;
  const last = Math.floor(run.to / DAY_MS) * DAY_MS;
  const count = Math.max(0, Math.round((last - first) / DAY_MS));
  const midnights = Float64Array.from({ length: count + 1 }, (_, day) => first + day * DAY_MS);
  const closes = equityAt(run, midnights);
  const months = Int32Array.from({ length: count }, (_, day) => utcMonth(first + day * DAY_MS));
  const benchmark = benchmarkAt(run, midnights);
  return {
    returns: returnsOf(closes),
    closes,
    peakBefore: run.startBalance,
    months,
    benchmark: benchmark === null ? null : returnsOf(benchmark),
    perYear: DAYS_A_YEAR,
    years: (run.to - run.from) / YEAR_MS,
  };
}

/** The changes from each value to the next, as fractions of the former. */
export function returnsOf(values: Float64Array): Float64Array {
  const returns = new Float64Array(Math.max(0, values.length - 1));
  for (let index = 0; index < returns.length; index++) {
    returns[index] = (values[index + 1] as number) / (values[index] as number) - 1;
  }
  return returns;
}

/** 12 × year + month (0 … 11) of an instant. */
export function utcMonth(time: number): number {
  const date = new Date(time);
  return 12 * date.getUTCFullYear() + date.getUTCMonth();
}

export interface MonthlyReturn {
  /** 12 × year + month (0 … 11). */
  readonly month: number;
  /** Compounded, a fraction. */
  readonly value: number;
}

/** The returns compounded per UTC month, oldest first; null without times. Months without a return are left out. */
export function monthlyReturns(periods: PeriodReturns): readonly MonthlyReturn[] | null {
  if (periods.months === null) return null;
  const monthly: MonthlyReturn[] = [];
  let from = 0;
  for (let index = 1; index <= periods.returns.length; index++) {
    const month = periods.months[from] as number;
    if (index < periods.returns.length && periods.months[index] === month) continue;
    const value = (periods.closes[index] as number) / (periods.closes[from] as number) - 1;
    monthly.push({ month, value });
    from = index;
  }
  return monthly;
}

/** Equity at each instant: that of the last bar closed by then, the start balance before the first. */
function equityAt(run: RunResult, instants: Float64Array): Float64Array {
  const { time, equity, length } = run.equity;
  return instants.map((instant) => {
    const closed = upperBound(time, length, instant);
    return closed === 0 ? run.startBalance : (equity[closed - 1] as number);
  });
}
