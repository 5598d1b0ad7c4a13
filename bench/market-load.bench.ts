import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadBars } from "#data/store/column-cache.ts";
import { type MarketStore, openMarketStore } from "#data/store/market-store.ts";
import { createWorkspace, type Workspace, workspaceAt } from "#data/store/workspace.ts";
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

export async function benchColdLoad(bars: BarColumns): Promise<readonly BenchRow[]> {
  const ms = await withStore(bars, (store) =>
    bestAsync(3, async () => {
      await store.readBars(BENCH_KEY);
    }),
  );
  return [loadRow("market load, cold from DuckDB", ms, COLD_S_MAX)];
}

export async function benchWarmLoad(bars: BarColumns): Promise<readonly BenchRow[]> {
  const ms = await withStore(bars, async (store, workspace) => {
    const cache = { folder: workspace.cacheFolder };
    await loadBars(store, cache, BENCH_KEY);
    return bestAsync(9, async () => {
      const { source } = await loadBars(store, cache, BENCH_KEY);
      if (source !== "cache") throw new Error(`The bars came from the ${source}`);
    });
  });
  return [loadRow("market load, warm from the column cache", ms, WARM_S_MAX)];
}

async function withStore(
  bars: BarColumns,
  measure: (store: MarketStore, workspace: Workspace) => Promise<number>,
): Promise<number> {
  const folder = await storeOf(bars);
  const workspace = workspaceAt(folder);
  try {
    const store = await openMarketStore(workspace.marketPath, { mode: "read" });
    const ms = await measure(store, workspace);
    await store.close();
    return ms;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function loadRow(work: string, ms: number, secondsMax: number): BenchRow {
  return {
    work,
    ms,
    figure: `${(ms / 1000).toFixed(3)} s`,
    bar: `<= ${secondsMax} s`,
    holds: ms <= secondsMax * 1000,
  };
}
