import * as fc from "fast-check";
import { expect } from "vitest";
import { checkBooks } from "#props/invariants/books.ts";
import { play, type RandomRun, randomRun } from "#sim/testing/random-run.ts";

function isResizing(run: RandomRun): boolean {
  const actions = run.symbols.flatMap((one) => one.plan.flat());
  return actions.some((one) => one.kind === "amend" && one.lots !== null);
}

/** All that must hold of the money of any run. */
function checkMoney(run: RandomRun): void {
  const { backtest, records } = play(run);
  checkBooks({ backtest, rows: records.rows, isResizing: isResizing(run) });
}

/** Records, ledger, venue and trades tell the same money; see `checkBooks`. */
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
