import type { CommandContext } from "#cli/command-context.ts";
import { findRun } from "#cli/runs/find-run.ts";
import { fullDocument } from "#cli/runs/show-command.ts";
import { explainTrades } from "#cli/runs/trade-path/explain-trade.ts";
import { pathGaps } from "#cli/runs/trade-path/testing/path-gaps.ts";

/** A program for tests: explains every trade of a run, done again once, and prints paths and what they leave open. */
const [dataDir = "", word = "@last"] = process.argv.slice(2);
const context = {
  signal: new AbortController().signal,
  progress: { start() {}, update() {}, done() {} },
  warn() {},
} as unknown as CommandContext;
const print = process.stdout.write.bind(process.stdout);
const found = findRun(dataDir, word);
const { trades, openTrades } = fullDocument(found);
const explain = await explainTrades(context, found, dataDir, null);
for (const trade of [...trades, ...openTrades]) {
  const path = explain(trade);
  print(`${JSON.stringify({ path, gaps: pathGaps(path) })}\n`);
}
