import type { ArgsOf, OptionSpecs } from "#cli/command-spec.ts";

/** The flags that every command takes (`drydock <command> --help` lists them last). */
export const GLOBAL_OPTIONS = {
  config: { kind: "text", describe: "Config file, instead of the first drydock.yaml upwards" },
  target: { kind: "text", describe: "Exchange and environment, such as bybit:paper" },
  json: { kind: "flag", describe: "Print one JSON document" },
  jsonl: { kind: "flag", describe: "Print events as JSON lines; the last is the result" },
  plain: { kind: "flag", describe: "Print tab-separated values with a header" },
  quiet: { kind: "flag", alias: ["q"], describe: "Print the result only, no talk on stderr" },
  verbose: { kind: "count", alias: ["v"], describe: "Say more; twice for details" },
  color: { kind: "flag", describe: "Colour also where the output is not a terminal" },
  "no-color": { kind: "flag", describe: "No colour" },
  progress: {
    kind: "choice",
    choices: ["auto", "bar", "lines", "json", "none"],
    default: "auto",
    describe: "How progress is shown on stderr",
  },
  cwd: { kind: "text", describe: "Work in this directory" },
} as const satisfies OptionSpecs;

export type GlobalArgs = ArgsOf<typeof GLOBAL_OPTIONS>;
