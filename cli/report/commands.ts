import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";

export const report = defineCommand({
  name: "report",
  summary: "The HTML report of a stored run",
  options: {
    run: {
      kind: "text",
      positional: "required",
      describe: "Id, unique prefix, @last, @-2 or a tag",
    },
    out: { kind: "text", alias: ["o"], describe: "Write it here instead of the run's folder" },
    ...configOptions("dataDir"),
  },
  examples: [
    {
      command: "drydock report @last",
      shows: "The path of the newest run's report, made when it is missing",
    },
    {
      command: "drydock report sma-cross-1a2b --out report.html",
      shows: "A fresh report in a file of your own",
    },
  ],
  load: () => import("#cli/report/report-command.ts"),
});
