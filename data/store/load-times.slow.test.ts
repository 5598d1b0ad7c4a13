import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BTC_1M, SAMPLE_SOURCE } from "#data/testing/market-keys.ts";
import { sampleBars } from "#data/testing/sample-bars.ts";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import { loadBars } from "./column-cache.ts";
import { openMarketStore } from "./market-store.ts";

/**
 * The budget is 0.8 s cold and 0.1 s warm for 2.6 million bars of six columns, and about a second to import a year of
 * minutes, on two cores with nothing else to do. What is asserted here is four times that: a machine that runs tests
 * is busy, and a slip of that size is a change of the method, not of the weather. The numbers are printed.
 */
const SLACK = 4;
const BARS = 2_600_000;
const YEAR = 525_600;
const REPEATS = 3;

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

test("a year of minutes is imported, and five years are loaded, in the time they may take", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "market.duckdb");
  const cache = { folder: join(folder, "cache") };
  const times: Record<string, number> = {};
  const writer = await openMarketStore(path, { mode: "write" });
  const year = sampleBars(YEAR);
  times["import of a year"] = await seconds(() =>
    writer.writeBars({ ...BTC_1M, symbol: "ETHUSDT" }, year, SAMPLE_SOURCE),
  );
  const bars = sampleBars(BARS, { start: Date.UTC(2020, 0, 1) });
  times["import"] = await seconds(() => writer.writeBars(BTC_1M, bars, SAMPLE_SOURCE));
  times["import again"] = await seconds(() => writer.writeBars(BTC_1M, bars, SAMPLE_SOURCE));
  await writer.close();

  const cold: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const store = await openMarketStore(path, { mode: "read" });
    cold.push(await seconds(() => store.readBars(BTC_1M)));
    await store.close();
  }
  times["load cold"] = Math.min(...cold);

  const store = await openMarketStore(path, { mode: "read" });
  times["load and keep"] = await seconds(() => loadBars(store, cache, BTC_1M));
  expect(readdirSync(cache.folder)).toHaveLength(1);
  const warm: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    warm.push(
      await seconds(async () => {
        const loaded = await loadBars(store, cache, BTC_1M);
        expect([loaded.source, loaded.bars.length]).toEqual(["cache", BARS]);
      }),
    );
  }
  times["load warm"] = Math.min(...warm);
  await store.close();

  const lines = Object.entries(times).map(([name, time]) => `${name} ${time.toFixed(3)} s`);
  console.log(`2.6 million bars: ${lines.join(", ")}`);
  expect(times["import of a year"]).toBeLessThan(1 * SLACK);
  expect(times["load cold"]).toBeLessThan(0.8 * SLACK);
  expect(times["load warm"]).toBeLessThan(0.1 * SLACK);
});
