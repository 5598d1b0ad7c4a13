import { allNull, type GroupValues, keysOf, type MetricValue } from "./metric-value.ts";
import { RETURN_SIZE, type ReturnSample } from "./return-sample.ts";
import { isZeroSpread } from "./statistics.ts";

/** Sums over the periods for which both the strategy and the benchmark have a return. */
interface Pairs {
  readonly count: number;
  readonly meanOwn: number;
  readonly meanOther: number;
  /** Σ of squared deviations and of their products. */
  readonly ownSquares: number;
  readonly otherSquares: number;
  readonly products: number;
  /** Σ of squared deviations of the differences. */
  readonly differenceSquares: number;
}

/** The group Benchmark; `bh` is a fraction, null without a benchmark. */
export function benchmarkMetrics(
  sample: ReturnSample,
  bh: number | null,
): GroupValues<"Benchmark"> {
  const { returns, benchmark, perYear } = sample.periods;
  if (bh === null || benchmark === null) return allNull(keysOf("Benchmark"), "no-benchmark");
  const buyAndHold = 100 * bh;
  if (sample.tooFew !== null) {
    return { ...allNull(keysOf("Benchmark"), sample.tooFew), bh: buyAndHold };
  }
  const pairs = pairUp(returns, benchmark);
  if (pairs.count < sample.returnsMin)
    return { ...allNull(keysOf("Benchmark"), "few-days"), bh: buyAndHold };
  const ownSpread = spread(pairs.ownSquares, pairs.count);
  const otherSpread = spread(pairs.otherSquares, pairs.count);
  const differenceSpread = spread(pairs.differenceSquares, pairs.count);
  const beta: MetricValue =
    otherSpread === 0 ? "zero-variance" : pairs.products / pairs.otherSquares;
  const intercept: MetricValue =
    typeof beta === "string" ? beta : pairs.meanOwn - beta * pairs.meanOther;
  return {
    bh: buyAndHold,
    beta,
    alpha:
      sample.tooShort ?? (typeof intercept === "string" ? intercept : 100 * intercept * perYear),
    corr:
      ownSpread === 0 || otherSpread === 0
        ? "zero-variance"
        : clampToOne(pairs.products / Math.sqrt(pairs.ownSquares) / Math.sqrt(pairs.otherSquares)),
    ir:
      differenceSpread === 0
        ? "zero-variance"
        : ((pairs.meanOwn - pairs.meanOther) / differenceSpread) * Math.sqrt(perYear),
  };
}

function pairUp(returns: Float64Array, benchmark: Float64Array): Pairs {
  const rows = Array.from(returns.keys()).filter((row) => !Number.isNaN(benchmark[row]));
  const count = rows.length;
  let own = 0;
  let other = 0;
  for (const row of rows) {
    own += returns[row] as number;
    other += benchmark[row] as number;
  }
  const meanOwn = own / count;
  const meanOther = other / count;
  let ownSquares = 0;
  let otherSquares = 0;
  let products = 0;
  let differenceSquares = 0;
  for (const row of rows) {
    const ownDeviation = (returns[row] as number) - meanOwn;
    const otherDeviation = (benchmark[row] as number) - meanOther;
    ownSquares += ownDeviation * ownDeviation;
    otherSquares += otherDeviation * otherDeviation;
    products += ownDeviation * otherDeviation;
    differenceSquares += (ownDeviation - otherDeviation) ** 2;
  }
  return { count, meanOwn, meanOther, ownSquares, otherSquares, products, differenceSquares };
}

/** The standard deviation with n − 1; 0 where only the rounding of returns makes it differ from zero. */
function spread(squares: number, count: number): number {
  const value = Math.sqrt(squares / (count - 1));
  return isZeroSpread(value, RETURN_SIZE) ? 0 : value;
}

function clampToOne(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
