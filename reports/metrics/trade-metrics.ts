import { must } from "#engine/assert.ts";
import type { Trade } from "#engine/result/run-result.ts";
import { allNull, type GroupValues, keysOf, type MetricValue } from "./metric-value.ts";
import { ZERO_MONEY } from "./money-metrics.ts";
import { isZeroSpread, mean, median, standardDeviation, sum } from "./statistics.ts";

const HOUR_MS = 3_600_000;
/** The 97.5 % point of the normal distribution as the interval of the Sharpe ratio uses it. */
const Z_95 = 1.96;
/** More trades than this do not raise the SQN (V. Tharp). */
const SQN_TRADES_MAX = 100;
const BEST_TRADES = 5;

/** The group Trades over closed trades, in any order; `net` is that of the whole run. */
export function tradeMetrics(trades: readonly Trade[], net: number): GroupValues<"Trades"> {
  const count = trades.length;
  if (count === 0) return { ...allNull(keysOf("Trades"), "no-trades"), trades: 0 };
  const ordered = trades.toSorted((a, b) => closedAt(a) - closedAt(b) || a.id - b.id);
  const pnl = Float64Array.from(ordered, (trade) => trade.netPnl);
  const wins = ordered.filter((trade) => outcome(trade.netPnl) > 0);
  const losses = ordered.filter((trade) => outcome(trade.netPnl) < 0);
  const won = sum(Float64Array.from(wins, (trade) => trade.netPnl));
  const lost = -sum(Float64Array.from(losses, (trade) => trade.netPnl));
  const best = pnl.toSorted().subarray(-BEST_TRADES);
  const interval = wilsonInterval(wins.length, count);
  return {
    trades: count,
    winRate: (100 * wins.length) / count,
    winRateLow: 100 * interval.low,
    winRateHigh: 100 * interval.high,
    profitFactor: losses.length === 0 ? "no-losses" : won / lost,
    payoff: payoff(won / wins.length, lost / losses.length),
    expectancy: mean(pnl),
    expectancyBps: mean(Float64Array.from(ordered, basisPoints)),
    expectancyR: expectancyR(ordered),
    sqn: systemQuality(ordered),
    holdMedian: medianHours(ordered) ?? "no-trades",
    holdWin: medianHours(wins) ?? "no-wins",
    holdLoss: medianHours(losses) ?? "no-losses",
    maxWins: longestStreak(ordered, 1),
    maxLosses: longestStreak(ordered, -1),
    mae: mean(Float64Array.from(ordered, (trade) => trade.mae)),
    mfe: mean(Float64Array.from(ordered, (trade) => trade.mfe)),
    top1Share:
      Math.abs(net) < ZERO_MONEY ? "zero-denominator" : (100 * (best.at(-1) as number)) / net,
    netWithoutTop5: net - sum(best),
  };
}

/** The score interval of a share (E. Wilson 1927) at 95 %; fractions. */
export function wilsonInterval(
  hits: number,
  count: number,
): { readonly low: number; readonly high: number } {
  const share = hits / count;
  const square = (Z_95 * Z_95) / count;
  const centre = (share + square / 2) / (1 + square);
  const halfWidth =
    (Z_95 * Math.sqrt((share * (1 - share)) / count + square / (4 * count))) / (1 + square);
  return { low: Math.max(0, centre - halfWidth), high: Math.min(1, centre + halfWidth) };
}

/** 1 for a win, −1 for a loss, 0 for a trade that came out even. */
function outcome(pnl: number): number {
  return Math.abs(pnl) < ZERO_MONEY ? 0 : Math.sign(pnl);
}

function closedAt(trade: Trade): number {
  return must(trade.closedAt, "Trade metrics count closed trades");
}

function basisPoints(trade: Trade): number {
  return (1e4 * trade.netPnl) / (trade.entryPrice * trade.qty);
}

function payoff(meanWin: number, meanLoss: number): MetricValue {
  if (Number.isNaN(meanLoss)) return "no-losses";
  return Number.isNaN(meanWin) ? "no-wins" : meanWin / meanLoss;
}

/** PnL in units of the money at risk; null without a stop, or with one at the entry price. */
function riskMultiple(trade: Trade): number | null {
  const risk = trade.initialRisk;
  return risk !== null && risk >= ZERO_MONEY ? trade.netPnl / risk : null;
}

function expectancyR(trades: readonly Trade[]): MetricValue {
  const multiples = trades.map(riskMultiple).filter((multiple) => multiple !== null);
  return multiples.length === 0 ? "no-stops" : mean(Float64Array.from(multiples));
}

function systemQuality(trades: readonly Trade[]): MetricValue {
  const multiples = trades.map(riskMultiple).filter((multiple) => multiple !== null);
  const hasAllStops = multiples.length === trades.length;
  const results = hasAllStops
    ? Float64Array.from(multiples)
    : Float64Array.from(trades, (trade) => trade.netPnl);
  if (results.length < 2) return "zero-variance";
  const spread = standardDeviation(results);
  const average = mean(results);
  if (isZeroSpread(spread, Math.abs(average))) return "zero-variance";
  return (Math.sqrt(Math.min(trades.length, SQN_TRADES_MAX)) * average) / spread;
}

function medianHours(trades: readonly Trade[]): number | null {
  if (trades.length === 0) return null;
  return median(Float64Array.from(trades, (trade) => closedAt(trade) - trade.openedAt)) / HOUR_MS;
}

function longestStreak(ordered: readonly Trade[], wanted: number): number {
  let longest = 0;
  let current = 0;
  for (const trade of ordered) {
    current = outcome(trade.netPnl) === wanted ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest;
}
