import { join } from "node:path";
import { loadStoredMarket } from "#cli/market/load-stored.ts";
import type { LoadedMarket } from "#cli/market/loaded-market.ts";
import type { MarketRequest } from "#cli/market/market-request.ts";
import type { SeriesKey } from "#data/series.ts";
import { openMarketStore } from "#data/store/market-store.ts";
import { SAMPLE_SOURCE } from "#data/testing/market-keys.ts";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import type { BarColumns, FundingColumns } from "#engine/market/bars.ts";

export interface Stored {
  readonly key: SeriesKey;
  readonly bars?: BarColumns;
  readonly funding?: FundingColumns;
}

/** A request for one symbol of bybit without warm-up and without funding. */
export const REQUEST: MarketRequest = {
  symbols: ["BTCUSDT"],
  exchange: "bybit",
  interval: "1h",
  higher: [],
  warmup: new Map([["", 0]]),
  from: null,
  to: null,
  readFrom: null,
  detail: "auto",
  detailInterval: null,
  funding: "none",
  fundingMissing: "error",
  gaps: "skip",
};

export const CANDLES: SeriesKey = {
  kind: "candles",
  exchange: "bybit",
  symbol: "BTCUSDT",
  interval: "1h",
};

/** What a run with this request reads from a new store with these series. */
export async function loadFrom(
  series: readonly Stored[],
  request: Partial<MarketRequest>,
): Promise<LoadedMarket> {
  const folder = temporaryFolder();
  const store = await openMarketStore(join(folder, "market.duckdb"), { mode: "write" });
  try {
    for (const { key, bars, funding } of series) {
      if (bars !== undefined) await store.writeBars(key, bars, SAMPLE_SOURCE);
      if (funding !== undefined) await store.writeFunding(key, funding, SAMPLE_SOURCE);
    }
    const cache = { folder: join(folder, "cache") };
    return await loadStoredMarket(store, cache, { ...REQUEST, ...request }, () => {});
  } finally {
    await store.close();
  }
}
