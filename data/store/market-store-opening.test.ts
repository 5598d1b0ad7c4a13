import { existsSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { BTC_1M, SAMPLE_SOURCE } from "#data/testing/market-keys.ts";
import { plain, storePath, withStore } from "#data/testing/market-stores.ts";
import { copyBars, sampleBars } from "#data/testing/sample-bars.ts";
import { type BarColumns, sliceBars } from "#engine/market/bars.ts";
import { type MarketStore, openMarketStore } from "./market-store.ts";

/** Something that somebody does to the file without drydock. */
async function runSql(path: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.disconnectSync();
  instance.closeSync();
}

test.each([
  [
    "two rows of one time",
    (bars: BarColumns) => bars.time.copyWithin(5, 4, 5),
    /Row 6 .*not later/,
  ],
  [
    "a price that is no number",
    (bars: BarColumns) => bars.high.fill(NaN, 3, 4),
    /Row 4 .*no number/,
  ],
  ["a price without end", (bars: BarColumns) => bars.low.fill(Infinity, 3, 4), /Row 4 .*no number/],
  [
    "a time with a fraction",
    (bars: BarColumns) => bars.time.fill(0.5, 0, 1),
    /Row 1 .*whole number/,
  ],
])("writeBars() refuses %s", async (_, spoil, message) => {
  const bars = sampleBars(10);
  spoil(bars);
  await withStore(storePath(), async (store) => {
    const attempt = store.writeBars(BTC_1M, bars, SAMPLE_SOURCE);
    await expect(attempt).rejects.toMatchObject({
      code: "E_DATA_FORMAT",
      message: expect.stringMatching(message),
    });
    expect(await store.listSeries()).toEqual([]);
  });
});

test("writers of one process wait for each other", async () => {
  const path = storePath();
  const bars = sampleBars(4_000);
  const stores = await Promise.all([1, 2].map(() => openMarketStore(path, { mode: "write" })));
  const counts = await Promise.all(
    stores.flatMap((store) => [
      store.writeBars(BTC_1M, sliceBars(bars, 0, 3_000), SAMPLE_SOURCE),
      store.writeBars(BTC_1M, sliceBars(bars, 1_000, 4_000), SAMPLE_SOURCE),
    ]),
  );
  expect(counts.map(({ inserted }) => inserted).reduce((a, b) => a + b)).toBe(4_000);
  const [first, second] = stores as [MarketStore, MarketStore];
  await first.close();
  expect(plain(await second.readBars(BTC_1M))).toEqual(plain(bars));
  await second.close();
});

test("a reader in the same process sees a writer's rows only when they are committed, and none after a failure", async () => {
  const path = storePath();
  const writer = await openMarketStore(path, { mode: "write" });
  const reader = await openMarketStore(path, { mode: "read" });
  await writer.writeBars(BTC_1M, sampleBars(100), SAMPLE_SOURCE);
  const other = copyBars(sampleBars(200));
  other.open[50] = 1;
  await expect(writer.writeBars(BTC_1M, other, SAMPLE_SOURCE)).rejects.toThrow(/disagree/);
  expect((await reader.readBars(BTC_1M)).length).toBe(100);
  await writer.close();
  await reader.close();
  expect(existsSync(`${path}.wal`)).toBe(false);
});

test("a store that is read cannot be opened for writing in the same process", async () => {
  const path = storePath();
  await withStore(path, async () => undefined);
  const reader = await openMarketStore(path, { mode: "read" });
  await expect(openMarketStore(path, { mode: "write" })).rejects.toMatchObject({
    code: "E_STORE_LOCKED",
  });
  await reader.close();
  await withStore(path, async () => undefined);
});

test("reading where there is no store says how to get one", async () => {
  const path = storePath();
  await expect(openMarketStore(path, { mode: "read" })).rejects.toMatchObject({
    code: "E_DATA_MISSING",
    hint: expect.stringContaining("drydock data import"),
  });
  expect(existsSync(path)).toBe(false);
});

test("a store of a newer drydock is refused, a stranger's database too", async () => {
  const path = storePath();
  await withStore(path, async () => undefined);
  await runSql(path, "UPDATE schema_version SET version = 99");
  for (const mode of ["read", "write"] as const) {
    await expect(openMarketStore(path, { mode })).rejects.toMatchObject({
      code: "E_STORE_VERSION",
      message: expect.stringContaining("version 99, this drydock knows versions up to 1"),
    });
  }
  const foreign = storePath();
  await runSql(foreign, "CREATE TABLE cats (name VARCHAR)");
  await expect(openMarketStore(foreign, { mode: "write" })).rejects.toMatchObject({
    code: "E_STORE_VERSION",
    message: expect.stringContaining("not one of drydock"),
  });
});

test("an older schema is brought forward, by a reader as well", async () => {
  const { MARKET_MIGRATIONS } = await import("./market-schema.ts");
  const next = {
    version: 2,
    statements: ["ALTER TABLE series ADD COLUMN note VARCHAR DEFAULT ''"],
  };
  const migrations = [...MARKET_MIGRATIONS, next];
  for (const mode of ["read", "write"] as const) {
    const path = storePath();
    const bars = sampleBars(100);
    await withStore(path, (store) => store.writeBars(BTC_1M, bars, SAMPLE_SOURCE));
    const store = await openMarketStore(path, { mode, migrations });
    expect(plain(await store.readBars(BTC_1M))).toEqual(plain(bars));
    await store.close();
    expect(existsSync(`${path}.wal`)).toBe(false);
    await expect(openMarketStore(path, { mode })).rejects.toMatchObject({
      code: "E_STORE_VERSION",
    });
  }
});

test("a migration that fails leaves the store at its version", async () => {
  const { MARKET_MIGRATIONS } = await import("./market-schema.ts");
  const path = storePath();
  await withStore(path, (store) => store.writeBars(BTC_1M, sampleBars(5), SAMPLE_SOURCE));
  const broken = {
    version: 2,
    statements: ["CREATE TABLE note (text VARCHAR)", "SELECT nothing_such"],
  };
  const attempt = openMarketStore(path, {
    mode: "write",
    migrations: [...MARKET_MIGRATIONS, broken],
  });
  await expect(attempt).rejects.toThrow(/nothing_such/);
  await withStore(path, async (store) => expect(await store.verifySeries(BTC_1M)).toEqual([]));
});
