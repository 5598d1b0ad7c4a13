import type { SymbolStatistics } from "#data/synthetic/describe-market.ts";

/**
 * What is true of every liquid crypto perpetual at intervals from a minute to an hour over a quarter or more, with
 * bounds that real series keep (`real-market.slow.test.ts`) and a walk with normal innovations does not.
 */
const FACTS: Readonly<Record<string, (one: SymbolStatistics) => boolean>> = {
  "fat tails": (one) => one.excessKurtosis > 4,
  "moves beyond five sigma": (one) => one.beyondFiveSigma > 5e-4,
  "longer returns nearer to normal": (one) =>
    (one.kurtosisByHorizon.at(-1)?.value ?? Number.NaN) < one.excessKurtosis,
  "no memory in returns": (one) =>
    one.autocorrelation.every((each) => Math.abs(each.returns) < 0.05 + 3 / Math.sqrt(one.bars)),
  "volatility clusters": (one) => absAutocorrelation(one, 1) > 0.12,
  "volatility remembers long": (one) => absAutocorrelation(one, 20) > 0.05,
  "volume goes with moves": (one) => one.volumeToAbsReturn > 0.35,
  "range agrees with closes": (one) => Math.abs(one.rangeToCloseVol - 1) < 0.15,
  "the American session is busy": (one) => {
    const busy = one.hourlyVolume.slice(13, 17).reduce((sum, each) => sum + each, 0) / 4;
    const quiet = one.hourlyVolume.slice(3, 7).reduce((sum, each) => sum + each, 0) / 4;
    return busy > 1.5 * quiet;
  },
  "weekends are calm": (one) => one.weekendVol < 0.9 && one.weekendVolume < 0.8,
};

/** Names of the facts, for tests that count them. */
export const FACT_NAMES: readonly string[] = Object.keys(FACTS);

/** Names of the facts that do not hold. */
export function missingFacts(one: SymbolStatistics): readonly string[] {
  return FACT_NAMES.filter((name) => FACTS[name]?.(one) !== true);
}

function absAutocorrelation(one: SymbolStatistics, lag: number): number {
  return one.autocorrelation.find((each) => each.lag === lag)?.absReturns ?? Number.NaN;
}
