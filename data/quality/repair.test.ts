import * as fc from "fast-check";
import { expect, test } from "vitest";
import { checkBars } from "./check-bars.ts";
import { checkFunding } from "./check-funding.ts";
import { isRefused } from "./finding.ts";
import { type BarValues, dropDuplicates, type RepairedBars, repairBars } from "./repair.ts";
import { repairFunding } from "./repair-funding.ts";
import { bar, barsOf, HOUR, parsedBars, parsedFunding, rowsOf, START } from "./testing/bars-of.ts";

const clean = Array.from({ length: 40 }, (_, index) => bar(index));

function repair(rows: readonly BarValues[]): RepairedBars {
  const bars = barsOf(rows);
  return repairBars(parsedBars(bars), checkBars(bars));
}

test("sound bars stay the same object, without changes", () => {
  const parsed = parsedBars(barsOf(clean));
  expect(dropDuplicates(parsed)).toEqual({ bars: parsed.bars, changes: [] });
  expect(dropDuplicates(parsed).bars).toBe(parsed.bars);
  expect(repairBars(parsed, []).bars).toBe(parsed.bars);
});

test("identical and rounded copies are dropped without being asked", () => {
  const precise = bar(3, { volume: 12.345678 });
  const rounded = bar(3, { volume: 12.35 });
  const rows = [bar(1), bar(2), bar(2), rounded, precise, rounded, bar(4)];
  const { bars, changes } = dropDuplicates(parsedBars(barsOf(rows)));
  expect(rowsOf(bars)).toEqual([bar(1), bar(2), precise, bar(4)]);
  expect(changes.map((change) => [change.code, change.after])).toEqual([
    ["duplicate", null],
    ["roundedDuplicate", null],
    ["roundedDuplicate", null],
  ]);
  expect(changes[0]?.message).toBe("Dropped 2024-01-01 02:00, line 4: it stands in the file twice");
});

test("copies that disagree stay until a repair is asked for", () => {
  const rows = [bar(1), bar(2), bar(2, { close: 102.5, volume: 3 }), bar(3)];
  expect(dropDuplicates(parsedBars(barsOf(rows))).changes).toEqual([]);
  const { bars, changes } = repair(rows);
  expect(rowsOf(bars)).toEqual([bar(1), bar(2), bar(3)]);
  expect(changes).toMatchObject([
    { code: "conflictingDuplicate", before: { close: 102.5, volume: 3 }, after: null },
  ]);
  expect(changes[0]?.message).toContain("the other row of this time traded more");
});

test.each([
  ["the one that traded more", bar(2, { close: 101, volume: 5 }), bar(2, { volume: 5.1 }), 1],
  [
    "at equal volumes the one with more digits",
    bar(2, { close: 103.25 }),
    bar(2, { close: 103.5, open: 102.125 }),
    1,
  ],
  ["then the later one in the file", bar(2, { close: 102.1 }), bar(2, { close: 102.2 }), 1],
  ["the first, where it traded more", bar(2, { close: 101, volume: 9 }), bar(2, { volume: 5 }), 0],
])("of two rows it keeps %s", (_, first, second, kept) => {
  const { bars } = repair([bar(1), first, second, bar(3)]);
  expect(rowsOf(bars)[1]).toEqual([first, second][kept]);
});

test.each([
  ["notFinite", { close: Number.NaN }],
  ["nonPositivePrice", { low: -1 }],
  ["ohlc", { high: 1 }],
  ["negativeVolume", { volume: -1 }],
] as const)("a row with %s is dropped, the gap stays", (code, change) => {
  const { bars, changes } = repair(clean.with(9, bar(9, change)));
  expect(rowsOf(bars)).toEqual(clean.toSpliced(9, 1));
  expect(changes).toMatchObject([{ code, time: START + 9 * HOUR, after: null }]);
});

test("columns in another order are not repaired away", () => {
  const swapped = clean.map((row) => ({ ...row, high: row.low, low: row.high }));
  const { bars, changes } = repair(swapped);
  expect(changes).toEqual([]);
  expect(isRefused(checkBars(bars))).toBe(true);
});

test("a stamp that jitters is moved, one between two bars is dropped", () => {
  const jitter = bar(5, { time: START + 5 * HOUR + 400 });
  const early = bar(6, { time: START + 6 * HOUR - 3 });
  const between = bar(7, { time: START + 7 * HOUR + HOUR / 2 });
  const { bars, changes } = repair([
    ...clean.slice(0, 5),
    jitter,
    early,
    between,
    ...clean.slice(8),
  ]);
  expect(rowsOf(bars)).toEqual(clean.toSpliced(7, 1));
  expect(changes.map((change) => [change.code, change.after === null])).toEqual([
    ["misaligned", false],
    ["misaligned", false],
    ["misaligned", true],
  ]);
  expect(changes[0]?.message).toBe("Moved 2024-01-01 05:00:00.400, line 7, to 2024-01-01 05:00");
});

