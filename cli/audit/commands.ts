import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";
import { CONFIG_KEY_NAMES } from "#cli/config/keys.ts";

/** Settings that have an option of their own here, with a file form besides. */
const OWN = new Set(["strategy", "funding"]);

export const auditLookahead = defineCommand({
  name: "audit lookahead",
  summary: "Find out whether a strategy decides on bars that had not closed",
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
    cuts: {
      kind: "number",
      min: 1,
      max: 10_000,
      integer: true,
      default: 48,
      describe: "Bars at which the data are cut, besides those that are suspect",
    },
    file: { kind: "text", alias: ["f"], describe: "Candles from this file instead of the store" },
    funding: { kind: "text", describe: "With --file: a file of funding rates; none: no funding" },
    mark: { kind: "text", describe: "With --file: a file of mark price candles" },
    ...configOptions(...CONFIG_KEY_NAMES.filter((name) => !OWN.has(name))),
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
