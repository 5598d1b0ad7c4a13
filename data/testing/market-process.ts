/**
 * A second process for tests of locks and crashes: `hold read|write PATH` opens a store and stays; `import PATH ROWS`
 * stores a small series, says so, and begins to store a large one.
 */
import { openMarketStore } from "#data/store/market-store.ts";
import { BTC_1M, SAMPLE_SOURCE } from "./market-keys.ts";
import { sampleBars } from "./sample-bars.ts";

const [command, ...rest] = process.argv.slice(2);
if (command === "hold") {
  const [mode, path] = rest as ["read" | "write", string];
  const store = await openMarketStore(path, { mode });
  process.stdout.write(`open ${(await store.listSeries()).length}\n`);
  setInterval(() => undefined, 1_000);
} else if (command === "import") {
  const [path, rows] = rest as [string, string];
  const large = sampleBars(Number(rows), { seed: 3 });
  const store = await openMarketStore(path, { mode: "write" });
  await store.writeBars(BTC_1M, sampleBars(1_000), SAMPLE_SOURCE);
  process.stdout.write("importing\n");
  await store.writeBars({ ...BTC_1M, symbol: "ETHUSDT" }, large, SAMPLE_SOURCE);
  process.stdout.write("done\n");
  await store.close();
}
