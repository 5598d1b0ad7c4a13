import { expect, test } from "vitest";
import { computeSummary } from "#reports/metrics/compute-summary.ts";
import { closedTrade, equityRun } from "#reports/testing/equity-run.ts";
import { runWarnings } from "./run-warnings.ts";

const quiet = { partial: false, synthetic: false };
const options = { gates: true, seed: 1 };

/** A hundred equal days with a hundred equal trades: nothing to warn of. */
const calm = equityRun(
  Array.from({ length: 101 }, (_, day) => 1000 + day),
  { trades: Array.from({ length: 100 }, (_, index) => closedTrade(index + 1, 1)) },
);

function codes(run = calm, context = quiet): string[] {
  return runWarnings(run, computeSummary(run, options), context).map(({ code }) => code);
}

test("a long run of many trades has no warning", () => {
  expect(codes()).toEqual([]);
});

test("too few trades and days are warnings", () => {
  const run = equityRun([1000, 1001, 1002], { trades: [closedTrade(1, 1), closedTrade(2, 1)] });
  const warnings = runWarnings(run, computeSummary(run, options), quiet);
  expect(warnings.map(({ message }) => message)).toEqual([
    "Only 2 closed trades: fewer than 100 say little",
    "Only 2 full days: ratios need 30",
  ]);
});

test("what happened to the account comes before what limits the evidence", () => {
  const run = equityRun([1000, 500, -10]);
  const liquidated = { ...run, totals: { ...run.totals, liquidations: 1 } };
  expect(codes(liquidated, { partial: true, synthetic: true })).toEqual([
    "ruined",
    "liquidation",
    "partial",
    "synthetic-data",
    "few-trades",
    "few-days",
  ]);
});

test("one trade that makes most of the net, and ambiguous bars", () => {
  const trades = [
    closedTrade(1, 80),
    ...Array.from({ length: 99 }, (_, i) => closedTrade(i + 2, 0.2)),
  ];
  const run = {
    ...calm,
    trades,
    band: {
      ambiguousBars: 3,
      ambiguousTrades: 2,
      pessimistic: { net: 50 },
      optimistic: { net: 130 },
    },
  };
  const warnings = runWarnings(run, computeSummary(run, options), { ...quiet, trials: 40 });
  expect(warnings.map(({ code }) => code)).toEqual([
    "ambiguous-fills",
    "one-trade",
    "chosen-from-trials",
  ]);
  expect(warnings[0]?.message).toBe(
    "2 trades (2.0 %) met stop and target in one bar (3 bars): net between +50.00 and +130.00",
  );
});

test("diagnostics of the run are listed by severity and stand for a warning of the same code", () => {
  const run = {
    ...equityRun([1000, 1001]),
    diagnostics: [
      { code: "no-mark-price", severity: "info", message: "No mark candles", count: 1 },
      { code: "few-trades", severity: "warning", message: "Mine", count: 2 },
      { code: "gap", severity: "error", message: "A gap", count: 1200 },
    ],
  } as const;
  const warnings = runWarnings(run, computeSummary(run, options), quiet);
  expect(warnings).toEqual([
    { code: "gap", severity: "error", message: "A gap (1,200 times)" },
    { code: "few-days", severity: "warning", message: "Only 1 full day: ratios need 30" },
    { code: "few-trades", severity: "warning", message: "Mine (2 times)" },
    { code: "no-mark-price", severity: "info", message: "No mark candles" },
  ]);
});
