import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fingerprint } from "#data/hashes/data-fingerprint.ts";
import { fundingMonthHashes, monthHashes } from "#data/hashes/month-hashes.ts";
import { BTC_1M, BTC_FUNDING, SAMPLE_SOURCE } from "#data/testing/market-keys.ts";
import { plain, storePath, withStore } from "#data/testing/market-stores.ts";
import { copyBars, sampleBars, sampleFunding } from "#data/testing/sample-bars.ts";
import { sliceBars } from "#engine/market/bars.ts";
import type { InstrumentRecord } from "./instrument-table.ts";
import { openMarketStore } from "./market-store.ts";

const MINUTE = 60_000;

test("bars come back as they were written, in shared memory, unknown volumes included", async () => {
  const path = storePath();
  const bars = sampleBars(9_000, { unknownVolumeEvery: 7 });
  await withStore(path, async (store) => {
    const counts = await store.writeBars(BTC_1M, bars, SAMPLE_SOURCE);
    expect(counts).toEqual({ inserted: 9_000, unchanged: 0, replaced: 0 });
  });
  const store = await openMarketStore(path, { mode: "read" });
  const read = await store.readBars(BTC_1M);
  await store.close();
  expect(plain(read)).toEqual(plain(bars));
  expect(read.close.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(new Set(Object.values(read).map((column) => column.buffer ?? read.time.buffer)).size).toBe(
    1,
  );
});

test("funding rates come back as they were written, stamps some milliseconds late", async () => {
  const funding = sampleFunding(500);
  await withStore(storePath(), async (store) => {
    await store.writeFunding(BTC_FUNDING, funding, SAMPLE_SOURCE);
    const read = await store.readFunding(BTC_FUNDING);
    expect(Array.from(read.time)).toEqual(Array.from(funding.time));
    expect(Array.from(read.rate)).toEqual(Array.from(funding.rate));
  });
});

test("readBars() of a period takes from its start up to, and without, its end", async () => {
  const bars = sampleBars(5_000);
  await withStore(storePath(), async (store) => {
    await store.writeBars(BTC_1M, bars, SAMPLE_SOURCE);
    const from = bars.time[100] as number;
    const to = bars.time[4_000] as number;
    const part = await store.readBars(BTC_1M, { from, to });
    expect(plain(part)).toEqual(plain(sliceBars(bars, 100, 4_000)));
    const between = await store.readBars(BTC_1M, { from: from + 1, to: to + 1 });
    expect(plain(between)).toEqual(plain(sliceBars(bars, 101, 4_001)));
    expect((await store.readBars(BTC_1M, { from: to + 9e9 })).length).toBe(0);
    expect((await store.readBars(BTC_1M, { from, to: from })).length).toBe(0);
  });
});

test("the same import twice changes nothing", async () => {
  const path = storePath();
  const bars = sampleBars(3_000, { unknownVolumeEvery: 3 });
  await withStore(path, (store) => store.writeBars(BTC_1M, bars, SAMPLE_SOURCE));
  const before = readFileSync(path);
  await withStore(path, async (store) => {
    expect(await store.writeBars(BTC_1M, bars, { ...SAMPLE_SOURCE, importedAt: 5 })).toEqual({
      inserted: 0,
      unchanged: 3_000,
      replaced: 0,
    });
    expect((await store.listSeries())[0]?.imports).toHaveLength(1);
  });
  expect(readFileSync(path).equals(before)).toBe(true);
});

test("rows before, between and after the stored ones are merged in order of time", async () => {
  const bars = sampleBars(60 * 24 * 20);
  const parts = [
    [20_000, 28_800],
    [0, 5_000],
    [4_000, 21_000],
  ] as const;
  await withStore(storePath(), async (store) => {
    const counts = [];
    for (const [start, end] of parts) {
      counts.push(await store.writeBars(BTC_1M, sliceBars(bars, start, end), SAMPLE_SOURCE));
    }
    expect(counts).toEqual([
      { inserted: 8_800, unchanged: 0, replaced: 0 },
      { inserted: 5_000, unchanged: 0, replaced: 0 },
      { inserted: 15_000, unchanged: 2_000, replaced: 0 },
    ]);
    expect(plain(await store.readBars(BTC_1M))).toEqual(plain(bars));
    expect(await store.readMonths(BTC_1M)).toMatchObject(monthHashes(bars));
    expect(await store.verifySeries(BTC_1M)).toEqual([]);
  });
});

test("rows that disagree are refused with the first places, and nothing of the import is stored", async () => {
  const bars = sampleBars(1_000, { unknownVolumeEvery: 400 });
  const other = copyBars(sampleBars(1_200, { unknownVolumeEvery: 400 }));
  other.close[10] = 1;
  other.volume[400] = 5;
  other.volume[11] = NaN;
  await withStore(storePath(), async (store) => {
    await store.writeBars(BTC_1M, bars, SAMPLE_SOURCE);
    await expect(store.writeBars(BTC_1M, other, SAMPLE_SOURCE)).rejects.toMatchObject({
      code: "E_DATA_CONFLICT",
      message:
        '3 rows of "bybit BTCUSDT 1m candles" disagree with the stored ones: ' +
        `2025-09-20T00:10:00Z close ${bars.close[10]}, new 1; ` +
        `2025-09-20T00:11:00Z volume ${bars.volume[11]}, new unknown; ` +
        "2025-09-20T06:40:00Z volume unknown, new 5",
      hint: expect.stringContaining("nothing was stored"),
    });
    expect(plain(await store.readBars(BTC_1M))).toEqual(plain(bars));
  });
});

test("a conflict lists five places and counts the others", async () => {
  const bars = sampleBars(100);
  const other = copyBars(bars);
  other.low.fill(1, 0, 8);
  await withStore(storePath(), async (store) => {
    await store.writeBars(BTC_1M, bars, SAMPLE_SOURCE);
    const attempt = store.writeBars(BTC_1M, other, SAMPLE_SOURCE);
    await expect(attempt).rejects.toThrow(/^8 rows .*00:04:00Z low .*, and 3 more$/);
  });
});

test("with replace, the new values win and the months follow", async () => {
  const bars = sampleBars(60 * 24 * 30, { unknownVolumeEvery: 50 });
  const other = copyBars(sliceBars(bars, 10_000, 30_000));
  for (let row = 0; row < 20_000; row += 3) other.volume[row] = row;
  other.volume[1] = NaN;
  await withStore(storePath(), async (store) => {
    await store.writeBars(BTC_1M, bars, SAMPLE_SOURCE);
    const counts = await store.writeBars(BTC_1M, other, SAMPLE_SOURCE, { onConflict: "replace" });
    expect(counts.inserted).toBe(0);
    expect(counts.replaced + counts.unchanged).toBe(20_000);
    expect(counts.replaced).toBeGreaterThan(6_000);
    const expected = copyBars(bars);
    expected.volume.set(other.volume, 10_000);
    expect(plain(await store.readBars(BTC_1M))).toEqual(plain(expected));
    expect(await store.readMonths(BTC_1M)).toMatchObject(monthHashes(expected));
    expect((await store.listSeries())[0]?.imports).toMatchObject([{ replaced: 0 }, counts]);
  });
});

test("listSeries() tells rows, ends, missing bars, decimals and where they came from", async () => {
  const bars = sampleBars(600);
  const gappy = { ...BTC_1M, symbol: "ETHUSDT" };
  const daily = { ...BTC_1M, interval: "1d" } as const;
  await withStore(storePath(), async (store) => {
    await store.writeBars(gappy, sliceBars(bars, 0, 100), SAMPLE_SOURCE);
    await store.writeBars(gappy, sliceBars(bars, 150, 600), SAMPLE_SOURCE);
    await store.writeFunding(BTC_FUNDING, sampleFunding(9), SAMPLE_SOURCE);
    await store.writeBars(daily, sampleBars(40, { intervalMs: 86_400_000 }), SAMPLE_SOURCE);
    await store.writeBars(BTC_1M, bars, SAMPLE_SOURCE);
    const series = await store.listSeries();
    expect(
      series.map(({ key, rows, missingBars, priceDecimals }) => [
        key,
        rows,
        missingBars,
        priceDecimals,
      ]),
    ).toEqual([
      [BTC_1M, 600, 0, 1],
      [daily, 40, 0, 1],
      [BTC_FUNDING, 9, null, null],
      [gappy, 550, 50, 1],
    ]);
    expect(series[3]).toMatchObject({
      firstTime: bars.time[0],
      lastTime: bars.time[599],
      imports: [
        { ...SAMPLE_SOURCE, inserted: 100, replaced: 0, unchanged: 0 },
        { ...SAMPLE_SOURCE, inserted: 450 },
      ],
    });
  });
});

test("a store and a file with the same rows have the same fingerprint, however they came in", async () => {
  const bars = sampleBars(60 * 24 * 50, { unknownVolumeEvery: 11 });
  const funding = sampleFunding(150);
  const ofFile = fingerprint([
    { key: BTC_1M, months: monthHashes(bars) },
    { key: BTC_FUNDING, months: fundingMonthHashes(funding) },
  ]);
  await withStore(storePath(), async (store) => {
    for (const [start, end] of [
      [40_000, 72_000],
      [0, 30_000],
      [30_000, 40_000],
    ] as const) {
      await store.writeBars(BTC_1M, sliceBars(bars, start, end), SAMPLE_SOURCE);
    }
    await store.writeFunding(BTC_FUNDING, funding, SAMPLE_SOURCE);
    const series = [BTC_FUNDING, BTC_1M].map(async (key) => ({
      key,
      months: await store.readMonths(key),
    }));
    expect(fingerprint(await Promise.all(series))).toBe(ofFile);
  });
});

test("removeSeries() takes everything of one series and nothing of another", async () => {
  const bars = sampleBars(2_000);
  const eth = { ...BTC_1M, symbol: "ETHUSDT" };
  await withStore(storePath(), async (store) => {
    await store.writeBars(BTC_1M, bars, SAMPLE_SOURCE);
    await store.writeBars(eth, bars, SAMPLE_SOURCE);
    expect(await store.removeSeries(BTC_1M)).toBe(2_000);
    expect((await store.listSeries()).map(({ key }) => key)).toEqual([eth]);
    expect(await store.hasSeries(BTC_1M)).toBe(false);
    expect(plain(await store.readBars(eth))).toEqual(plain(bars));
    await expect(store.removeSeries(BTC_1M)).rejects.toMatchObject({
      code: "E_DATA_UNKNOWN_SERIES",
    });
    expect(await store.writeBars(BTC_1M, bars, SAMPLE_SOURCE)).toMatchObject({ inserted: 2_000 });
    expect(await store.verifySeries(BTC_1M)).toEqual([]);
  });
});

test("an unknown series is named together with what there is", async () => {
  await withStore(storePath(), async (store) => {
    await expect(store.readBars(BTC_1M)).rejects.toMatchObject({
      code: "E_DATA_UNKNOWN_SERIES",
      hint: "Run drydock data import <file>",
    });
    await store.writeBars(BTC_1M, sampleBars(10), SAMPLE_SOURCE);
    await expect(store.readBars({ ...BTC_1M, interval: "5m" })).rejects.toMatchObject({
      message: 'The store has no series "bybit BTCUSDT 5m candles"',
      hint: "It has bybit BTCUSDT 1m candles",
    });
  });
});

test("instruments come back, sorted by validity, and replace their like", async () => {
  const record: InstrumentRecord = {
    exchange: "bybit",
    symbol: "BTCUSDT",
    validFrom: Date.UTC(2025, 0, 1),
    tick: 0.1,
    lot: 0.001,
    minQty: 0.001,
    maxQty: null,
    minNotional: 5,
    maxLeverage: 100,
    tiers: [
      { upTo: 2_000_000, maintenancePct: 0.5, maxLeverage: 100, deduction: 0 },
      { upTo: Infinity, maintenancePct: 1, maxLeverage: 50, deduction: 10_000 },
    ],
    fundingIntervalHours: 8,
    maker: 0.0002,
    taker: 0.00055,
  };
  const older = { ...record, validFrom: 0, tick: 0.5, maker: null, fundingIntervalHours: null };
  await withStore(storePath(), async (store) => {
    expect(await store.readInstruments()).toEqual([]);
    await store.writeInstruments([record, older, { ...record, symbol: "ETHUSDT" }]);
    await store.writeInstruments([{ ...record, taker: 0.0006 }]);
    expect(await store.readInstruments({ exchange: "bybit", symbol: "BTCUSDT" })).toEqual([
      older,
      { ...record, taker: 0.0006 },
    ]);
    expect(await store.readInstruments()).toHaveLength(3);
    expect(await store.readInstruments({ exchange: "hyperliquid" })).toEqual([]);
  });
});

test("months carry the decimals that prices need", async () => {
  const bars = copyBars(sampleBars(60 * 24 * 12, { start: Date.UTC(2025, 8, 25) }));
  bars.open.fill(123.456, 20, 21);
  await withStore(storePath(), async (store) => {
    await store.writeBars(BTC_1M, bars, SAMPLE_SOURCE);
    const months = await store.readMonths(BTC_1M);
    expect(months.map(({ month, priceDecimals }) => [month, priceDecimals])).toEqual([
      ["2025-09", 3],
      ["2025-10", 1],
    ]);
  });
});

test("a minute more each time: many small writes end in one series", async () => {
  const bars = sampleBars(12);
  await withStore(storePath(), async (store) => {
    for (let row = 0; row < 12; row++) {
      await store.writeBars(BTC_1M, sliceBars(bars, row, row + 1), SAMPLE_SOURCE);
    }
    expect(plain(await store.readBars(BTC_1M))).toEqual(plain(bars));
    expect(await store.listSeries()).toMatchObject([
      { rows: 12, missingBars: 0, lastTime: (bars.time[0] as number) + 11 * MINUTE },
    ]);
  });
});