test("a wrong time zone is not repaired: it would move the future into the past", () => {
  const shifted = clean.map((row) => ({ ...row, time: row.time + HOUR / 2 }));
  const { bars, changes } = repair(shifted);
  expect(changes).toEqual([]);
  expect(isRefused(checkBars(bars))).toBe(true);
});

test("an unfinished last bar is dropped on repair only", () => {
  const parsed = parsedBars(barsOf(clean));
  const findings = checkBars(parsed.bars, { now: START + 39.5 * HOUR });
  expect(dropDuplicates(parsed).bars.length).toBe(40);
  const { bars, changes } = repairBars(parsed, findings);
  expect(bars.length).toBe(39);
  expect(changes).toMatchObject([
    { code: "unfinishedLastBar", time: START + 39 * HOUR, after: null },
  ]);
});

const values = fc.record({
  slot: fc.nat(30),
  jitter: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 250, -250, HOUR / 3),
  open: fc.constantFrom(100, 100.5, 101, Number.NaN, -1),
  high: fc.constantFrom(103, 104.25, 104.25, 99),
  low: fc.constantFrom(98, 99.5, 97),
  close: fc.constantFrom(100, 102.123, 102.12),
  volume: fc.constantFrom(1, 1.234, 1.23, 0, Number.NaN, -2),
});
const defective = fc
  .array(values, { minLength: 1, maxLength: 40 })
  .map((list) =>
    list
      .map(
        ({ slot, jitter, ...rest }): BarValues => ({ time: START + slot * HOUR + jitter, ...rest }),
      )
      .sort((a, b) => a.time - b.time),
  );

test("whatever the rows: a repair ends, invents nothing, and is complete or refuses", () => {
  fc.assert(
    fc.property(defective, (rows) => {
      const { bars, changes } = repair(rows);
      const dropped = changes.filter((change) => change.after === null).length;
      expect(bars.length + dropped).toBe(rows.length);
      const valuesOf = (row: BarValues): string => JSON.stringify({ ...row, time: 0 });
      const known = new Set(rows.map(valuesOf));
      expect(rowsOf(bars).filter((row) => !known.has(valuesOf(row)))).toEqual([]);
      const errors = checkBars(bars).filter((finding) => finding.severity === "error");
      // Only what speaks of mixed-up columns or a wrong time zone may be left.
      const left = errors.filter(({ code }) => code !== "ohlc" && code !== "misaligned");
      expect(left).toEqual([]);
      const again = errors.length === 0 ? repairBars(parsedBars(bars), []).changes : [];
      expect(again).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("dropping copies twice changes nothing more, and every time stays", () => {
  fc.assert(
    fc.property(defective, (rows) => {
      const once = dropDuplicates(parsedBars(barsOf(rows))).bars;
      expect(dropDuplicates(parsedBars(once)).changes).toEqual([]);
      expect(new Set(rowsOf(once).map((row) => row.time))).toEqual(
        new Set(rows.map((row) => row.time)),
      );
    }),
  );
});

test("funding: a rate twice is kept once, different rates need a repair", () => {
  const at = (hours: number, ms = 0): number => START + hours * HOUR + ms;
  const rows = [
    [at(0), 1e-4],
    [at(8), 2e-4],
    [at(8, 3), 2e-4],
    [at(16), 1e-4],
    [at(16), 3e-4],
    [at(24), Number.NaN],
  ] as const;
  const parsed = parsedFunding(rows);
  const same = repairFunding(parsed, "same");
  expect(same.funding.length).toBe(5);
  expect(isRefused(checkFunding(same.funding))).toBe(true);
  const all = repairFunding(parsed, "all");
  expect([...all.funding.time]).toEqual([at(0), at(8), at(16)]);
  expect([...all.funding.rate]).toEqual([1e-4, 2e-4, 3e-4]);
  expect(all.changes.map((change) => change.code)).toEqual([
    "duplicate",
    "conflictingDuplicate",
    "notFinite",
  ]);
  expect(isRefused(checkFunding(all.funding))).toBe(false);
});

test("a row with an absurd price is dropped, and the rest passes", () => {
  const rows = clean.toSpliced(7, 1, bar(7, { high: 1e308 }));
  const { bars, changes } = repair(rows);
  expect(changes).toMatchObject([{ code: "absurdPrice", after: null }]);
  expect(isRefused(checkBars(bars))).toBe(false);
});
