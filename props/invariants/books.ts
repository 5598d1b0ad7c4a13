import type { Position } from "#engine/ledger/position.ts";
import { auditRecords, MONEY_TOLERANCE } from "#engine/testing/audit-records.ts";
import type { ExactLedger } from "#engine/testing/exact-ledger.ts";
import { toNumber } from "#engine/testing/fraction.ts";
import { holds, InvariantBroken } from "#props/invariants/invariant-broken.ts";
import { instrumentsOf, type PlayedRun } from "#props/invariants/played-run.ts";
import { backtestResult } from "#sim/backtest-result.ts";

/**
 * Records, ledger, venue and trades of a run tell the same money. The exact ledger folds the same fills in rational
 * numbers, and the records are read like an auditor does: orders move along their table, fills add up and never exceed
 * their order, reduce-only neither opens nor turns a position (see `audit-records.ts`).
 * @throws InvariantBroken `books`
 */
export function checkBooks(run: PlayedRun): void {
  const exact = audited(run);
  const { engine, exchange, symbols } = run.backtest;
  const { ledger } = engine;
  const scale = Math.max(run.backtest.config.startBalance, toNumber(exact.turnover));
  const same = near(scale);
  // Start + realised − fees + funding, by the exact fold and by the engine's own totals.
  same("wallet", ledger.wallet, toNumber(exact.wallet));
  same("funding", ledger.funding, toNumber(exact.funding));
  same("fees", ledger.feesMaker + ledger.feesTaker + ledger.liqFees, toNumber(exact.fees));
  near(1)("wallet of the venue", exchange.account.wallet, ledger.wallet);
  symbols.forEach(({ instrument }, at) => {
    const position = ledger.positions[at] as Position;
    const venue = exchange.symbols[at]?.position;
    const { symbol } = instrument;
    equal(`lots of ${symbol}`, position.qtyLots, exact.lots(at));
    equal(`lots of ${symbol} at the venue`, venue?.qtyLots ?? Number.NaN, position.qtyLots);
    same(`entry value of ${symbol}`, position.entryValue, toNumber(exact.entryValue(at)));
    const venueValue = venue?.entryValue ?? Number.NaN;
    near(1)(`entry value of ${symbol} at the venue`, venueValue, position.entryValue);
    if (position.qtyLots === 0) equal(`entry value of a flat ${symbol}`, position.entryValue, 0);
  });
  const equity = toNumber(exact.equity(Array.from(engine.desk.marks)));
  same("equity", engine.desk.equity(), equity);
  checkResult(run, exact, equity, scale);
}

/** What the report says of the run adds up to the same. */
function checkResult(run: PlayedRun, exact: ExactLedger, equity: number, scale: number): void {
  const { startBalance } = run.backtest.config;
  const same = near(scale);
  const result = backtestResult(run.backtest);
  const last = result.equity.length === 0 ? startBalance : result.equity.equity.at(-1);
  same("last equity", last ?? Number.NaN, equity);
  const net = equity - startBalance;
  const trades = [...result.trades, ...result.openTrades];
  const sum = (key: "netPnl" | "fees"): number => trades.reduce((all, one) => all + one[key], 0);
  same("net of all trades", sum("netPnl"), net);
  same("fees of all trades", sum("fees"), toNumber(exact.fees));
  const { totals, band } = result;
  const paid = totals.slippage + totals.feesMaker + totals.feesTaker + totals.liqFees;
  same("explained net", totals.pricePnl - paid + totals.funding, net);
  const least = (what: string, low: number, high: number): void =>
    holds("books", low <= high + 1e-9 * scale, () => `${what}: ${low} is above ${high}`);
  least("no slippage is earned", 0, totals.slippage);
  least("the pessimistic net", band.pessimistic.net, net);
  least("the optimistic net", net, band.optimistic.net);
  for (const { id, mae, mfe } of trades) {
    holds("books", mae <= 0 && mfe >= 0, () => `Trade ${id} went ${mae} against and ${mfe} for it`);
  }
}

function audited(run: PlayedRun): ExactLedger {
  const { startBalance } = run.backtest.config;
  try {
    return auditRecords(run.rows, instrumentsOf(run), startBalance, run.isResizing);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InvariantBroken("books", message, { cause: error });
  }
}

function near(scale: number): (what: string, actual: number, exact: number) => void {
  return (what, actual, exact) => {
    const isNear = Math.abs(actual - exact) <= MONEY_TOLERANCE * Math.max(1, scale);
    holds("books", isNear, () => `The ${what} is ${actual}, by the exact fold ${exact}`);
  };
}

function equal(what: string, actual: number, exact: number): void {
  holds("books", actual === exact, () => `The ${what} is ${actual}, by the exact fold ${exact}`);
}
