import { isBelow } from "./equity-curve.ts";
import {
  allNull,
  type GroupValues,
  keysOf,
  type MetricValue,
  percent,
  type ReasonCode,
  roundDigits,
} from "./metric-value.ts";
import { monthlyReturns } from "./period-returns.ts";
import { RETURN_SIZE, type ReturnSample } from "./return-sample.ts";
import { isZeroSpread, quantile } from "./statistics.ts";

/** The groups Return, Risk and Ratio of ux-spec A4, in the units of `METRICS`. */

export function returnMetrics(sample: ReturnSample): GroupValues<"Return"> {
  const { curve, periods, isRuined } = sample;
  const netReturn = percent(endEquity(sample) / curve.start - 1);
  if (isRuined) return { ...allNull(keysOf("Return"), "ruined"), netReturn };
  const { returns } = periods;
  const monthly = monthlyReturns(periods);
  const noReturn: ReasonCode = "few-days";
  const noMonth: ReasonCode = returns.length === 0 ? "few-days" : "no-times";
  const months = Float64Array.from(monthly ?? [], (month) => month.value);
  return {
    netReturn,
    cagr: percent(annualGrowth(sample)),
    bestDay: percent(largest(returns) ?? noReturn),
    worstDay: percent(smallest(returns) ?? noReturn),
    bestMonth: percent(largest(months) ?? noMonth),
    worstMonth: percent(smallest(months) ?? noMonth),
    winDays: returns.length === 0 ? noReturn : (100 * countAbove(returns, 0)) / returns.length,
  };
}

/** `minLiqDist` needs positions and is left to the caller. */
export function riskMetrics(sample: ReturnSample, minLiqDist: MetricValue): GroupValues<"Risk"> {
  const { drawdown, periods, tooFew } = sample;
  const { deepestIntrabar } = drawdown;
  const isFlat = sample.sdPopulation === 0;
  const sorted = periods.returns.toSorted();
  return {
    vol: tooFew ?? 100 * sample.sd * Math.sqrt(periods.perYear),
    maxDD: 100 * drawdown.deepest,
    maxDDIntrabar: Number.isNaN(deepestIntrabar) ? "no-trades" : 100 * deepestIntrabar,
    ddDays: drawdown.longestDays,
    underwater: 100 * drawdown.underwater,
    ulcer: percent(ulcerIndex(sample)),
    var95: tooFew ?? -100 * quantile(sorted, 0.05),
    es95: tooFew ?? -100 * meanOfTail(sorted, quantile(sorted, 0.05)),
    skew: tooFew ?? (isFlat ? "zero-variance" : sample.skewness),
    exKurt: tooFew ?? (isFlat ? "zero-variance" : sample.kurtosis - 3),
    minLiqDist,
  };
}

export function ratioMetrics(sample: ReturnSample): GroupValues<"Ratio"> {
  const { periods, tooFew, tooShort } = sample;
  if (tooFew !== null) return allNull(keysOf("Ratio"), tooFew);
  const growth = annualGrowth(sample);
  const sharpe = annualSharpe(sample);
  const halfWidth = sharpeHalfWidth(sample);
  const isDefined = typeof sharpe === "number" && typeof halfWidth === "number";
  return {
    sharpe,
    sharpeLow: isDefined ? sharpe - halfWidth : "zero-variance",
    sharpeHigh: isDefined ? sharpe + halfWidth : "zero-variance",
    sortino: sortino(sample),
    calmar: tooShort ?? overLoss(growth, Math.abs(sample.drawdown.deepest)),
    omega: omega(periods.returns),
    upi: tooShort ?? overLoss(growth, ulcerIndex(sample)),
    gpr: gainToPain(sample),
  };
}

/** (mean(r) − rf/A) / sd(r): the Sharpe ratio of one period. */
export function periodSharpe(sample: ReturnSample): MetricValue {
  if (sample.sd === 0) return "zero-variance";
  return (sample.mean - sample.riskFreePerPeriod) / sample.sd;
}

