import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";

export const verify = defineCommand({
  name: "verify",
  summary: "Do a run again and compare everything",
  options: {
    run: {
      kind: "text",
      positional: "required",
      describe: "Id, unique prefix, @last, @-2 or a tag",
    },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock verify @last", shows: "Whether the newest run comes out the same today" },
    {
      command: "drydock verify sma-cross-1a2b --json",
      shows: "Every comparison as JSON; exit 7 when one fails",
    },
  ],
  load: () => import("#cli/verify/verify-command.ts"),
});
