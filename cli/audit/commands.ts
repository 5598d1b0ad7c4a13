import { strategyOptions } from "#cli/backtest/strategy-options.ts";
import { defineCommand } from "#cli/command-spec.ts";

export const auditLookahead = defineCommand({
  name: "audit lookahead",
  summary: "Find out whether a strategy decides on bars that had not closed",
  options: {
    ...strategyOptions,
    cuts: {
      kind: "number",
      min: 1,
      max: 10_000,
      integer: true,
      default: 48,
      describe: "Bars at which the data are cut, besides those that are suspect",
    },
  },
  examples: [
    {
      command: "drydock audit lookahead ./my.ts",
      shows: "On a synthetic market; exit 7 when something leaks",
    },
    {
      command: "drydock audit lookahead ./my.ts --symbol BTCUSDT --interval 1h --from 180d --json",
      shows: "On stored candles, with bar, indicator and line of every finding",
    },
  ],
  load: () => import("#cli/audit/lookahead-command.ts"),
});
