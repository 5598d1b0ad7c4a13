import { assert } from "#engine/assert.ts";
import type { RunResult } from "#engine/result/run-result.ts";
import { benchmarkMetrics } from "./benchmark-metrics.ts";
import { buyAndHold } from "./buy-and-hold.ts";
import { measureDrawdown, runCurve } from "./equity-curve.ts";
import { evidenceMetrics, type Trials } from "./evidence-metrics.ts";
import { type MetricValue, type Summary, toSummary } from "./metric-value.ts";
import { moneyMetrics, netProfit } from "./money-metrics.ts";
import { dailyReturns } from "./period-returns.ts";
import { ratioMetrics, returnMetrics, riskMetrics } from "./return-metrics.ts";
import { makeReturnSample } from "./return-sample.ts";
import { tradeMetrics } from "./trade-metrics.ts";
import { useMetrics } from "./use-metrics.ts";

export interface SummaryOptions {
  /** Whether `few-days` and `short-run` leave metrics without value. */
  readonly gates: boolean;
  /** Annual, a fraction; 0 unless given. */
  readonly riskFree?: number | undefined;
  /** The run's seed, for `pBoot`. */
  readonly seed: number;
  /** The sweep the run was chosen from, for `dsr`. */
  readonly trials?: Trials | undefined;
}

/**
 * Computes every metric of a run, once and for all: CLI, JSON and reports only format the result.
 * Same run, same options, same numbers.
 */
export function computeSummary(run: RunResult, options: SummaryOptions): Summary {
  assert(run.startBalance > 0, () => `A run starts with money: ${run.startBalance}`);
  const curve = runCurve(run);
  const sample = makeReturnSample(curve, measureDrawdown(curve), dailyReturns(run), {
    gates: options.gates,
    riskFree: options.riskFree ?? 0,
  });
  return toSummary({
    ...moneyMetrics(run),
    ...returnMetrics(sample),
    ...riskMetrics(sample, nearestLiquidation(run)),
    ...ratioMetrics(sample),
    ...evidenceMetrics(sample, options.seed, options.trials),
    ...tradeMetrics(run.trades, netProfit(run)),
    ...useMetrics(run, sample),
    ...benchmarkMetrics(sample, buyAndHold(run)),
  });
}

function nearestLiquidation(run: RunResult): MetricValue {
  const distance = run.totals.minLiqDistance;
  if (Number.isFinite(distance)) return 100 * distance;
  return run.fills.length === 0 ? "no-trades" : "no-liquidation-price";
}
