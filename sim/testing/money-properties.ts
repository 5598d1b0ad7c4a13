import * as fc from "fast-check";
import { expect } from "vitest";
import type { Position } from "#engine/ledger/position.ts";
import { auditRecords, MONEY_TOLERANCE } from "#engine/testing/audit-records.ts";
import { toNumber } from "#engine/testing/fraction.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import { play, type RandomRun, randomRun } from "#sim/testing/random-run.ts";

function expectMoney(actual: number, exact: number, scale: number): void {
  expect(Math.abs(actual - exact)).toBeLessThanOrEqual(MONEY_TOLERANCE * Math.max(1, scale));
}

function isResizing(run: RandomRun): boolean {
  const actions = run.symbols.flatMap((one) => one.plan.flat());
  return actions.some((one) => one.kind === "amend" && one.lots !== null);
}

/** All that must hold of the money of any run. */
function checkMoney(run: RandomRun): void {
  const { backtest, records } = play(run);
  const { engine, exchange, symbols } = backtest;
  const instruments = symbols.map((one) => one.instrument);
  const exact = auditRecords(records.rows, instruments, run.balance, isResizing(run));
  const { ledger } = engine;
  const scale = Math.max(run.balance, toNumber(exact.turnover));
  // Start + realised − fees + funding, by the exact fold and by the engine's own totals.
  expectMoney(ledger.wallet, toNumber(exact.wallet), scale);
  expectMoney(ledger.funding, toNumber(exact.funding), scale);
  expectMoney(ledger.feesMaker + ledger.feesTaker + ledger.liqFees, toNumber(exact.fees), scale);
  expectMoney(exchange.account.wallet, ledger.wallet, 1);
  symbols.forEach((_, at) => {
    const position = ledger.positions[at] as Position;
    const venue = exchange.symbols[at];
    expect(position.qtyLots).toBe(exact.lots(at));
    expect(venue?.position.qtyLots).toBe(position.qtyLots);
    expectMoney(position.entryValue, toNumber(exact.entryValue(at)), scale);
    expectMoney(venue?.position.entryValue ?? Number.NaN, position.entryValue, 1);
    if (position.qtyLots === 0) expect(position.entryValue).toBe(0);
  });
  const equity = toNumber(exact.equity(Array.from(engine.desk.marks)));
  expectMoney(engine.desk.equity(), equity, scale);
  const result = backtestResult(backtest);
  expectMoney(result.equity.equity.at(-1) as number, equity, scale);
  const net = equity - run.balance;
  const trades = [...result.trades, ...result.openTrades];
  expectMoney(
    trades.reduce((sum, trade) => sum + trade.netPnl, 0),
    net,
    scale,
  );
  expectMoney(
    trades.reduce((sum, trade) => sum + trade.fees, 0),
    toNumber(exact.fees),
    scale,
  );
  const { totals, band } = result;
  const paid = totals.slippage + totals.feesMaker + totals.feesTaker + totals.liqFees;
  expectMoney(totals.pricePnl - paid + totals.funding, net, scale);
  expect(totals.slippage).toBeGreaterThanOrEqual(0);
  expect(band.pessimistic.net).toBeLessThanOrEqual(net + 1e-9 * scale);
  expect(band.optimistic.net).toBeGreaterThanOrEqual(net - 1e-9 * scale);
  for (const trade of trades) expect(trade.mae <= 0 && trade.mfe >= 0).toBe(true);
}

/** Records, ledger, venue and trades tell the same money; see `auditRecords` for what else must hold. */
export const moneyOfOne = fc.property(randomRun(1), checkMoney);
export const moneyOfSeveral = fc.property(randomRun(3), checkMoney);

function checkSolvency(run: RandomRun): void {
  const { backtest } = play(run);
  const { account } = backtest.exchange;
  const rounding = 1e-9 * Math.max(1, run.balance);
  if (!account.isCross) expect(account.free).toBeGreaterThanOrEqual(-rounding);
  // Under a stored mark the path of the last price may end an entry's bar where the mark has been before it.
  if (run.symbols.some((one) => one.markShift !== null)) return;
  // Bars of several lengths are valued at different closes.
  if (account.isCross && run.symbols.some((one) => one.hours !== 1)) return;
  const { equity, length } = backtest.recorder.columns();
  for (let at = 0; at < length; at++) expect(equity[at]).toBeGreaterThanOrEqual(-rounding);
}

/** The wallet covers the isolated margin of all positions, or the equity that of a cross account: it stays above zero. */
export const solvency = fc.property(randomRun(3), checkSolvency);
