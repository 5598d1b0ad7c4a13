import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";

export const intents = defineCommand({
  name: "intents",
  summary: "What strategies and rules wanted, and what became of it",
  options: {
    status: { kind: "list", describe: "Only this status, such as unknown; may be repeated" },
    source: { kind: "list", describe: "Only of this source, such as aged; may be repeated" },
    only: { kind: "list", describe: "Only this contract; may be repeated" },
    working: { kind: "flag", describe: "Only those whose order has not ended" },
    limit: {
      kind: "number",
      integer: true,
      min: 1,
      default: 50,
      describe: "So many of the newest",
    },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock intents", shows: "The newest fifty of all accounts" },
    {
      command: "drydock intents --working --target bybit:paper",
      shows: "What is under way at one account",
    },
    { command: "drydock intents --status rejected --json", shows: "What was refused, and why" },
  ],
  load: () => import("#cli/intents/intents-command.ts"),
});
