import { defineCommand } from "#cli/command-spec.ts";

export const strategyLs = defineCommand({
  name: "strategy ls",
  summary: "The built-in strategies and their parameters",
  options: {
    file: {
      kind: "text",
      positional: "optional",
      describe: "List the strategies of this file instead",
    },
  },
  examples: [
    { command: "drydock strategy ls", shows: "Name, parameters with defaults, what it does" },
    {
      command: "drydock strategy ls ./my-strategies.ts --json",
      shows: "What a file of your own exports",
    },
  ],
  load: () => import("#cli/strategy/ls-command.ts"),
});
