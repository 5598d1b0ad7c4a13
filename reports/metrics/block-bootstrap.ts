import { RandomStream } from "./random-stream.ts";

const RESAMPLES = 10_000;
/** A sum this small, relative to the sum of sizes, is a sum of zero that rounding has moved. */
const ROUNDING = 1e-12;

/**
 * Share of stationary block bootstraps (D. Politis and J. Romano 1994) whose mean return is not above zero: the
 * p-value of "the true mean return is above zero". Blocks start anywhere, wrap around and have geometric lengths
 * with mean N^(1/3). NaN of nothing.
 */
export function bootstrapLossShare(returns: Float64Array, seed: number): number {
  const count = returns.length;
  if (count === 0) return Number.NaN;
  const random = new RandomStream(seed);
  const logKeep = Math.log1p(-1 / Math.cbrt(count));
  const prefix = wrappedPrefixSums(returns);
  const tolerance = ROUNDING * absoluteSum(returns);
  let losses = 0;
  for (let resample = 0; resample < RESAMPLES; resample++) {
    let total = 0;
    for (let left = count; left > 0; ) {
      const start = random.index(count);
      // 1 − next() lies in (0, 1]; with one return the blocks have length 1 and logKeep is −∞.
      const drawn = 1 + Math.floor(Math.log(1 - random.next()) / logKeep);
      const length = drawn < left ? drawn : left;
      total += (prefix[start + length] as number) - (prefix[start] as number);
      left -= length;
    }
    if (total <= tolerance) losses += 1;
  }
  return losses / RESAMPLES;
}

/** Sums of the first k of the returns written twice in a row, so that a block that wraps is one difference. */
function wrappedPrefixSums(returns: Float64Array): Float64Array {
  const count = returns.length;
  const prefix = new Float64Array(2 * count + 1);
  for (let index = 0; index < 2 * count; index++) {
    prefix[index + 1] = (prefix[index] as number) + (returns[index % count] as number);
  }
  return prefix;
}

function absoluteSum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += Math.abs(value);
  return total;
}
