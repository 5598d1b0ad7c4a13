import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { copyBars, sampleBars, sampleFunding } from "#data/testing/sample-bars.ts";
import { type BarColumns, lowerBound, sliceBars } from "#engine/market/bars.ts";
import { fundingMonthHashes, monthHashes } from "./month-hashes.ts";

/** The definition, byte by byte. */
function reference(times: Iterable<number>, ...values: Iterable<number>[]): string {
  const hash = createHash("sha256");
  for (const time of times) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(time));
    hash.update(bytes);
  }
  for (const value of values.flatMap((column) => [...column])) {
    const bytes = Buffer.alloc(8);
    if (Number.isNaN(value)) bytes.writeBigUInt64LE(0x7ff8_0000_0000_0000n);
    else bytes.writeDoubleLE(value === 0 ? 0 : value);
    hash.update(bytes);
  }
  return hash.digest("hex");
}

function referenceOf(bars: BarColumns): string {
  const { time, open, high, low, close, volume } = bars;
  return reference(time, open, high, low, close, volume);
}

const HOUR = 3_600_000;

test("monthHashes() hashes times as int64, then column after column, per UTC month", () => {
  const bars = sampleBars(24 * 60, { intervalMs: HOUR, unknownVolumeEvery: 5 });
  const cut = lowerBound(bars.time, bars.length, Date.UTC(2025, 9, 1));
  const end = lowerBound(bars.time, bars.length, Date.UTC(2025, 10, 1));
  const parts = [
    sliceBars(bars, 0, cut),
    sliceBars(bars, cut, end),
    sliceBars(bars, end, bars.length),
  ];
  expect(monthHashes(bars)).toEqual(
    ["2025-09", "2025-10", "2025-11"].map((month, index) => {
      const part = parts[index] as BarColumns;
      return {
        month,
        hash: referenceOf(part),
        rows: part.length,
        firstTime: part.time[0],
        lastTime: part.time[part.length - 1],
      };
    }),
  );
});

test("monthHashes() of a known row stays what it is", () => {
  const bars = sampleBars(1, { start: Date.UTC(2024, 1, 29), seed: 3 });
  expect(monthHashes(bars)).toMatchObject([{ month: "2024-02", hash: referenceOf(bars), rows: 1 }]);
  expect(monthHashes(bars)[0]?.hash).toMatchInlineSnapshot(
    `"d697abf2683c5bfad211e32f4d3d09d12ed062b12f11d901615d35fc211a2bea"`,
  );
});

test("monthHashes() takes −0 for 0 and any NaN for the same NaN", () => {
  const bars = sampleBars(3);
  const other = copyBars(bars);
  bars.volume.set([0, NaN, 1]);
  other.volume.set([-0, 0, 1]);
  // A NaN with a payload, written behind the back of the engine.
  new BigUint64Array(other.volume.buffer)[1] = 0xfff8_0000_0000_1234n;
  expect(monthHashes(other)).toEqual(monthHashes(bars));
});

test("monthHashes() hashes times before 1970 and beyond 32 bits of seconds", () => {
  for (const start of [Date.UTC(1969, 5, 1), Date.UTC(2150, 5, 1)]) {
    const bars = sampleBars(2, { start });
    expect(monthHashes(bars).map(({ hash }) => hash)).toEqual([referenceOf(bars)]);
  }
});

test("monthHashes() cuts months at midnight UTC", () => {
  const start = Date.UTC(2025, 0, 31, 23, 58);
  const months = monthHashes(sampleBars(4, { start }));
  expect(months.map(({ month, rows }) => [month, rows])).toEqual([
    ["2025-01", 2],
    ["2025-02", 2],
  ]);
});

test("monthHashes() of a part differs from the whole month, and equals the same part from elsewhere", () => {
  const bars = sampleBars(500);
  const part = sliceBars(bars, 100, 200);
  expect(monthHashes(part)[0]?.hash).not.toBe(monthHashes(bars)[0]?.hash);
  expect(monthHashes(part)).toEqual(monthHashes(copyBars(part)));
});

test("monthHashes() counts only the valid rows of longer columns", () => {
  const bars = sampleBars(10);
  expect(monthHashes({ ...bars, length: 4 })).toEqual(monthHashes(sliceBars(bars, 0, 4)));
});

test("fundingMonthHashes() hashes stamps and rates", () => {
  const funding = sampleFunding(20);
  expect(fundingMonthHashes(funding)).toMatchObject([
    { month: "2025-09", hash: reference(funding.time, funding.rate), rows: 20 },
  ]);
});
