import { expect, test } from "vitest";
import { MONTH_MS } from "#engine/market/interval.ts";
import { checkBars } from "./check-bars.ts";
import type { Finding, FindingCode } from "./finding.ts";
import { type BarValues } from "./repair.ts";
import { bar, barsOf, HOUR, START } from "./testing/bars-of.ts";

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);
const clean = range(0, 60).map((index) => bar(index));
const check = (rows: readonly BarValues[]): Finding[] => checkBars(barsOf(rows));
const find = (findings: readonly Finding[], code: FindingCode): Finding | undefined =>
  findings.find((finding) => finding.code === code);

test("sound bars have no findings, and neither has nothing", () => {
  expect(check(clean)).toEqual([]);
  expect(check([])).toEqual([]);
});

test("gaps: how many, how much is missing, the longest", () => {
  const rows = [...range(0, 10), ...range(12, 20), ...range(25, 30)].map((index) => bar(index));
  const [gap, ...others] = check(rows);
  expect(others).toEqual([]);
  expect(gap).toMatchObject({
    code: "gap",
    severity: "warning",
    count: 2,
    missing: 7,
    longest: { after: START + 19 * HOUR, missing: 5 },
    message: "2 gaps, 7 bars missing, the longest 5 after 2024-01-01 19:00",
  });
  expect(gap?.first).toEqual([
    { time: START + 12 * HOUR, index: 10, detail: "2 bars missing after 2024-01-01 09:00" },
    { time: START + 25 * HOUR, index: 18, detail: "5 bars missing after 2024-01-01 19:00" },
  ]);
});

test("weekends are named as such", () => {
  const day = 86_400_000;
  const weekdays = range(0, 40).filter((index) => index % 7 < 5);
  const [gap] = checkBars(
    barsOf(
      weekdays.map((index) => bar(index, {}, day)),
      day,
    ),
  );
  expect(gap?.message).toMatch(/most of them are weekends/);
});

test("a row twice: identical, rounded, and with other values", () => {
  const precise = bar(3, { open: 100.123, volume: 1.23456 });
  const rounded = bar(3, { open: 100.12, volume: 1.23 });
  const other = bar(3, { open: 100.123, close: 101.5, volume: 1.2 });
  const twice = (a: BarValues, b: BarValues): Finding[] =>
    check([bar(1), bar(2), a, b, bar(4)]).filter((finding) => finding.code !== "ohlc");
  expect(twice(precise, precise)).toMatchObject([
    { code: "duplicate", severity: "warning", count: 1 },
  ]);
  expect(twice(rounded, precise)).toMatchObject([
    { code: "roundedDuplicate", severity: "warning", count: 1 },
  ]);
  const [conflict] = twice(precise, other);
  expect(conflict).toMatchObject({ code: "conflictingDuplicate", severity: "error", count: 1 });
  expect(conflict?.message).toContain("close 104 against 101.5, volume 1.23456 against 1.2");
});

test.each([
  ["notFinite", { close: Number.NaN }],
  ["notFinite", { high: Infinity }],
  ["nonPositivePrice", { low: 0 }],
  ["nonPositivePrice", { open: -1, low: -2 }],
  ["ohlc", { high: 50 }],
  ["ohlc", { low: 200 }],
  ["ohlc", { open: 104, high: 103.9 }],
  ["negativeVolume", { volume: -1 }],
  ["negativeVolume", { volume: Infinity }],
] as const)("%s is an error with its place", (code, change) => {
  const rows = clean.with(7, bar(7, change));
  const found = find(check(rows), code);
  expect(found).toMatchObject({ severity: "error", count: 1 });
  expect(found?.first[0]).toMatchObject({ time: START + 7 * HOUR, index: 7 });
  expect(found?.first[0]?.detail).toContain("2024-01-01 07:00, row 8");
});

test("a high equal to the close is in order", () => {
  expect(check(clean.with(7, bar(7, { high: 103, close: 103 })))).toEqual([]);
});

test("columns in another order are recognised by their number", () => {
  const swapped = clean.map((row) => ({ ...row, high: row.low, low: row.high }));
  expect(find(check(swapped), "ohlc")?.message).toContain("probably in another order");
});

