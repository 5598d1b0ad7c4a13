import { existsSync } from "node:fs";
import { join } from "node:path";

import { type Check, check } from "#cli/doctor/check.ts";
import { asDrydockError } from "#cli/output/as-drydock-error.ts";
import { seriesLabel } from "#data/series.ts";
import { type MarketStore, openMarketStore } from "#data/store/market-store.ts";

/** Series are hashed again until so many rows were read: a sample, because a large store takes minutes. */
const SAMPLE_ROWS = 2_000_000;

/** Opens the stores as a reader and compares stored rows with the hashes made when they were written. */
export async function checkStores(folder: string, signal: AbortSignal): Promise<readonly Check[]> {
  const path = join(folder, "market.duckdb");
  if (!existsSync(path)) {
    return [
      check("market store", "skip", "No data stored yet", "drydock data import <files>"),
      check("integrity", "skip", "No data stored yet"),
    ];
  }
  let store: MarketStore;
  try {
    store = await openMarketStore(path, { mode: "read" });
  } catch (error) {
    return [storeFailure(error), check("integrity", "skip", "The store does not open")];
  }
  try {
    const series = await store.listSeries();
    const rows = series.reduce((sum, entry) => sum + entry.rows, 0);
    const opens = check("market store", "pass", `${series.length} series, ${rows} rows`);
    return [opens, await checkSample(store, signal)];
  } catch (error) {
    return [storeFailure(error)];
  } finally {
    await store.close();
  }
}

async function checkSample(store: MarketStore, signal: AbortSignal): Promise<Check> {
  let rows = 0;
  let checkedCount = 0;
  const all = await store.listSeries();
  for (const entry of all.toSorted((a, b) => a.rows - b.rows)) {
    if (signal.aborted || (checkedCount > 0 && rows + entry.rows > SAMPLE_ROWS)) break;
    const broken = await store.verifySeries(entry.key);
    rows += entry.rows;
    checkedCount += 1;
    if (broken.length === 0) continue;
    return check(
      "integrity",
      "fail",
      `${seriesLabel(entry.key)}: ${broken.join(", ")} is not what was written`,
      "Import these months again with drydock data import --replace",
    );
  }
  if (checkedCount === 0) return check("integrity", "skip", "No series stored");
  return check(
    "integrity",
    "pass",
    `${checkedCount} of ${all.length} series, ${rows} rows as they were written`,
  );
}

function storeFailure(error: unknown): Check {
  const known = asDrydockError(error);
  if (known === null) throw error;
  // Somebody who writes at this moment is no fault.
  const status = known.code === "E_STORE_LOCKED" ? "warn" : "fail";
  return check("market store", status, known.message, known.hint ?? null);
}
