import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadBars } from "#data/store/column-cache.ts";
import { openMarketStore } from "#data/store/market-store.ts";
import { createWorkspace, workspaceAt } from "#data/store/workspace.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import { type BenchRow, bestAsync } from "./measure.ts";

const COLD_S_MAX = 0.8;
const WARM_S_MAX = 0.1;
export const BENCH_KEY = {
  kind: "candles",
  exchange: "synthetic-spot",
  symbol: "BTCUSDT",
  interval: "1m",
} as const;

/** A folder with the bars in a store; the caller removes it. */
export async function storeOf(bars: BarColumns): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "drydock-bench-"));
  const workspace = workspaceAt(folder);
  createWorkspace(workspace);
  const store = await openMarketStore(workspace.marketPath, { mode: "write" });
  await store.writeBars(BENCH_KEY, bars, { source: "synthetic", files: [], importedAt: 0 });
  await store.close();
  return folder;
}

export async function benchMarketLoad(bars: BarColumns): Promise<readonly BenchRow[]> {
  const folder = await storeOf(bars);
  const workspace = workspaceAt(folder);
  try {
    const store = await openMarketStore(workspace.marketPath, { mode: "read" });
    const cache = { folder: workspace.cacheFolder };
    const coldMs = await bestAsync(3, async () => {
      await store.readBars(BENCH_KEY);
    });
    await loadBars(store, cache, BENCH_KEY);
    const warmMs = await bestAsync(5, async () => {
      const { source } = await loadBars(store, cache, BENCH_KEY);
      if (source !== "cache") throw new Error(`The bars came from the ${source}`);
    });
    await store.close();
    return [
      {
        work: "market load, cold from DuckDB",
        ms: coldMs,
        figure: `${(coldMs / 1000).toFixed(3)} s`,
        bar: `<= ${COLD_S_MAX} s`,
        holds: coldMs <= COLD_S_MAX * 1000,
      },
      {
        work: "market load, warm from the column cache",
        ms: warmMs,
        figure: `${(warmMs / 1000).toFixed(3)} s`,
        bar: `<= ${WARM_S_MAX} s`,
        holds: warmMs <= WARM_S_MAX * 1000,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
