import { configOptions } from "#cli/config/config-flags.ts";
import { CONFIG_KEY_NAMES } from "#cli/config/keys.ts";

/** Settings that have an option of their own here, with a file form besides. */
const OWN = new Set(["strategy", "funding"]);

/** What every command that runs a strategy over candles is told: which strategy, which candles, which settings. */
export const strategyOptions = {
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
  ...configOptions(...CONFIG_KEY_NAMES.filter((name) => !OWN.has(name))),
} as const;
