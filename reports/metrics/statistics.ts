/** Plain sample statistics. Sums run in index order, so that a result does not depend on anything else. */

export function sum(values: Float64Array): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index] as number;
  return total;
}

/** The arithmetic mean; NaN of nothing. */
export function mean(values: Float64Array): number {
  return sum(values) / values.length;
}

/** Central moments of the population: m_k = mean((x − mean)^k). */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly m2: number;
  readonly m3: number;
  readonly m4: number;
}

export function moments(values: Float64Array): Moments {
  const count = values.length;
  const center = mean(values);
  let m2 = 0;
  let m3 = 0;
  let m4 = 0;
  for (let index = 0; index < count; index++) {
    const deviation = (values[index] as number) - center;
    const square = deviation * deviation;
    m2 += square;
    m3 += square * deviation;
    m4 += square * square;
  }
  return { count, mean: center, m2: m2 / count, m3: m3 / count, m4: m4 / count };
}

/** The standard deviation with n − 1; NaN below two values. */
export function standardDeviation(values: Float64Array): number {
  const { count, m2 } = moments(values);
  return count < 2 ? Number.NaN : Math.sqrt((m2 * count) / (count - 1));
}

/**
 * A quantile with linear interpolation between the order statistics (type 7 of Hyndman and Fan 1996).
 * `sorted` ascends; `share` lies in 0 … 1. NaN of nothing.
 */
export function quantile(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[below + 1] ?? low;
  return low + (high - low) * (position - below);
}

export function median(values: Float64Array): number {
  return quantile(values.toSorted(), 0.5);
}

/** The values multiplied by a factor are as constant as before: the spread that rounding alone makes. */
const ROUNDING = 1e-12;

/** Whether a spread is what rounding makes of constant values of this size. */
export function isZeroSpread(spread: number, size: number): boolean {
  return spread <= ROUNDING * size;
}
