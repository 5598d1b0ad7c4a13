import type { SyntheticOptions } from "./options.ts";

/**
 * The market of `drydock demo` and of examples: two symbols, two years of hourly bars. The seed was taken for being
 * ordinary: what crossings of averages and Donchian channels earn here after fees is near the median of thirty seeds.
 */
export const DEMO_MARKET: SyntheticOptions = {
  seed: 26,
  symbols: [{ symbol: "BTCUSDT" }, { symbol: "ETHUSDT" }],
  from: Date.UTC(2023, 0, 1),
  to: Date.UTC(2025, 0, 1),
  intervalMs: 3_600_000,
};
