import { auditDocument } from "#cli/audit/audit-document.ts";
import { prepareSyntheticAudit } from "#cli/audit/prepare-audit.ts";
import { runAudit } from "#cli/audit/run-audit.ts";
import { type BacktestArgs, backtestRequest } from "#cli/backtest/backtest-command.ts";
import { resolveConfig } from "#cli/config/resolve-config.ts";

/**
 * A program for tests: audits the strategies named as words, one after another, on two symbols of `bars` synthetic
 * hours (the first word) with so many cuts (the second), and prints the documents as one JSON array.
 */
const print = process.stdout.write.bind(process.stdout);
const [bars, cuts, ...strategies] = process.argv.slice(2);
const quiet = {
  progress: { start: () => {}, update: () => {}, done: () => {} },
  signal: new AbortController().signal,
};
const { values } = resolveConfig({ flags: {}, env: {}, file: null, folder: process.cwd() });
const documents: object[] = [];
for (const name of strategies) {
  const args = { name, journal: false, "no-report": true, "no-gates": false } as BacktestArgs;
  const named = { ...values, symbols: ["BTCUSDT"], interval: "1h" };
  const request = backtestRequest(named, args, process.cwd());
  const prepared = await prepareSyntheticAudit(request, values, { seed: 1, bars: Number(bars) });
  const { outcome } = await runAudit(quiet, prepared, { cuts: Number(cuts), seed: 1 });
  documents.push(auditDocument(prepared, outcome, process.cwd()));
}
print(JSON.stringify(documents));
