import type { BarColumns } from "#engine/market/bars.ts";
import type { FillRow } from "#engine/result/run-result.ts";
import { FillBars } from "#reports/diagnostics/fill-bars.ts";
import { place } from "#reports/diagnostics/place.ts";
import type { Rule } from "#reports/diagnostics/rule.ts";

/** So many bars without a trade in a row before a fill; one or two are ordinary in a small market. */
const QUIET_BARS_MIN = 3;
/** More missing bars than this before a fill: a long weekend of daily bars is none. */
const MISSING_BARS_MAX = 3;

/**
 * Executions right after bars that did not trade or are missing: what they were decided on was old, and the price
 * that they met may be far from it. Liquidations are left out, nobody decides them.
 */
export const staleMarket: Rule = ({ run }) => {
  const bars = new FillBars(run);
  const found: { readonly fill: FillRow; readonly why: string }[] = [];
  for (const fill of run.fills) {
    if (fill.reason === "liquidation") continue;
    const at = bars.find(fill);
    const why = at === null ? null : staleness(at.bars, at.row);
    if (why !== null) found.push({ fill, why });
  }
  const [first] = found;
  if (first === undefined) return [];
  const where = place(first.fill.time, first.fill.symbol, first.fill.tradeId);
  const message = `Orders filled in a market that had stood still, first ${where}, after ${first.why}`;
  return [{ code: "stale-market", message, count: found.length }];
};

function staleness(bars: BarColumns, row: number): string | null {
  if (row === 0) return null;
  const { time, volume, intervalMs } = bars;
  const missing = Math.round(((time[row] as number) - (time[row - 1] as number)) / intervalMs) - 1;
  if (missing > MISSING_BARS_MAX) return `${missing} missing bars`;
  let quiet = 0;
  while (quiet < row && volume[row - 1 - quiet] === 0) quiet += 1;
  return quiet >= QUIET_BARS_MIN ? `${quiet} bars without a trade` : null;
}
