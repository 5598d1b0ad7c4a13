import type { SyntheticOptions } from "./options.ts";

/**
 * The market of `drydock demo` and of examples: two symbols, two years of hourly bars. The seed is an ordinary one:
 * hourly crossings of averages and Donchian breakouts lose to their costs here as on most seeds (medians of thirty:
 * −45 % and −37 %) and on the hours of 2024/25 that really were, only a little less.
 */
export const DEMO_MARKET: SyntheticOptions = {
  seed: 27,
  symbols: [{ symbol: "BTCUSDT" }, { symbol: "ETHUSDT" }],
  from: Date.UTC(2023, 0, 1),
  to: Date.UTC(2025, 0, 1),
  intervalMs: 3_600_000,
};
