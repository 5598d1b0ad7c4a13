import type { ArgsOf, OptionSpecs } from "#cli/command-spec.ts";

export const KINDS = ["candles", "mark", "index", "funding"] as const;

/** How a command names the stored series that it is about. */
export const CHOICE_OPTIONS = {
  name: { kind: "text", positional: "optional", describe: "Symbol; --symbol says the same" },
  symbol: { kind: "text", describe: "Symbol, in any customary spelling" },
  exchange: { kind: "text", describe: "Exchange, such as bybit or binance-spot" },
  interval: { kind: "text", alias: ["tf"], describe: "Length of a bar, such as 5m" },
  kind: { kind: "choice", choices: KINDS, describe: "Kind of series" },
} as const satisfies OptionSpecs;

export type ChoiceArgs = ArgsOf<typeof CHOICE_OPTIONS>;