/**
 * 1 − g3 s + (g4 − 1) s²/4, the variance of an estimated Sharpe ratio times N − 1 (A. Lo 2002; E. Mertens 2002).
 * It can not be negative, because g4 ≥ 1 + g3².
 */
export function sharpeVariance(sample: ReturnSample, sharpeOfPeriod: number): number {
  const s = sharpeOfPeriod;
  return Math.max(0, 1 - sample.skewness * s + ((sample.kurtosis - 1) / 4) * s * s);
}

function annualSharpe(sample: ReturnSample): MetricValue {
  const s = periodSharpe(sample);
  return typeof s === "string" ? s : s * Math.sqrt(sample.periods.perYear);
}

function sharpeHalfWidth(sample: ReturnSample): MetricValue {
  const s = periodSharpe(sample);
  if (typeof s === "string") return s;
  const variance = sharpeVariance(sample, s) / (sample.count - 1);
  return 1.96 * Math.sqrt(sample.periods.perYear) * Math.sqrt(variance);
}

function sortino(sample: ReturnSample): MetricValue {
  const { returns, perYear } = sample.periods;
  const riskFree = sample.riskFreePerPeriod;
  let squares = 0;
  for (const value of returns) squares += Math.min(value - riskFree, 0) ** 2;
  const downside = Math.sqrt(squares / returns.length);
  if (isZeroSpread(downside, RETURN_SIZE)) return "no-losses";
  return ((sample.mean - riskFree) / downside) * Math.sqrt(perYear);
}

function omega(returns: Float64Array): MetricValue {
  let gains = 0;
  let losses = 0;
  for (const value of returns) {
    if (value > 0) gains += value;
    else losses -= value;
  }
  return isZeroSpread(losses, RETURN_SIZE) ? "no-losses" : gains / losses;
}

function gainToPain(sample: ReturnSample): MetricValue {
  const monthly = monthlyReturns(sample.periods);
  if (monthly === null) return "no-times";
  let total = 0;
  let pain = 0;
  for (const { value } of monthly) {
    total += value;
    if (value < 0) pain -= value;
  }
  return isZeroSpread(pain, RETURN_SIZE) ? "no-losses" : total / pain;
}

/** (E_end / E0)^(1/Y) − 1; a gain too fast to annualise is short of time, not infinite. */
function annualGrowth(sample: ReturnSample): MetricValue {
  if (sample.tooShort !== null) return sample.tooShort;
  const growth = (endEquity(sample) / sample.curve.start) ** (1 / sample.periods.years) - 1;
  return Number.isFinite(growth) ? roundDigits(growth) : "short-run";
}

function overLoss(growth: MetricValue, loss: MetricValue): MetricValue {
  if (typeof growth === "string") return growth;
  if (typeof loss === "string") return loss;
  return loss === 0 ? "no-losses" : roundDigits(growth / loss);
}

/** √ mean(dd²) of the period closes against their highest so far, E0 included; a fraction. */
function ulcerIndex(sample: ReturnSample): MetricValue {
  const { closes, peakBefore } = sample.periods;
  const count = closes.length - 1;
  if (count < 1) return "few-days";
  let peak = Math.max(peakBefore, closes[0] as number);
  let squares = 0;
  for (let index = 1; index <= count; index++) {
    const close = closes[index] as number;
    peak = Math.max(peak, close);
    if (isBelow(close, peak)) squares += (close / peak - 1) ** 2;
  }
  return Math.sqrt(squares / count);
}

function endEquity({ curve }: ReturnSample): number {
  return curve.length === 0 ? curve.start : (curve.equity[curve.length - 1] as number);
}

function meanOfTail(sorted: Float64Array, bound: number): number {
  let total = 0;
  let count = 0;
  for (; count < sorted.length && (sorted[count] as number) <= bound; count++) {
    total += sorted[count] as number;
  }
  return total / count;
}

function largest(values: Float64Array): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b));
}

function smallest(values: Float64Array): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => Math.min(a, b));
}

function countAbove(values: Float64Array, bound: number): number {
  let count = 0;
  for (const value of values) if (value > bound) count += 1;
  return count;
}
