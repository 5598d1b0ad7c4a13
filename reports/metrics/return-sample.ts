import type { DrawdownStatistics, EquityCurve } from "./equity-curve.ts";
import type { ReasonCode } from "./metric-value.ts";
import type { PeriodReturns } from "./period-returns.ts";
import { isZeroSpread, moments } from "./statistics.ts";

/** Below this many returns a ratio says more about luck than about the strategy. */
const DAYS_MIN = 30;
/** A shorter series is not annualised. */
const YEARS_MIN = 0.25;
/** A standard deviation needs two returns. */
const RETURNS_MIN = 2;
/** A return is (1 + r) − 1 and carries the rounding of numbers near 1; spreads are compared with this size. */
export const RETURN_SIZE = 0.01;

/** What every metric of returns starts from. */
export interface ReturnSample {
  readonly curve: EquityCurve;
  readonly drawdown: DrawdownStatistics;
  readonly periods: PeriodReturns;
  readonly count: number;
  readonly mean: number;
  /** With n − 1. NaN below two returns; 0 where only rounding makes the returns differ. */
  readonly sd: number;
  /** The same with n. */
  readonly sdPopulation: number;
  readonly skewness: number;
  readonly kurtosis: number;
  /** rf / A. */
  readonly riskFreePerPeriod: number;
  readonly isRuined: boolean;
  /** The smallest number of returns that the gates let through. */
  readonly returnsMin: number;
  /** Why metrics of returns have no value; null where they have one. */
  readonly tooFew: ReasonCode | null;
  /** Why annualised metrics have no value; null where they have one. */
  readonly tooShort: ReasonCode | null;
}

export interface SampleOptions {
  /** Whether fewer than 30 returns or less than a quarter of a year leave metrics without value. */
  readonly gates: boolean;
  /** Annual, a fraction. */
  readonly riskFree: number;
}

/**
 * Collects the moments of the returns and decides the gates. Without gates only what can not be computed stays
 * without value: a standard deviation of fewer than two returns, a year of no length.
 */
export function makeReturnSample(
  curve: EquityCurve,
  drawdown: DrawdownStatistics,
  periods: PeriodReturns,
  options: SampleOptions,
): ReturnSample {
  const { count, mean, m2, m3, m4 } = moments(periods.returns);
  const isRuined = drawdown.lowestEquity <= 0;
  const isConstant = isZeroSpread(Math.sqrt(m2), RETURN_SIZE + Math.abs(mean));
  const minimum = options.gates ? DAYS_MIN : RETURNS_MIN;
  const isShort = options.gates ? periods.years < YEARS_MIN : !(periods.years > 0);
  const spread = isConstant ? 0 : Math.sqrt((m2 * count) / (count - 1));
  return {
    curve,
    drawdown,
    periods,
    count,
    mean,
    sd: count < RETURNS_MIN ? Number.NaN : spread,
    sdPopulation: isConstant ? 0 : Math.sqrt(m2),
    skewness: m3 / (m2 * Math.sqrt(m2)),
    kurtosis: m4 / (m2 * m2),
    riskFreePerPeriod: options.riskFree / periods.perYear,
    isRuined,
    returnsMin: minimum,
    tooFew: isRuined ? "ruined" : count < minimum ? "few-days" : null,
    tooShort: isRuined ? "ruined" : isShort ? "short-run" : null,
  };
}
