import * as fc from "fast-check";
import { expect } from "vitest";
import { must } from "#engine/assert.ts";
import type { RunResult, Trade } from "#engine/result/run-result.ts";
import { toNumber } from "#engine/testing/fraction.ts";
import { computeSummary } from "#reports/metrics/compute-summary.ts";
import type { MetricKey } from "#reports/metrics/metric-table.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import { play, type RandomRun, randomRun } from "#sim/testing/random-run.ts";
import { type FoldedTrade, RecordsFold } from "./records-fold.ts";

/** Of everything that was added up. */
const TOLERANCE = 1e-9;
/** An average within this share of a tick is told as the tick. */
const ON_TICK = 2e-6;

/**
 * I37: trades, fills, totals, the equity wherever nothing is held, and the metrics of money and trades are what an
 * independent fold of the run's records comes to.
 */
export const reportedNumbers = fc.property(randomRun(3), expectFolded);

function expectFolded(run: RandomRun): void {
  const { backtest, records } = play(run);
  const instruments = backtest.symbols.map(({ instrument }) => instrument);
  const fold = new RecordsFold(instruments, run.balance);
  for (const row of records.rows) fold.take(row);
  const result = backtestResult(backtest);
  const scale = Math.max(1, run.balance, toNumber(fold.ledger.turnover));
  const near = (actual: number | null | undefined, expected: number): void => {
    expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThanOrEqual(TOLERANCE * scale);
  };
  const ticks = new Map(instruments.map(({ symbol, tick }) => [symbol, tick.step]));
  const nearPrice = (actual: number | null, expected: number, symbol: string): void => {
    const slack = ON_TICK * (ticks.get(symbol) ?? 0) + TOLERANCE * Math.abs(expected);
    expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThanOrEqual(slack);
  };
  expectTrades(result.trades, fold.closed, near, nearPrice);
  expectTrades(result.openTrades, fold.open, near, nearPrice);
  expect(
    result.fills.map(({ slippage: _s, participation: _p, reason: _r, ...told }) => told),
  ).toEqual(fold.fills);
  expectTotals(result, fold, near);
  expectFlatEquity(result, fold, near);
  expectMetrics(result, fold, near);
}

type Near = (actual: number | null | undefined, expected: number) => void;
type NearPrice = (actual: number | null, expected: number, symbol: string) => void;

function expectTrades(
  trades: readonly Trade[],
  folded: readonly FoldedTrade[],
  near: Near,
  nearPrice: NearPrice,
): void {
  const expected = folded.toSorted((a, b) => a.id - b.id);
  expect(trades.length).toBe(expected.length);
  trades.forEach((trade, at) => {
    const one = must(expected[at], "As many on either side");
    const { id, symbol, side, openedAt, closedAt, qty, entries, exits } = one;
    expect(trade).toMatchObject({ id, symbol, side, openedAt, closedAt, qty });
    near(trade.fees, one.fees);
    near(trade.funding, one.funding);
    near(trade.netPnl, trade.grossPnl - one.fees + one.funding);
    nearPrice(trade.entryPrice, entries.notional / entries.qty, symbol);
    if (closedAt === null) return;
    nearPrice(trade.exitPrice, exits.notional / exits.qty, symbol);
    near(trade.grossPnl, grossOf(one));
  });
}

function grossOf({ side, entries, exits }: FoldedTrade): number {
  return (side === "long" ? 1 : -1) * (exits.notional - entries.notional);
}

function expectTotals({ totals }: RunResult, fold: RecordsFold, near: Near): void {
  const { orders, liquidations, ...money } = fold.totals;
  expect([totals.orders, totals.liquidations]).toEqual([orders, liquidations]);
  for (const [name, amount] of Object.entries(money))
    near(totals[name as keyof typeof money], amount);
}

/** Where nothing is held no price matters: the equity is the wallet. */
function expectFlatEquity({ equity }: RunResult, { wallets }: RecordsFold, near: Near): void {
  let at = 0;
  for (let row = 0; row < equity.length; row++) {
    const time = must(equity.time[row], "A row has its time");
    while ((wallets[at]?.time ?? Number.POSITIVE_INFINITY) < time) at += 1;
    const last = wallets[at - 1];
    // What happens at the very close may be before or after it.
    if (last?.isFlat === true && wallets[at]?.time !== time) near(equity.equity[row], last.wallet);
  }
}

/** The groups Money and Trades, reckoned once more in the plainest way. */
function expectMetrics(result: RunResult, fold: RecordsFold, near: Near): void {
  const { metrics } = computeSummary(result, { gates: false, seed: 1 });
  const { totals, closed } = fold;
  const told = (key: MetricKey, value: number): void => near(metrics[key], value);
  told("feesMaker", totals.feesMaker);
  told("feesTaker", totals.feesTaker);
  told("liqFees", totals.liqFees);
  told("funding", totals.funding);
  if (fold.open.length === 0) told("net", toNumber(fold.ledger.wallet) - result.startBalance);
  expect(metrics.trades).toBe(closed.length);
  if (closed.length === 0) return;
  const nets = closed.map((one) => grossOf(one) - one.fees + one.funding);
  told("expectancy", nets.reduce((sum, net) => sum + net, 0) / nets.length);
  // A net that is zero but for rounding is neither won nor lost.
  if (nets.some((net) => Math.abs(net) < 1e-6)) return;
  told("winRate", (100 * nets.filter((net) => net > 0).length) / nets.length);
}
