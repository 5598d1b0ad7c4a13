import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";

export const scenarioRun = defineCommand({
  name: "scenario run",
  summary: "Run scenario files and compare what they expect",
  options: {
    files: {
      kind: "list",
      positional: "optional",
      describe: "YAML or JSON files, folders or patterns; without any the bundled library",
    },
  },
  examples: [
    { command: "drydock scenario run gap.yaml", shows: "What differs from the expectation" },
    { command: "drydock scenario run scenarios --json", shows: "A whole folder, as JSON" },
    { command: "drydock scenario run", shows: "The library that comes with drydock" },
  ],
  load: () => import("#cli/scenario/run-command.ts"),
});

export const scenarioRecord = defineCommand({
  name: "scenario record",
  summary: "Cut a scenario out of a stored run",
  options: {
    run: {
      kind: "text",
      positional: "required",
      describe: "Id, unique prefix, @last, @-2 or a tag",
    },
    around: { kind: "text", describe: "The moment, such as 2024-03-05T10:00Z" },
    bars: {
      kind: "number",
      integer: true,
      min: 1,
      max: 5_000,
      default: 20,
      describe: "Bars before and after it",
    },
    out: { kind: "text", describe: "Write this file instead of stdout" },
    ...configOptions("dataDir"),
  },
  examples: [
    {
      command: "drydock scenario record @last --around 2024-03-05T10:00Z --out stop.yaml",
      shows: "Candles, orders and fills around a moment of the newest run",
    },
    {
      command: "drydock scenario record sma-cross-1a2b --around 2024-03-05 --bars 50",
      shows: "More of it, on stdout",
    },
  ],
  load: () => import("#cli/scenario/record-command.ts"),
});
