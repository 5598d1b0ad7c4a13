import { isoTime, place } from "#reports/diagnostics/place.ts";
import type { Rule } from "#reports/diagnostics/rule.ts";

export const ruined: Rule = ({ run, summary }) => {
  if (summary.reasons.cagr !== "ruined") return [];
  const { equity } = run;
  const row = equity.equity.findIndex((value) => value <= 0);
  const when = row < 0 ? "" : `, first ${isoTime(equity.time[row] as number)}`;
  const message = `Equity fell to zero or below${when}: ratios and annual figures are not defined`;
  return [{ code: "ruined", message, count: 1 }];
};

export const accountBankrupt: Rule = ({ run }) => {
  const count = run.totals.bankruptcies ?? 0;
  if (count === 0) return [];
  const last = run.fills.findLast(({ reason }) => reason === "liquidation");
  const where = last === undefined ? "" : `, last ${place(last.time, last.symbol, last.tradeId)}`;
  const message = `The whole equity of the cross account was lost${where}`;
  return [{ code: "account-bankrupt", message, count }];
};

export const booksDiffer: Rule = ({ run }) => {
  const count = run.totals.reconcileFindings ?? 0;
  if (count === 0) return [];
  const message = `The books and the exchange said different things ${count} time${count === 1 ? "" : "s"}`;
  return [{ code: "books-differ", message, count }];
};

export const liquidation: Rule = ({ run }) => {
  const { liquidations } = run.totals;
  if (liquidations === 0) return [];
  const first = run.fills.find(({ reason }) => reason === "liquidation");
  const where =
    first === undefined ? "" : `, first ${place(first.time, first.symbol, first.tradeId)}`;
  return [
    { code: "liquidation", message: `Positions were liquidated${where}`, count: liquidations },
  ];
};

export const partialRun: Rule = ({ run, isPartial }) =>
  isPartial
    ? [
        {
          code: "partial-run",
          message: `The run ended at ${isoTime(run.to)}, before its data did: the numbers cover only what was simulated`,
          count: 1,
        },
      ]
    : [];

/** Open trades count in the equity alone. */
export const openAtEnd: Rule = ({ run }) => {
  const [first] = run.openTrades;
  if (first === undefined) return [];
  const where = place(first.openedAt, first.symbol, first.id);
  const message = `Trades still open at the end are marked, not counted, first ${where}`;
  return [{ code: "open-at-end", message, count: run.openTrades.length }];
};
