import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";

export const demo = defineCommand({
  name: "demo",
  summary: "A whole backtest on a synthetic market, from nothing to a report",
  options: {
    strategy: { kind: "text", default: "donchian-turtle", describe: "Built-in strategy to show" },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock demo", shows: "Makes a synthetic market, trades it and writes a report" },
    {
      command: "drydock demo --strategy sma-cross --json",
      shows: "Another strategy, as one JSON document",
    },
  ],
  load: () => import("#cli/demo/demo-command.ts"),
});
