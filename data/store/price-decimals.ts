/** More decimals than any venue quotes; a price that needs more is not a decimal price. */
const DECIMALS_MAX = 12;

/**
 * How many decimals the prices need: the smallest n for which each of them is a whole multiple of 10^-n. What a tick
 * size can be inferred from. Prices that are no short decimals (averages, ratios) give 12.
 *
 * @param start Where to begin: the answer for other rows of the same series.
 */
export function priceDecimals(columns: readonly Float64Array[], start = 0): number {
  let decimals = start;
  let scale = 10 ** decimals;
  for (const column of columns) {
    for (let row = 0; row < column.length; row++) {
      const price = column[row] as number;
      while (Math.round(price * scale) / scale !== price) {
        if (decimals === DECIMALS_MAX) return decimals;
        scale = 10 ** ++decimals;
      }
    }
  }
  return decimals;
}
