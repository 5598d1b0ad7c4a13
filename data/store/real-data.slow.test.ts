import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fingerprint } from "#data/hashes/data-fingerprint.ts";
import { monthHashes } from "#data/hashes/month-hashes.ts";
import type { ParsedBars } from "#data/import/parsed-series.ts";
import { readMarketFile } from "#data/import/read-file.ts";
import { resampleSeries } from "#data/resample.ts";
import type { SeriesKey } from "#data/series.ts";
import { SAMPLE_SOURCE } from "#data/testing/market-keys.ts";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import { type BarColumns, lowerBound } from "#engine/market/bars.ts";
import { exportSeries } from "./export.ts";
import { openMarketStore } from "./market-store.ts";

/** Candles as the venue published them; the folder is not part of the project. */
const FOLDER = fileURLToPath(
  new URL("../../../shared/data/real/hyperliquid/parquet/", import.meta.url),
);

async function readBars(symbol: string, interval: string): Promise<BarColumns> {
  const [parsed] = (await readMarketFile(
    join(FOLDER, `HYPERLIQUID_${symbol}_${interval}.parquet`),
  )) as [ParsedBars];
  return parsed.bars;
}

function isLeftOut(): boolean {
  if (existsSync(FOLDER)) return false;
  console.log("Left out: the real candles are not on this machine");
  return true;
}

test("real candles keep their fingerprint through store and export", async () => {
  if (isLeftOut()) return;
  const folder = temporaryFolder();
  const store = await openMarketStore(join(folder, "market.duckdb"), { mode: "write" });
  for (const symbol of ["BTC", "DOGE"]) {
    const bars = await readBars(symbol, "15m");
    const key: SeriesKey = { kind: "candles", exchange: "hyperliquid", symbol, interval: "15m" };
    await store.writeBars(key, bars, SAMPLE_SOURCE);
    const ofFile = fingerprint([{ key, months: monthHashes(bars) }]);
    expect(fingerprint([{ key, months: await store.readMonths(key) }])).toBe(ofFile);
    for (const format of ["csv", "parquet", "arrow"] as const) {
      const path = join(folder, `hyperliquid_${symbol}_15m.${format}`);
      await exportSeries(store, key, { path, format });
      const [parsed] = (await readMarketFile(path)) as [ParsedBars];
      expect(fingerprint([{ key, months: monthHashes(parsed.bars) }])).toBe(ofFile);
    }
  }
  await store.close();
});

test.each([
  ["BTC", "15m", "1h"],
  ["SOL", "1h", "4h"],
  ["DOGE", "15m", "4h"],
])(
  "bars built from real %s %s candles are the venue's own %s candles",
  async (symbol, from, to) => {
    if (isLeftOut()) return;
    const key: SeriesKey = { kind: "candles", exchange: "hyperliquid", symbol, interval: from };
    const { bars } = resampleSeries(key, await readBars(symbol, from), to);
    const venue = await readBars(symbol, to);
    const start = lowerBound(venue.time, venue.length, bars.time[0] as number);
    const rows = Math.min(bars.length, venue.length - start);
    expect(rows).toBeGreaterThan(190);
    for (const name of ["time", "open", "high", "low", "close"] as const) {
      expect(Array.from(bars[name].subarray(0, rows))).toEqual(
        Array.from(venue[name].subarray(start, start + rows)),
      );
    }
    for (let row = 0; row < rows; row++) {
      const expected = venue.volume[start + row] as number;
      expect(Math.abs((bars.volume[row] as number) - expected)).toBeLessThanOrEqual(
        1e-6 * expected,
      );
    }
  },
);