test("misaligned stamps: some rows, or all by the same distance", () => {
  const some = find(check(clean.with(7, bar(7, { time: START + 7 * HOUR + 5 }))), "misaligned");
  expect(some).toMatchObject({ severity: "error", count: 1 });
  expect(some?.message).toContain("1 row off the 1h grid, the first at 2024-01-01 07:00:00.005");
  const all = find(
    check(clean.map((row) => ({ ...row, time: row.time + 1_800_000 }))),
    "misaligned",
  );
  expect(all?.message).toBe(
    "All rows stand 30 min off the 1h grid: the times are probably not UTC",
  );
});

test("weeks may begin on any day, as long as it is the same", () => {
  const week = 7 * 86_400_000;
  const rows = range(0, 20).map((index) => bar(index, {}, week));
  expect(checkBars(barsOf(rows, week))).toEqual([]);
  const odd = rows.with(4, { ...rows[4]!, time: rows[4]!.time + 86_400_000 });
  expect(find(checkBars(barsOf(odd, week)), "misaligned")?.count).toBe(1);
});

test("months are counted by the calendar", () => {
  const months = range(0, 24).map((index) => bar(index, { time: Date.UTC(2023, index, 1) }));
  expect(checkBars(barsOf(months, MONTH_MS))).toEqual([]);
  expect(checkBars(barsOf(months.toSpliced(5, 2), MONTH_MS))).toMatchObject([
    { code: "gap", count: 1, missing: 2 },
  ]);
  const ends = months.map((row, index) => ({ ...row, time: Date.UTC(2023, index + 1, 0) }));
  expect(checkBars(barsOf(ends, MONTH_MS)).map((finding) => finding.code)).toEqual([
    "monthEndStamp",
  ]);
});

test("zero volume and flat bars are warnings, a dead tail is told", () => {
  const quiet = check(clean.with(3, bar(3, { volume: 0 })));
  expect(quiet).toMatchObject([{ code: "zeroVolume", severity: "warning", count: 1 }]);
  const dead = [
    ...clean,
    ...range(60, 160).map((index) =>
      bar(index, { open: 1.59, high: 1.59, low: 1.59, close: 1.59, volume: 0 }),
    ),
  ];
  const findings = check(dead);
  expect(find(findings, "flat")?.count).toBe(100);
  expect(find(findings, "zeroVolume")?.message).toContain(
    "100 rows with zero volume, the last 100 of them flat at 1.59 from 2024-01-03 12:00 on: the symbol seems to be no longer traded",
  );
});

test("volume: none at all is a source without volume, some missing is a defect", () => {
  expect(check(clean.map((row) => ({ ...row, volume: Number.NaN })))).toEqual([]);
  expect(check(clean.with(3, bar(3, { volume: Number.NaN })))).toMatchObject([
    { code: "missingVolume", count: 1 },
  ]);
  expect(checkBars(barsOf(clean.with(3, bar(3, { volume: 0 }))), { kind: "mark" })).toEqual([]);
});

test("extreme moves are pointed out", () => {
  const spike = clean.with(30, bar(30, { open: 100, high: 170, low: 99, close: 165 }));
  expect(find(check(spike), "outlier")).toMatchObject({ severity: "warning", count: 1 });
  const wick = clean.with(30, bar(30, { low: 20 }));
  expect(find(check(wick), "outlier")?.first[0]?.index).toBe(30);
});

test.each([
  ["the file marks it", { isLastOpen: true }, "is marked as not closed"],
  ["now lies inside it", { now: START + 59 * HOUR + 1 }, "closes only at 2024-01-03 12:00"],
  [
    "the file was written inside it",
    { writtenAt: START + 59 * HOUR + 60_000 },
    "was still forming when the file was written",
  ],
])("an unfinished last bar is known because %s", (_, options, reason) => {
  const found = find(checkBars(barsOf(clean), options), "unfinishedLastBar");
  expect(found).toMatchObject({ severity: "warning", count: 1 });
  expect(found?.first[0]).toMatchObject({ index: 59, time: START + 59 * HOUR });
  expect(found?.message).toContain(reason);
});

