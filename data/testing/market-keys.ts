import type { SeriesKey } from "#data/series.ts";
import type { Provenance } from "#data/store/provenance.ts";

export const BTC_1M: SeriesKey = {
  kind: "candles",
  exchange: "bybit",
  symbol: "BTCUSDT",
  interval: "1m",
};
export const BTC_FUNDING: SeriesKey = { ...BTC_1M, kind: "funding", interval: "" };

export const SAMPLE_SOURCE: Provenance = {
  source: "sample",
  files: [{ name: "sample.csv", bytes: 12, sha256: "00ff" }],
  importedAt: Date.UTC(2026, 0, 1),
};
