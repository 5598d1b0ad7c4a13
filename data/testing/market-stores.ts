import { join } from "node:path";
import { type MarketStore, openMarketStore } from "#data/store/market-store.ts";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import type { BarColumns } from "#engine/market/bars.ts";

/** Where a store can be made, in a folder that goes when the test ends. */
export function storePath(): string {
  return join(temporaryFolder(), "market.duckdb");
}

/** Runs work on a store that is open for writing, then closes it. */
export async function withStore<T>(
  path: string,
  work: (store: MarketStore) => Promise<T>,
): Promise<T> {
  const store = await openMarketStore(path, { mode: "write" });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Plain arrays, so that a difference shows as rows; unknown volumes stay NaN. */
export function plain(bars: BarColumns): object {
  const { intervalMs, length, ...columns } = bars;
  return {
    intervalMs,
    length,
    ...Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [
        name,
        Array.from(values.subarray(0, length)),
      ]),
    ),
  };
}
