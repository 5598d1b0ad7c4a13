import { strategyOptions } from "#cli/backtest/strategy-options.ts";
import { defineCommand } from "#cli/command-spec.ts";

export const backtest = defineCommand({
  name: "backtest",
  aliases: ["bt"],
  summary: "Run a strategy over stored candles or a file",
  options: {
    ...strategyOptions,
    journal: { kind: "flag", describe: "Write the records as NDJSON beside the report" },
    "no-report": { kind: "flag", describe: "Write no HTML report" },
    "no-gates": { kind: "flag", describe: "Compute metrics also for short samples" },
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
