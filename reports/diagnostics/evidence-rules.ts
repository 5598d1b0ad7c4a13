import { isoTime, place } from "#reports/diagnostics/place.ts";
import type { Rule } from "#reports/diagnostics/rule.ts";
import { formatMetric, formatMoney, formatNumber } from "#reports/metrics/format.ts";
import { dailyReturns } from "#reports/metrics/period-returns.ts";

/** Fewer closed trades than this say little. */
const TRADES_MIN = 100;
const DAYS_MIN = 30;
/** Percent of the net that one trade may make (`top1Share`). */
const TOP_SHARE_MAX = 50;
/** Share of a run that may pass before the first decision where nobody named the start. */
const WARMUP_SHARE_MAX = 0.1;
/** Money below which a sum of doubles counts as zero, as a share of the start balance. */
const ZERO_SHARE = 1e-9;

export const noTrades: Rule = ({ run }) =>
  run.trades.length === 0 && run.openTrades.length === 0
    ? [{ code: "no-trades", message: "The strategy made no trade", count: 1 }]
    : [];

export const fewTrades: Rule = ({ run }) => {
  const { length } = run.trades;
  if (length >= TRADES_MIN || (length === 0 && run.openTrades.length === 0)) return [];
  const message = `${few(length, "closed trade")}: fewer than ${TRADES_MIN} say little`;
  return [{ code: "few-trades", message, count: 1 }];
};

export const fewDays: Rule = ({ run }) => {
  const days = dailyReturns(run).returns.length;
  if (days >= DAYS_MIN) return [];
  return [
    { code: "few-days", message: `${few(days, "full day")}: ratios need ${DAYS_MIN}`, count: 1 },
  ];
};

/** The best trade's share of a positive net, as `top1Share` defines it. */
export const oneTrade: Rule = ({ run, summary }) => {
  const { top1Share, net } = summary.metrics;
  if (top1Share === null || net === null || net <= 0 || top1Share <= TOP_SHARE_MAX) return [];
  const best = run.trades.reduce((a, b) => (b.netPnl > a.netPnl ? b : a));
  const where = place(best.openedAt, best.symbol, best.id);
  const message = `One trade made ${formatMetric("top1Share", top1Share)} of the net profit: ${where}`;
  return [{ code: "one-trade", message, count: 1 }];
};

/**
 * Fees that ate what the trading itself had earned. Gross profit is the price profit less slippage, of closed and
 * open trades together: what the fills made before fees and funding. A run that lost before its fees has another
 * problem and is not told this.
 */
export const feesAboveProfit: Rule = ({ run }) => {
  const { pricePnl, slippage, feesMaker, feesTaker, liqFees } = run.totals;
  const fees = feesMaker + feesTaker + liqFees;
  const gross = pricePnl - slippage;
  const isEarning = pricePnl >= -Math.abs(run.startBalance) * ZERO_SHARE;
  if (run.fills.length === 0 || !isEarning || fees <= Math.max(0, gross)) return [];
  const message =
    gross > 0
      ? `Fees of ${formatMoney(fees)} are above the gross profit of ${formatMoney(gross)} that the fills made before them`
      : `Fees of ${formatMoney(fees)} met no gross profit: of ${formatMoney(Math.max(0, pricePnl))} before all costs, slippage left ${formatMoney(gross)}`;
  return [{ code: "fees-above-profit", message, count: 1 }];
};

/** Both legs in one bar: the width of the band is what the reader has to know. */
export const ambiguousBars: Rule = ({ run }) => {
  const { ambiguousBars: bars, ambiguousTrades, pessimistic, optimistic } = run.band;
  if (bars === 0) return [];
  const trades = run.trades.length + run.openTrades.length;
  const share =
    trades === 0 ? "" : ` (${formatNumber((100 * ambiguousTrades) / trades, 1, "plain")} %)`;
  const message = `${plural(ambiguousTrades, "trade")}${share} met two of their orders in one bar: net between ${formatMetric("net", pessimistic.net)} and ${formatMetric("net", optimistic.net)}`;
  return [{ code: "ambiguous-bars", message, count: bars }];
};

/**
 * Decisions that began later than they were to. Where nobody named a start, the first bars of the data warm up by
 * nature: that is told only when it takes more than a tenth of the run.
 */
export const shortWarmup: Rule = ({ run, warmup }) => {
  const { isStartAsked, wanted, firstDecision, symbol, intervalMs } = warmup;
  if (firstDecision === null) {
    const message = `${symbol}: the data is too short for the indicators, so nothing was ever decided`;
    return [{ code: "short-warmup", message, count: 1 }];
  }
  const delay = firstDecision - wanted;
  if (delay <= 0 || (!isStartAsked && delay <= WARMUP_SHARE_MAX * (run.to - run.from))) return [];
  const late = plural(Math.round(delay / intervalMs), "bar");
  const message = `${symbol}: indicators lack earlier candles, so the first decision falls on ${isoTime(firstDecision)}, ${late} late`;
  return [{ code: "short-warmup", message, count: 1 }];
};

export const chosenFromTrials: Rule = ({ trials }) =>
  trials > 1
    ? [
        {
          code: "chosen-from-trials",
          message: `Chosen from ${plural(trials, "trial")}: read DSR, not PSR`,
          count: 1,
        },
      ]
    : [];

function few(count: number, noun: string): string {
  return count === 0 ? `No ${noun}` : `Only ${plural(count, noun)}`;
}

function plural(count: number, noun: string): string {
  return `${formatNumber(count, 0, "plain")} ${noun}${count === 1 ? "" : "s"}`;
}
