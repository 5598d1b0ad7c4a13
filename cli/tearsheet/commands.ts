import { defineCommand } from "#cli/command-spec.ts";

export const tearsheet = defineCommand({
  name: "tearsheet",
  summary: "Every metric of an equity or returns series in a CSV file",
  options: {
    file: {
      kind: "text",
      positional: "required",
      describe: "CSV: an optional column of times, the series, optionally a column benchmark",
    },
    kind: {
      kind: "choice",
      choices: ["equity", "returns"],
      default: "equity",
      describe: "What the series holds; returns are fractions per period",
    },
    periods: {
      kind: "number",
      above: 0,
      shownDefault: "365, the length taken from the times",
      describe: "Periods in a year",
    },
    rf: {
      kind: "number",
      min: -1,
      max: 10,
      default: 0,
      describe: "Yearly risk-free rate, a fraction",
    },
    "no-gates": { kind: "flag", describe: "Give values for short series too" },
    seed: { kind: "number", min: 0, integer: true, default: 0, describe: "Seed of the bootstrap" },
  },
  examples: [
    { command: "drydock tearsheet equity.csv", shows: "All metrics of daily equity" },
    {
      command: "drydock tearsheet returns.csv --kind returns --periods 252 --rf 0.04 --json",
      shows: "Daily returns of a stock portfolio, as JSON",
    },
  ],
  load: () => import("#cli/tearsheet/tearsheet-command.ts"),
});
