import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";

export const aged = defineCommand({
  name: "aged",
  summary: "Positions that are older than they should be, and how they are closed",
  options: {
    all: { kind: "flag", describe: "Also those that are closed" },
    history: { kind: "flag", describe: "Every transition instead, the newest last" },
    only: { kind: "list", describe: "Only this contract; may be repeated" },
    limit: { kind: "number", integer: true, min: 1, default: 200, describe: "No more rows" },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: "drydock aged", shows: "Status, hours, target and tolerance of each" },
    { command: "drydock aged --all --target hyperliquid:mainnet", shows: "With the closed ones" },
    { command: "drydock aged --history --json", shows: "Every transition with its price" },
  ],
  load: () => import("#cli/aged/aged-command.ts"),
});
