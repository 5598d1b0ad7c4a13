import { bootstrapLossShare } from "./block-bootstrap.ts";
import {
  allNull,
  type GroupValues,
  keysOf,
  type MetricValue,
  percent,
  roundDigits,
} from "./metric-value.ts";
import { normalCdf, normalQuantile } from "./normal-distribution.ts";
import { periodSharpe, sharpeVariance } from "./return-metrics.ts";
import type { ReturnSample } from "./return-sample.ts";

/** The trials from which a strategy was chosen, itself included. */
export interface Trials {
  readonly count: number;
  /** Variance over the trials of s, the Sharpe ratio of one period (not annualised), with n − 1. */
  readonly srVariance: number;
}

const EULER_MASCHERONI = 0.5772156649;

/**
 * s*: the highest per-period Sharpe ratio that so many trials without skill are expected to show (D. Bailey and
 * M. López de Prado, "The Deflated Sharpe Ratio", 2014).
 */
export function expectedMaxSharpe({ count, srVariance }: Trials): number {
  const one = normalQuantile(1 - 1 / count);
  const other = normalQuantile(1 - 1 / (count * Math.E));
  return Math.sqrt(srVariance) * ((1 - EULER_MASCHERONI) * one + EULER_MASCHERONI * other);
}

export interface SharpeEvidence {
  /** s, of one period. */
  readonly sharpe: number;
  /** The Sharpe ratio of one period to beat. */
  readonly threshold: number;
  /** N. */
  readonly count: number;
  /** 1 − g3 s + (g4 − 1) s²/4. */
  readonly variance: number;
}

/** Φ((s − s*) √(N − 1) / √variance), a fraction: the probability that the true Sharpe ratio beats the threshold. */
export function probabilisticSharpe(evidence: SharpeEvidence): number {
  const { sharpe, threshold, count, variance } = evidence;
  return normalCdf(((sharpe - threshold) * Math.sqrt(count - 1)) / Math.sqrt(variance));
}

export function evidenceMetrics(
  sample: ReturnSample,
  seed: number,
  trials: Trials | undefined,
): GroupValues<"Evidence"> {
  if (sample.tooFew !== null) return allNull(keysOf("Evidence"), sample.tooFew);
  const hasTrials = trials !== undefined && trials.count >= 2;
  return {
    psr: percent(confidence(sample, 0)),
    dsr: hasTrials ? percent(confidence(sample, expectedMaxSharpe(trials))) : "no-trials",
    pBoot: bootstrapLossShare(sample.periods.returns, seed),
  };
}

function confidence(sample: ReturnSample, threshold: number): MetricValue {
  const sharpe = periodSharpe(sample);
  if (typeof sharpe === "string") return sharpe;
  const variance = sharpeVariance(sample, sharpe);
  if (variance === 0) return "zero-variance";
  return roundDigits(probabilisticSharpe({ sharpe, threshold, count: sample.count, variance }));
}
