import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { AssertionFailed } from "#engine/assert.ts";
import { compareFingerprints, fingerprint, type SeriesFingerprint } from "./data-fingerprint.ts";

const btc = { kind: "candles", exchange: "bybit", symbol: "BTCUSDT", interval: "1m" } as const;
const funding = { ...btc, kind: "funding", interval: "" } as const;
const october = { month: "2025-10", hash: "aa" };
const november = { month: "2025-11", hash: "bb" };

function series(key: SeriesFingerprint["key"], ...months: SeriesFingerprint["months"][number][]) {
  return { key, months };
}

test("fingerprint() is the SHA-256 of the sorted list as canonical JSON", () => {
  const text =
    '[["candles","bybit","BTCUSDT","1m",[["2025-10","aa"],["2025-11","bb"]]],' +
    '["funding","bybit","BTCUSDT","",[["2025-10","aa"]]]]';
  const expected = createHash("sha256").update(text).digest("hex");
  expect(fingerprint([series(funding, october), series(btc, november, october)])).toBe(expected);
  expect(fingerprint([series(btc, october, november), series(funding, october)])).toBe(expected);
});

test("fingerprint() ignores what else a month carries", () => {
  const rich = { ...october, rows: 5, priceDecimals: 1 };
  expect(fingerprint([series(btc, rich)])).toBe(fingerprint([series(btc, october)]));
});

test("fingerprint() refuses a series that is listed twice", () => {
  expect(() => fingerprint([series(btc, october), series(btc, november)])).toThrow(AssertionFailed);
});

test("compareFingerprints() names series and month of each difference", () => {
  const first = [series(btc, october, november), series(funding, october)];
  const second = [
    series(btc, { month: "2025-10", hash: "cc" }, { month: "2025-12", hash: "dd" }),
    series({ ...btc, symbol: "ETHUSDT" }, october),
  ];
  expect(compareFingerprints(first, second)).toEqual([
    { series: btc, month: "2025-10", what: "changed" },
    { series: btc, month: "2025-11", what: "removed" },
    { series: btc, month: "2025-12", what: "added" },
    { series: { ...btc, symbol: "ETHUSDT" }, month: "2025-10", what: "added" },
    { series: funding, month: "2025-10", what: "removed" },
  ]);
  expect(compareFingerprints(first, first)).toEqual([]);
});

test("compareFingerprints() sees a series without rows", () => {
  expect(compareFingerprints([], [series(funding)])).toEqual([
    { series: funding, month: "", what: "added" },
  ]);
  expect(compareFingerprints([series(funding)], [])).toEqual([
    { series: funding, month: "", what: "removed" },
  ]);
});
