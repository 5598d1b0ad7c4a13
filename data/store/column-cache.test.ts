import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { RecordBatchReader, tableFromIPC } from "apache-arrow";
import { expect, test } from "vitest";
import { fingerprint } from "#data/hashes/data-fingerprint.ts";
import { fundingMonthHashes, monthHashes } from "#data/hashes/month-hashes.ts";
import { BTC_1M, BTC_FUNDING, SAMPLE_SOURCE } from "#data/testing/market-keys.ts";
import { copyBars, sampleBars, sampleFunding } from "#data/testing/sample-bars.ts";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import { type BarColumns, lowerBound, sliceBars } from "#engine/market/bars.ts";
import { readCacheFile, writeCacheFile } from "./cache-file.ts";
import { loadBars, loadFunding } from "./column-cache.ts";
import { openMarketStore } from "./market-store.ts";
import { barColumns, type SeriesColumns } from "./series-columns.ts";

const NAMES = ["time", "open", "high", "low", "close", "volume"];
const BTC_1H = { ...BTC_1M, interval: "1h" };
const HOUR = 3_600_000;
/** Over the number of rows from which these tests keep a file, in fourteen months. */
const ROWS = 10_000;

function hourly(length: number, unknownVolumeEvery = 0): BarColumns {
  return sampleBars(length, { intervalMs: HOUR, unknownVolumeEvery });
}

async function openWith(bars: BarColumns) {
  const folder = temporaryFolder();
  const store = await openMarketStore(join(folder, "market.duckdb"), { mode: "write" });
  await store.writeBars(BTC_1H, bars, SAMPLE_SOURCE);
  return { store, cache: { folder: join(folder, "cache"), rowsMin: 9_000 } };
}

function plain(bars: BarColumns): number[][] {
  return barColumns(bars).columns.map((column) => Array.from(column.subarray(0, bars.length)));
}

function cacheOf(bars: BarColumns) {
  return {
    fingerprint: "f".repeat(64),
    names: NAMES,
    rows: barColumns(bars),
    months: monthHashes(bars),
    label: "bybit BTCUSDT 1m candles",
  };
}

async function writtenFile(bars: BarColumns): Promise<string> {
  const path = join(temporaryFolder(), "x.arrow");
  await writeCacheFile(path, cacheOf(bars));
  return path;
}

function readAll(path: string, lastMonth: number): ReturnType<typeof readCacheFile> {
  return readCacheFile(path, {
    fingerprint: "f".repeat(64),
    columns: 6,
    months: { first: 0, last: lastMonth },
  });
}

