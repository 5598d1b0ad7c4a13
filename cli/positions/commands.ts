import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";

const dataDir = configOptions("dataDir");
const only = { kind: "list", describe: "Only this contract; may be repeated" } as const;

export const positions = defineCommand({
  name: "positions",
  summary: "What is open at the venues, as reconcile saw it last",
  options: {
    only,
    history: { kind: "flag", describe: "Every change of it instead, the newest last" },
    limit: { kind: "number", integer: true, min: 1, default: 200, describe: "No more rows" },
    ...dataDir,
  },
  examples: [
    { command: "drydock positions", shows: "Size, entry, mark, stop and target of each" },
    { command: "drydock positions --target bybit:demo --json", shows: "One account, as JSON" },
    { command: "drydock positions --history --only BTCUSDT", shows: "How one came about" },
  ],
  load: () => import("#cli/positions/positions-command.ts"),
});

export const orders = defineCommand({
  name: "orders",
  summary: "The orders that a venue has or may have",
  options: {
    all: { kind: "flag", describe: "Also those that have ended" },
    only,
    limit: { kind: "number", integer: true, min: 1, default: 200, describe: "No more rows" },
    ...dataDir,
  },
  examples: [
    { command: "drydock orders", shows: "Working orders of all accounts with their ids" },
    {
      command: "drydock orders --all --target hyperliquid:testnet --limit 20",
      shows: "The newest twenty of one account, ended or not",
    },
  ],
  load: () => import("#cli/positions/orders-command.ts"),
});
