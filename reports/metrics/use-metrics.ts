import { lowerBound } from "#engine/market/bars.ts";
import type { EquityColumns, RunResult, Trade } from "#engine/result/run-result.ts";
import type { GroupValues, MetricValue, ReasonCode } from "./metric-value.ts";
import type { ReturnSample } from "./return-sample.ts";
import { quantile } from "./statistics.ts";

/** The group Use: how much of the account, of the time and of the market the run took. */
export function useMetrics(run: RunResult, sample: ReturnSample): GroupValues<"Use"> {
  const { totals, equity } = run;
  const notional = totals.makerNotional + totals.takerNotional;
  const isIdle = notional === 0;
  const leverage = grossLeverage(equity);
  const participation = participations(run);
  const noShare: ReasonCode = run.fills.length === 0 ? "no-trades" : "no-volume";
  const ruined: ReasonCode | null = sample.isRuined ? "ruined" : null;
  return {
    timeInMarket: 100 * timeInMarket(run),
    grossLevAvg: ruined ?? leverage.mean,
    grossLevMax: ruined ?? leverage.max,
    turnover: turnover(notional, equity, sample),
    makerShare: isIdle ? "no-trades" : (100 * totals.makerNotional) / notional,
    slipBps: isIdle ? "no-trades" : (1e4 * totals.slippage) / notional,
    partMax: participation.length === 0 ? noShare : 100 * (participation.at(-1) as number),
    partP95: participation.length === 0 ? noShare : 100 * quantile(participation, 0.95),
    liquidations: totals.liquidations,
  };
}

/**
 * Share of bars with a position, a fraction: one at the bar's close, or a trade that lived for some time inside the
 * bar. A bar begins where the bar before it closed.
 */
export function timeInMarket(run: RunResult): number {
  const { length, grossNotional } = run.equity;
  if (length === 0) return 0;
  const changes = new Int32Array(length + 1);
  for (const trade of run.trades) countTrade(changes, run, trade);
  let open = 0;
  let bars = 0;
  for (let row = 0; row < length; row++) {
    open += changes[row] as number;
    if (open > 0 || (grossNotional[row] as number) > 0) bars += 1;
  }
  return bars / length;
}

/** Adds one to the bars [first, last] in which the trade lived. */
function countTrade(changes: Int32Array, run: RunResult, trade: Trade): void {
  const { time, length } = run.equity;
  // Times are whole milliseconds: the first bar that closes after the opening, the first that closes at or after
  // the exit.
  const first = lowerBound(time, length, trade.openedAt + 1);
  const last = Math.min(length - 1, lowerBound(time, length, trade.closedAt ?? run.to));
  if (last < first) return;
  changes[first] = (changes[first] as number) + 1;
  changes[last + 1] = (changes[last + 1] as number) - 1;
}

function grossLeverage(equity: EquityColumns): { readonly mean: number; readonly max: number } {
  let total = 0;
  let max = 0;
  for (let row = 0; row < equity.length; row++) {
    const leverage = (equity.grossNotional[row] as number) / (equity.equity[row] as number);
    total += leverage;
    max = Math.max(max, leverage);
  }
  return { mean: equity.length === 0 ? 0 : total / equity.length, max };
}

/** Σ |fill notional| / mean(E) / Y. */
function turnover(notional: number, equity: EquityColumns, sample: ReturnSample): MetricValue {
  let total = 0;
  for (let row = 0; row < equity.length; row++) total += equity.equity[row] as number;
  if (sample.tooShort !== null) return sample.tooShort;
  if (equity.length === 0) return "zero-denominator";
  return notional / (total / equity.length) / sample.periods.years;
}

/** Known participations as fractions, ascending. */
function participations(run: RunResult): Float64Array {
  const known = new Float64Array(run.fills.length);
  let count = 0;
  for (const { participation } of run.fills) {
    if (Number.isFinite(participation)) known[count++] = participation;
  }
  return known.subarray(0, count).toSorted();
}
