import { place } from "#reports/diagnostics/place.ts";
import type { Rule } from "#reports/diagnostics/rule.ts";
import { formatNumber } from "#reports/metrics/format.ts";

/** Above this share of a bar's volume a price may not hold (a fraction). */
const SHARE_MAX = 0.01;

/**
 * Executions in bars of volume zero. Liquidations are left out: the venue takes a position over at a price of its
 * books, it buys and sells nothing in that bar.
 */
export const zeroVolumeFill: Rule = ({ run }) => {
  const found = run.fills.filter(
    ({ participation, reason }) =>
      participation === Number.POSITIVE_INFINITY && reason !== "liquidation",
  );
  const [first] = found;
  if (first === undefined) return [];
  const where = place(first.time, first.symbol, first.tradeId);
  const message = `Orders filled in bars without any volume, first ${where}`;
  return [{ code: "zero-volume-fill", message, count: found.length }];
};

/** Executions above 1 % of their bar's volume; the largest is named beside the first. */
export const participation: Rule = ({ run }) => {
  const found = run.fills.filter(
    (fill) => fill.participation > SHARE_MAX && fill.participation < Number.POSITIVE_INFINITY,
  );
  const [first] = found;
  if (first === undefined) return [];
  const largest = found.reduce((a, b) => (b.participation > a.participation ? b : a));
  const where = place(first.time, first.symbol, first.tradeId);
  const message = `Fills took more than 1 % of their bar's volume, first ${where}: the largest ${formatNumber(100 * largest.participation, 2, "plain")} %`;
  return [{ code: "participation", message, count: found.length }];
};
