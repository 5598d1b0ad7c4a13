import { assert } from "#engine/assert.ts";
import type { RunResult, RunTotals } from "#engine/result/run-result.ts";
import type { GroupValues } from "./metric-value.ts";

/** How far the two ways to the net may differ, relative to the largest amount involved. */
const TOLERANCE = 1e-8;
/** Sums of equity round at the size of the account; an account this many times larger than its flows is no fault. */
const ACCOUNT_SHARE = 1e-3;
/** Money below this is zero. */
export const ZERO_MONEY = 1e-9;

/** E_end − E0. */
export function netProfit(run: RunResult): number {
  const { equity, length } = run.equity;
  return length === 0 ? 0 : (equity[length - 1] as number) - run.startBalance;
}

/** The group Money; the equity curve and the totals have to agree on the net. */
export function moneyMetrics(run: RunResult): GroupValues<"Money"> {
  const { totals } = run;
  const net = netProfit(run);
  assertNetAddsUp(net, totals, run.startBalance);
  const costs =
    totals.slippage +
    totals.feesMaker +
    totals.feesTaker +
    totals.liqFees +
    Math.max(0, -totals.funding);
  const gross = Math.abs(totals.pricePnl);
  const isIdle = totals.makerNotional + totals.takerNotional === 0;
  return {
    net,
    pricePnl: totals.pricePnl,
    slippage: totals.slippage,
    feesMaker: totals.feesMaker,
    feesTaker: totals.feesTaker,
    funding: totals.funding,
    liqFees: totals.liqFees,
    costShare:
      gross < ZERO_MONEY ? (isIdle ? "no-trades" : "zero-denominator") : (100 * costs) / gross,
  };
}

/** net = pricePnl − slippage − fees − liqFees + funding: the curve and the ledger tell one story. */
function assertNetAddsUp(net: number, totals: RunTotals, startBalance: number): void {
  const { pricePnl, slippage, feesMaker, feesTaker, liqFees, funding } = totals;
  const parts = [pricePnl, -slippage, -feesMaker, -feesTaker, -liqFees, funding];
  const explained = parts.reduce((total, part) => total + part, 0);
  const size = Math.max(...parts.map(Math.abs), Math.abs(net), ACCOUNT_SHARE * startBalance);
  assert(
    Math.abs(net - explained) <= TOLERANCE * size,
    () => `The equity curve shows a net of ${net}, the money totals explain ${explained}`,
  );
}