test("the second load comes from the cache, with the same rows and hashes, in shared memory", async () => {
  const bars = hourly(ROWS, 100);
  const { store, cache } = await openWith(bars);
  const first = await loadBars(store, cache, BTC_1H);
  const second = await loadBars(store, cache, BTC_1H);
  expect([first.source, second.source]).toEqual(["store", "cache"]);
  expect([...first.notices, ...second.notices]).toEqual([]);
  expect(plain(second.bars)).toEqual(plain(bars));
  expect(second.bars.volume.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(second.months).toMatchObject(monthHashes(bars));
  expect(first.months).toEqual(second.months);
  await store.close();
});

test("a part of the period is cut to the bar, and hashes a month that is used in part anew", async () => {
  const bars = hourly(ROWS);
  const { store, cache } = await openWith(bars);
  await loadBars(store, cache, BTC_1H);
  const from = Date.UTC(2025, 9, 10, 0, 30);
  const to = Date.UTC(2025, 11, 1);
  const loaded = await loadBars(store, cache, BTC_1H, { from, to });
  const [start, end] = [from, to].map((time) => lowerBound(bars.time, bars.length, time)) as [
    number,
    number,
  ];
  const expected = sliceBars(bars, start, end);
  expect(loaded.source).toBe("cache");
  expect(plain(loaded.bars)).toEqual(plain(expected));
  expect(loaded.months).toMatchObject(monthHashes(expected));
  const whole = await store.readMonths(BTC_1H);
  expect(
    loaded.months.map(({ hash }) => hash === whole.find((month) => month.hash === hash)?.hash),
  ).toEqual([false, true]);
  await store.close();
});

test("few rows are read from the store and leave no file", async () => {
  const bars = hourly(3_000);
  const { store, cache } = await openWith(bars);
  const loaded = await loadBars(store, cache, BTC_1H, { from: bars.time[10], to: bars.time[20] });
  expect(plain(loaded.bars)).toEqual(plain(sliceBars(bars, 10, 20)));
  expect(loaded.source).toBe("store");
  expect(existsSync(cache.folder)).toBe(false);
  const none = await loadBars(store, cache, BTC_1H, { from: 0, to: 1 });
  expect([none.bars.length, none.months]).toEqual([0, []]);
  await store.close();
});

test("funding is loaded with its hashes", async () => {
  const funding = sampleFunding(300);
  const { store, cache } = await openWith(hourly(5));
  await store.writeFunding(BTC_FUNDING, funding, SAMPLE_SOURCE);
  const loaded = await loadFunding(store, cache, BTC_FUNDING);
  expect(Array.from(loaded.funding.rate)).toEqual(Array.from(funding.rate));
  expect(loaded.months).toMatchObject(fundingMonthHashes(funding));
  await store.close();
});

test("after a change of the store the old file is not used and goes", async () => {
  const bars = hourly(ROWS);
  const { store, cache } = await openWith(bars);
  await loadBars(store, cache, BTC_1H);
  const [before] = readdirSync(cache.folder);
  const changed = copyBars(bars);
  changed.close[ROWS - 1] = 5;
  await store.writeBars(BTC_1H, changed, SAMPLE_SOURCE, { onConflict: "replace" });
  const loaded = await loadBars(store, cache, BTC_1H);
  expect([loaded.source, loaded.bars.close[ROWS - 1]]).toEqual(["store", 5]);
  expect(readdirSync(cache.folder)).toHaveLength(1);
  expect(readdirSync(cache.folder)).not.toContain(before);
  await store.close();
});

test("a damaged file is told, rebuilt and never used", async () => {
  const bars = hourly(ROWS);
  const { store, cache } = await openWith(bars);
  await loadBars(store, cache, BTC_1H);
  const path = join(cache.folder, readdirSync(cache.folder)[0] as string);
  const bytes = readFileSync(path);
  bytes[200_000] = (bytes[200_000] as number) ^ 1;
  writeFileSync(path, bytes);
  const loaded = await loadBars(store, cache, BTC_1H);
  expect(loaded.notices).toEqual([
    expect.stringMatching(/^Rebuilt the damaged cache file ".*\.arrow"$/),
  ]);
  expect(loaded.source).toBe("store");
  expect(plain(loaded.bars)).toEqual(plain(bars));
  expect((await loadBars(store, cache, BTC_1H)).source).toBe("cache");
  await store.close();
});

test("a cache that cannot be written is told and stops nothing", async () => {
  const { store, cache } = await openWith(hourly(ROWS));
  writeFileSync(cache.folder, "in the way");
  const loaded = await loadBars(store, cache, BTC_1H);
  expect(loaded.bars.length).toBe(ROWS);
  expect(loaded.notices).toEqual([
    expect.stringContaining("Cannot read the column cache"),
    expect.stringContaining("Cannot write the column cache"),
  ]);
  await store.close();
});

test("the oldest files go when there are too many bytes, and leftovers of dead processes", async () => {
  const bars = hourly(ROWS);
  const { store, cache } = await openWith(bars);
  await loadBars(store, cache, BTC_1H);
  const [name] = readdirSync(cache.folder) as [string];
  const { size } = statSync(join(cache.folder, name));
  for (const [index, file] of ["old.1.arrow", "older.1.arrow", "dead.tmp"].entries()) {
    writeFileSync(join(cache.folder, file), Buffer.alloc(1_000));
    const usedAt = new Date(Date.now() - (index + 2) * 3_600_000);
    utimesSync(join(cache.folder, file), usedAt, usedAt);
  }
  writeFileSync(join(cache.folder, "living.tmp"), "");
  await store.writeBars({ ...BTC_1H, symbol: "ETHUSDT" }, bars, SAMPLE_SOURCE);
  const bounded = { ...cache, bytesMax: 2 * size + 1_500 };
  await loadBars(store, bounded, { ...BTC_1H, symbol: "ETHUSDT" });
  expect(readdirSync(cache.folder).filter((file) => !file.startsWith("bybit"))).toEqual([
    "living.tmp",
    "old.1.arrow",
  ]);
  expect(readdirSync(cache.folder)).toContain(name);
  await store.close();
});

test("the file is an Arrow file that other readers understand, by its footer and as a stream", async () => {
  for (const length of [1, 7, 8, 1_000]) {
    const bars = sampleBars(length, { unknownVolumeEvery: 3 });
    const bytes = readFileSync(await writtenFile(bars));
    const table = tableFromIPC(bytes);
    expect(table.schema.fields.map(String)).toEqual(NAMES.map((name) => `${name}: Float64`));
    expect(table.schema.metadata.get("drydock.series")).toBe("bybit BTCUSDT 1m candles");
    const columns = NAMES.map((name) => Array.from(table.getChild(name) ?? []));
    expect(columns).toEqual(plain(bars));
    const [batch] = [...RecordBatchReader.from(bytes.subarray(8))];
    expect(batch?.numRows).toBe(length);
    expect(NAMES.map((name) => Array.from(batch?.getChild(name) ?? []))).toEqual(plain(bars));
  }
});

test("columns begin at multiples of 64 bytes", async () => {
  const bars = sampleBars(1_001);
  const bytes = readFileSync(await writtenFile(bars));
  for (const column of barColumns(bars).columns) {
    const part = Buffer.from(column.buffer, 0, 8_008);
    expect(bytes.indexOf(part) % 64).toBe(0);
  }
});

test("readCacheFile() reads only the months it is asked for", async () => {
  const bars = sampleBars(24 * 120, { intervalMs: 3_600_000 });
  const path = await writtenFile(bars);
  const months = monthHashes(bars);
  const rows = await readCacheFile(path, {
    fingerprint: "f".repeat(64),
    columns: 6,
    months: { first: 1, last: 2 },
  });
  const start = months[0]?.rows as number;
  const end = start + (months[1]?.rows as number) + (months[2]?.rows as number);
  expect((rows as SeriesColumns).columns.map((column) => Array.from(column))).toEqual(
    plain(sliceBars(bars, start, end)),
  );
});

test("readCacheFile() tells missing, outdated and damaged files apart", async () => {
  const bars = sampleBars(24 * 60, { intervalMs: 3_600_000 });
  const path = await writtenFile(bars);
  const months = { first: 0, last: 2 };
  expect(await readCacheFile(`${path}.not`, { fingerprint: "", columns: 6, months })).toBe(
    "missing",
  );
  expect(await readCacheFile(path, { fingerprint: "a", columns: 6, months })).toBe("outdated");
  expect(await readCacheFile(path, { fingerprint: "f".repeat(64), columns: 2, months })).toBe(
    "outdated",
  );
  expect(await readAll(path, 2)).toMatchObject({ length: bars.length });
});

test("every cut and every changed byte of values or index is noticed", async () => {
  const bars = sampleBars(40, { intervalMs: 86_400_000 });
  const path = await writtenFile(bars);
  const whole = readFileSync(path);
  const good = (await readAll(path, 1)) as SeriesColumns;
  const expected = good.columns.map((column) => Array.from(column));
  let damaged = 0;
  for (let at = 0; at < whole.length; at += 3) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] as number) ^ 0x10;
    writeFileSync(path, bytes);
    const rows = await readAll(path, 1);
    if (typeof rows === "string") damaged++;
    // Bytes of padding and of Arrow's own headers may change: the values are then still right.
    else if (
      JSON.stringify(rows.columns.map((column) => Array.from(column))) !== JSON.stringify(expected)
    ) {
      throw new Error(`A changed byte at ${at} went unnoticed`);
    }
  }
  expect(damaged).toBeGreaterThan((40 * 8 * 6) / 3);
  for (let length = 0; length < whole.length; length += 41) {
    writeFileSync(path, whole);
    truncateSync(path, length);
    expect(await readAll(path, 1)).toBe("damaged");
  }
});

test("a loaded series has the fingerprint of the same rows from elsewhere", async () => {
  const bars = hourly(5_000);
  const { store, cache } = await openWith(bars);
  const period = { from: bars.time[500], to: bars.time[4_500] };
  const { months } = await loadBars(store, cache, BTC_1H, period);
  const ofFile = monthHashes(copyBars(sliceBars(bars, 500, 4_500)));
  expect(fingerprint([{ key: BTC_1H, months }])).toBe(
    fingerprint([{ key: BTC_1H, months: ofFile }]),
  );
  await store.close();
});
