import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fingerprint } from "#data/hashes/data-fingerprint.ts";
import { fundingMonthHashes, monthHashes } from "#data/hashes/month-hashes.ts";
import type { ParsedBars, ParsedFunding } from "#data/import/parsed-series.ts";
import { readMarketFile } from "#data/import/read-file.ts";
import { BTC_1M, BTC_FUNDING, SAMPLE_SOURCE } from "#data/testing/market-keys.ts";
import { sampleBars, sampleFunding } from "#data/testing/sample-bars.ts";
import { sharedTemporaryFolder, temporaryFolder } from "#data/testing/temporary-folder.ts";
import { sliceBars } from "#engine/market/bars.ts";
import { exportSeries } from "./export.ts";
import { type MarketStore, openMarketStore } from "./market-store.ts";
import { barColumns } from "./series-columns.ts";

const bars = sampleBars(2_000, { unknownVolumeEvery: 9 });
// Numbers at both ends of what doubles can say.
bars.volume.set([1e-7, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 123_456_789.123_456_79], 10);
const funding = sampleFunding(200);

let store: MarketStore;

beforeAll(async () => {
  store = await openMarketStore(join(sharedTemporaryFolder(), "market.duckdb"), { mode: "write" });
  await store.writeBars(BTC_1M, bars, SAMPLE_SOURCE);
  await store.writeFunding(BTC_FUNDING, funding, SAMPLE_SOURCE);
});

afterAll(() => store.close());

const formats = ["csv", "parquet", "arrow"] as const;
const cases = formats.flatMap((format) =>
  (["iso", "ms"] as const).map((times) => [format, times] as const),
);

test.each(cases)(
  "%s with %s times, imported again, has the same rows and the same fingerprint",
  async (format, times) => {
    const folder = temporaryFolder();
    const path = join(folder, `bybit_BTCUSDT_1m.${format}`);
    const result = await exportSeries(store, BTC_1M, { path, format, times });
    expect(result).toMatchObject({ path, rows: 2_000 });
    const [parsed] = (await readMarketFile(path)) as [ParsedBars];
    expect(parsed.intervalMs).toBe(60_000);
    const plain = (each: typeof bars) =>
      barColumns(each).columns.map((column) => Array.from(column.subarray(0, each.length)));
    expect(plain(parsed.bars)).toEqual(plain(bars));
    expect(fingerprint([{ key: BTC_1M, months: monthHashes(parsed.bars) }])).toBe(
      fingerprint([{ key: BTC_1M, months: await store.readMonths(BTC_1M) }]),
    );
    expect(await store.writeBars(BTC_1M, parsed.bars, SAMPLE_SOURCE)).toEqual({
      inserted: 0,
      unchanged: 2_000,
      replaced: 0,
    });
  },
);

test.each(cases)("funding as %s with %s times survives the round trip", async (format, times) => {
  const folder = temporaryFolder();
  const path = join(folder, `bybit_BTCUSDT_funding.${format}`);
  await exportSeries(store, BTC_FUNDING, { path, format, times });
  const [parsed] = (await readMarketFile(path, { kind: "funding" })) as [ParsedFunding];
  expect(fundingMonthHashes(parsed.funding)).toEqual(fundingMonthHashes(funding));
});

test("CSV has plain decimals, ISO times and empty cells for unknown volumes", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "out.csv");
  await exportSeries(store, BTC_1M, { path, format: "csv" });
  const lines = readFileSync(path, "utf8").split("\n");
  expect(lines.slice(0, 2)).toEqual([
    "time,open,high,low,close,volume",
    `2025-09-20T00:00:00Z,30000,${bars.high[0]},${bars.low[0]},${bars.close[0]},`,
  ]);
  expect(lines[11]).toMatch(/,0\.0000001$/);
  expect(lines).toHaveLength(2_002);
});

test("Arrow has timestamps in UTC or numbers, and missing volumes as missing", async () => {
  const folder = temporaryFolder();
  for (const [times, type] of [
    ["iso", "Timestamp<MILLISECOND, UTC>"],
    ["ms", "Int64"],
  ] as const) {
    const path = join(folder, `${times}.arrow`);
    await exportSeries(store, BTC_1M, { path, format: "arrow", times });
    const table = tableFromIPC(readFileSync(path));
    expect(String(table.schema.fields[0]?.type)).toContain(type);
    expect(table.getChild("volume")?.nullCount).toBe(bars.volume.filter(Number.isNaN).length);
  }
});

test("only the period is exported", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "part.csv");
  const period = { from: bars.time[100], to: bars.time[150] };
  expect(await exportSeries(store, BTC_1M, { path, format: "csv", period })).toMatchObject({
    rows: 50,
  });
  const [parsed] = (await readMarketFile(path, { symbol: "BTCUSDT", exchange: "bybit" })) as [
    ParsedBars,
  ];
  expect(monthHashes(parsed.bars)).toEqual(monthHashes(sliceBars(bars, 100, 150)));
  const none = exportSeries(store, BTC_1M, { path: `${path}2`, format: "csv", period: { to: 0 } });
  await expect(none).rejects.toMatchObject({ code: "E_DATA_PERIOD" });
});

test.each(formats)("%s does not overwrite a file unless told to", async (format) => {
  const folder = temporaryFolder();
  const path = join(folder, `kept.${format}`);
  writeFileSync(path, "mine");
  await expect(exportSeries(store, BTC_1M, { path, format })).rejects.toMatchObject({
    code: "E_REFUSED",
  });
  expect(readFileSync(path, "utf8")).toBe("mine");
  await exportSeries(store, BTC_1M, { path, format, ifExists: "replace" });
  expect(readFileSync(path, "utf8")).not.toBe("mine");
});

test.each(formats)("%s that cannot be written leaves nothing behind", async (format) => {
  const folder = temporaryFolder();
  const path = join(folder, "not", "there", `x.${format}`);
  await expect(exportSeries(store, BTC_1M, { path, format })).rejects.toMatchObject({
    code: "E_NOT_WRITABLE",
  });
  expect(readdirSync(folder)).not.toContain("not");
});