test("an unfinished last bar is suspected by its volume, a quiet one is not", () => {
  const partial = find(check(clean.with(59, bar(59, { volume: 0.2 }))), "unfinishedLastBar");
  expect(partial?.message).toContain("1.8 % of the usual volume");
  const nervous = clean.map((row, index) => ({ ...row, volume: index % 7 === 0 ? 0.3 : 10 }));
  expect(
    find(check(nervous.with(59, bar(59, { volume: 0.2 }))), "unfinishedLastBar"),
  ).toBeUndefined();
  const closed = { now: START + 60 * HOUR, writtenAt: START + 60 * HOUR };
  expect(checkBars(barsOf(clean), closed)).toEqual([]);
});

test("a month closes with the calendar, wherever it is stamped", () => {
  const codes = (times: readonly number[], now: number): string[] => {
    const months = times.map((time, index) => bar(index, { time }));
    return checkBars(barsOf(months, MONTH_MS), { now }).map((finding) => finding.code);
  };
  const firsts = range(0, 14).map((month) => Date.UTC(2023, month, 1));
  const ends = range(0, 14).map((month) => Date.UTC(2023, month + 1, 0));
  expect(codes(firsts, Date.UTC(2024, 1, 29, 23))).toEqual(["unfinishedLastBar"]);
  expect(codes(firsts, Date.UTC(2024, 2, 1))).toEqual([]);
  expect(codes(ends, Date.UTC(2024, 1, 29, 23))).toEqual(["monthEndStamp", "unfinishedLastBar"]);
  expect(codes(ends, Date.UTC(2024, 2, 1))).toEqual(["monthEndStamp"]);
});

test("bars in the future are pointed out", () => {
  const found = find(checkBars(barsOf(clean), { now: START + 50.5 * HOUR }), "future");
  expect(found).toMatchObject({ severity: "warning", count: 9 });
});

test("rows out of order are an error", () => {
  const rows = [bar(0), bar(2), bar(1), bar(3)];
  expect(find(check(rows), "unsorted")).toMatchObject({ severity: "error", count: 1 });
});

test("places name the row as the caller numbers it", () => {
  const rows = clean.with(7, bar(7, { close: Number.NaN }));
  const [found] = checkBars(barsOf(rows), { where: (index) => `line ${index + 2}` });
  expect(found?.first[0]?.detail).toContain("line 9");
});

test("errors stand first and at most five places are kept", () => {
  const rows = range(0, 40)
    .filter((index) => index % 3 !== 1)
    .map((index) => bar(index, index > 30 ? { close: -1 } : {}));
  const findings = check(rows);
  expect(findings.map((finding) => finding.severity)).toEqual(["error", "warning"]);
  for (const finding of findings) expect(finding.first).toHaveLength(5);
});

test.each([
  ["a high of 1e308", { high: 1e308 }],
  ["a high that its ticks can not hold", { high: 123_456_789.125 }],
  ["a low next to nothing", { low: 1e-300 }],
])("%s is an error", (_name, values) => {
  // Prices of eight decimals: the smallest tick that is inferred.
  const fine = range(0, 40).map((index) => bar(index, { high: 103.123_456_78 }));
  const rows = fine.toSpliced(7, 1, { ...(fine[7] as BarValues), ...values });
  const [worst] = check(rows);
  expect(worst).toMatchObject({ code: "absurdPrice", severity: "error", count: 1 });
  expect(worst?.first[0]?.index).toBe(7);
});

test("large and small markets, and a market that grew a thousandfold, have no absurd prices", () => {
  const at = (scale: number) =>
    range(0, 40).map((index) => {
      const price = scale * (1 + index);
      return bar(index, { open: price, high: price, low: price, close: price });
    });
  for (const scale of [2e9, 50_000, 1.5, 3e-9]) {
    expect(find(check(at(scale)), "absurdPrice")).toBeUndefined();
  }
  const grown = [...at(1).slice(0, 20), ...at(1_000).slice(20)];
  expect(find(check(grown), "absurdPrice")).toBeUndefined();
});
