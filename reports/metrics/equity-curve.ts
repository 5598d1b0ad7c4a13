import type { RunResult } from "#engine/result/run-result.ts";

const DAY_MS = 86_400_000;

/** Equity at every bar close, with the start balance before the first bar. Drawdowns are measured on it. */
export interface EquityCurve {
  /** E0, the first peak; above zero. */
  readonly start: number;
  /** When E0 held, epoch ms. */
  readonly startTime: number;
  readonly length: number;
  readonly time: Float64Array;
  readonly equity: Float64Array;
  /** Equity at the adverse extreme of each bar; null where positions are not known. */
  readonly equityLow: Float64Array | null;
}

export function runCurve(run: RunResult): EquityCurve {
  return {
    start: run.startBalance,
    startTime: run.from,
    length: run.equity.length,
    time: run.equity.time,
    equity: run.equity.equity,
    equityLow: run.equity.equityLow,
  };
}

export interface DrawdownStatistics {
  /** min(E / max E − 1), a fraction ≤ 0. */
  readonly deepest: number;
  /** The same at the bars' adverse extremes; NaN where those are not known. */
  readonly deepestIntrabar: number;
  /** Longest time from the last bar at a peak to its recovery, or to the end where there was none, in days. */
  readonly longestDays: number;
  /** Share of bars below the peak, a fraction; 0 without bars. */
  readonly underwater: number;
  readonly lowestEquity: number;
}

/** Equity within this share of its peak is at the peak: the same money, summed in another order. */
const AT_PEAK = 1e-12;

/** Whether equity is below its peak by more than rounding. */
export function isBelow(equity: number, peak: number): boolean {
  return equity < peak * (1 - AT_PEAK);
}

/**
 * Walks the curve once. At an adverse extreme only the peaks of earlier closes are known to lie before it, so it
 * is compared with those.
 */
export function measureDrawdown(curve: EquityCurve): DrawdownStatistics {
  let peak = curve.start;
  let peakTime = curve.startTime;
  let deepest = 0;
  let deepestIntrabar = 0;
  let longestMs = 0;
  let below = 0;
  let isDown = false;
  let lowest = curve.start;
  for (let row = 0; row < curve.length; row++) {
    const equity = curve.equity[row] as number;
    const time = curve.time[row] as number;
    const low = Math.min(
      equity,
      curve.equityLow === null ? equity : (curve.equityLow[row] as number),
    );
    deepestIntrabar = Math.min(deepestIntrabar, low / peak - 1);
    lowest = Math.min(lowest, equity);
    if (isBelow(equity, peak)) {
      below += 1;
      isDown = true;
      deepest = Math.min(deepest, equity / peak - 1);
    } else {
      if (isDown) longestMs = Math.max(longestMs, time - peakTime);
      isDown = false;
      peak = Math.max(peak, equity);
      peakTime = time;
    }
  }
  if (isDown) {
    longestMs = Math.max(longestMs, (curve.time[curve.length - 1] as number) - peakTime);
  }
  return {
    deepest,
    deepestIntrabar: curve.equityLow === null ? Number.NaN : deepestIntrabar,
    longestDays: longestMs / DAY_MS,
    underwater: curve.length === 0 ? 0 : below / curve.length,
    lowestEquity: lowest,
  };
}
