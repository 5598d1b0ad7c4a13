import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";

export const dataGenerate = defineCommand({
  name: "data generate",
  summary: "Make a synthetic market: candles, mark prices and funding, from a seed",
  options: {
    symbol: { kind: "list", describe: "Symbols to make; default BTCUSDT and ETHUSDT" },
    interval: { kind: "text", alias: ["tf"], default: "1h", describe: "Length of a bar" },
    from: { kind: "text", default: "2024-01-01", describe: "Open of the first bar (UTC)" },
    to: { kind: "text", default: "2026-01-01", describe: "End of the last bar, exclusive" },
    gaps: {
      kind: "number",
      min: 0,
      max: 0.5,
      default: 0,
      describe: "Share of bars that are missing, as outages",
    },
    "zero-volume": {
      kind: "number",
      min: 0,
      max: 0.5,
      default: 0,
      describe: "Share of bars without a trade",
    },
    replace: { kind: "flag", describe: "Replace what is stored under the same name" },
    ...configOptions("seed", "dataDir"),
  },
  examples: [
    {
      command: "drydock data generate",
      shows: "Two years of two symbols, hourly, exchange synthetic",
    },
    {
      command: "drydock data generate --symbol SOLUSDT --interval 5m --from 2025-01-01 --seed 7",
      shows: "Another symbol, finer, from another seed",
    },
  ],
  load: () => import("#cli/synthetic/generate-command.ts"),
});
