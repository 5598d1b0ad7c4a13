import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";
import { CONFIG_KEY_NAMES } from "#cli/config/keys.ts";

/** Settings that have an option of their own here, with a file form besides. */
const OWN = new Set(["strategy", "funding"]);

export const backtest = defineCommand({
  name: "backtest",
  aliases: ["bt"],
  summary: "Run a strategy over stored candles or a file",
  options: {
    name: {
      kind: "text",
      positional: "optional",
      describe: "Built-in strategy or a file; --strategy says the same",
    },
    strategy: {
      kind: "text",
      describe: "Built-in strategy or a file (file.ts#name for one of several)",
    },
    file: { kind: "text", alias: ["f"], describe: "Candles from this file instead of the store" },
    funding: { kind: "text", describe: "With --file: a file of funding rates; none: no funding" },
    mark: { kind: "text", describe: "With --file: a file of mark price candles" },
    journal: { kind: "flag", describe: "Write the records as NDJSON beside the report" },
    "no-report": { kind: "flag", describe: "Write no HTML report" },
    "no-gates": { kind: "flag", describe: "Compute metrics also for short samples" },
    ...configOptions(...CONFIG_KEY_NAMES.filter((name) => !OWN.has(name))),
  },
  examples: [
    {
      command: "drydock backtest sma-cross --exchange bybit --symbol BTCUSDT --interval 5m",
      shows: "All stored candles, with the costs of Bybit",
    },
    {
      command: "drydock backtest ./my.ts --file BTCUSDT_1h.csv --param fast=20 --from 90d",
      shows: "A strategy of your own over a file, the last 90 days of it",
    },
    {
      command:
        "drydock backtest rsi-reversion --symbol ETHUSDT --interval 1h --stop-loss-pct 5 --json",
      shows: "With a stop loss, as one JSON document",
    },
  ],
  load: () => import("#cli/backtest/backtest-command.ts"),
});
