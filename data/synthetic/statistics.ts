/**
 * Moments and correlations of return columns. NaN marks a return that is not known (the bar before it is missing);
 * such entries, and pairs with one of them, are left out. Sums run in order of time, so results repeat exactly.
 */

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Population standard deviation. */
  readonly deviation: number;
  readonly skew: number;
  /** Zero for a normal distribution. */
  readonly excessKurtosis: number;
}

/** Mean, standard deviation, skew and excess kurtosis; NaN where the column is too short or constant. */
export function measureMoments(values: Float64Array): Moments {
  let count = 0;
  let sum = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count += 1;
    sum += value;
  }
  const mean = sum / count;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const off = value - mean;
    const square = off * off;
    second += square;
    third += square * off;
    fourth += square * square;
  }
  const variance = second / count;
  return {
    count,
    mean,
    deviation: Math.sqrt(variance),
    skew: third / count / variance ** 1.5,
    excessKurtosis: fourth / count / (variance * variance) - 3,
  };
}

/** Pearson's correlation of `left[i]` with `right[i + lag]`. */
export function correlate(left: Float64Array, right: Float64Array, lag = 0): number {
  const length = Math.min(left.length, right.length - lag);
  let count = 0;
  let sumLeft = 0;
  let sumRight = 0;
  for (let at = 0; at < length; at++) {
    const a = left[at] as number;
    const b = right[at + lag] as number;
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    count += 1;
    sumLeft += a;
    sumRight += b;
  }
  const meanLeft = sumLeft / count;
  const meanRight = sumRight / count;
  let both = 0;
  let squareLeft = 0;
  let squareRight = 0;
  for (let at = 0; at < length; at++) {
    const a = (left[at] as number) - meanLeft;
    const b = (right[at + lag] as number) - meanRight;
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    both += a * b;
    squareLeft += a * a;
    squareRight += b * b;
  }
  return both / Math.sqrt(squareLeft * squareRight);
}

/** The largest fall of a price column from an earlier peak, as a fraction: 0.25 is a quarter. */
export function measureDrawdown(prices: Float64Array): number {
  let peak = Number.NEGATIVE_INFINITY;
  let worst = 0;
  for (const price of prices) {
    if (price > peak) peak = price;
    const fall = 1 - price / peak;
    if (fall > worst) worst = fall;
  }
  return worst;
}

/** The value below which this share of the sorted column lies, without interpolation; NaN when it is empty. */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}
