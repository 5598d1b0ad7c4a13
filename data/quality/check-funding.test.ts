import { expect, test } from "vitest";
import { checkFunding } from "./check-funding.ts";
import type { Finding } from "./finding.ts";
import { HOUR, parsedFunding, START } from "./testing/bars-of.ts";

const check = (rows: readonly (readonly [number, number])[], now?: number): Finding[] =>
  checkFunding(parsedFunding(rows).funding, { now });
const every = (hours: number, count: number, start = START): [number, number][] =>
  Array.from({ length: count }, (_, index) => [
    start + index * hours * HOUR,
    0.0001 - index * 1e-6,
  ]);

test("sound rates have no findings", () => {
  expect(check(every(8, 30))).toEqual([]);
  expect(check(every(1, 30))).toEqual([]);
  expect(check([])).toEqual([]);
});

test("some ms after the hour are the venue's habit", () => {
  const rows = every(8, 10).map(([time, rate], index): [number, number] => [
    time + (index % 3),
    rate,
  ]);
  expect(check(rows)).toMatchObject([
    {
      code: "offStamp",
      severity: "info",
      count: 6,
      message: "6 stamps off the full hour by up to 2 ms, as venues write them",
    },
  ]);
});

test("minutes beside the hour are not", () => {
  const rows = every(8, 10).map(([time, rate]): [number, number] => [time + 1_800_000, rate]);
  expect(check(rows)).toMatchObject([{ code: "misaligned", severity: "warning", count: 10 }]);
});

test("a missing rate is a gap", () => {
  expect(check(every(8, 10).toSpliced(4, 2))).toMatchObject([
    {
      code: "gap",
      severity: "warning",
      count: 1,
      missing: 2,
      longest: { after: START + 24 * HOUR, missing: 2 },
    },
  ]);
});

test("a change of the interval is none", () => {
  const rows = [...every(8, 5), ...every(4, 6, START + 36 * HOUR)];
  expect(check(rows)).toMatchObject([
    {
      code: "intervalChange",
      severity: "info",
      count: 1,
      message: "The interval changes 1 time, first from 8 h to 4 h at 2024-01-02 08:00",
    },
  ]);
});

test("the same rate twice is dropped later, another rate is an error", () => {
  const rows = every(8, 5);
  const [time, rate] = rows[2]!;
  expect(check(rows.toSpliced(3, 0, [time, rate]))).toMatchObject([
    { code: "duplicate", severity: "warning", count: 1 },
  ]);
  expect(check(rows.toSpliced(3, 0, [time + 5, rate]))).toMatchObject([
    { code: "duplicate", severity: "warning", count: 1 },
    { code: "offStamp" },
  ]);
  expect(check(rows.toSpliced(3, 0, [time, rate * 2]))).toMatchObject([
    { code: "conflictingDuplicate", severity: "error", count: 1 },
  ]);
});

test("rates in percent are recognised, single wild ones pointed out", () => {
  const percent = every(8, 30).map(([time, rate]): [number, number] => [time, rate * 100]);
  expect(check(percent)[0]).toMatchObject({ code: "absurdRate", severity: "error" });
  expect(check(every(8, 30).with(3, [START + 24 * HOUR, 0.2]))[0]).toMatchObject({
    code: "absurdRate",
    severity: "warning",
    count: 1,
  });
});

test("what is no number, out of order or in the future is found", () => {
  expect(check(every(8, 5).with(2, [START + 16 * HOUR, Number.NaN]))[0]).toMatchObject({
    code: "notFinite",
    severity: "error",
  });
  expect(check(every(8, 5).reverse())[0]).toMatchObject({
    code: "unsorted",
    severity: "error",
    count: 4,
  });
  expect(check(every(8, 5), START + 20 * HOUR)).toMatchObject([{ code: "future", count: 2 }]);
});
