import { expect, test } from "vitest";
import { MONTH_MS } from "#engine/market/interval.ts";
import { findInterval } from "./find-interval.ts";

const MINUTE = 60_000;

function find(
  minutes: readonly number[],
  named: number | null = null,
  told: number | null = null,
): { intervalMs: number | null; note: string | null } {
  const time = Float64Array.from(minutes, (minute) => minute * MINUTE);
  return findInterval(time, time.length, named, told);
}

test("the most frequent step is the interval", () => {
  expect(find([0, 5, 10, 20, 25])).toEqual({ intervalMs: 5 * MINUTE, note: null });
});

test("of two equally frequent steps the shorter is the interval", () => {
  expect(find([0, 2, 3]).intervalMs).toBe(MINUTE);
});

test("content wins over the name and says so", () => {
  const found = find([0, 1, 2, 3], 8 * MINUTE);
  expect(found.intervalMs).toBe(MINUTE);
  expect(found.note).toBe("The name says 8m, the rows are 1m apart: read as 1m");
});

test("sparse rows keep the interval of their name", () => {
  const found = find([0, 2, 4, 5, 7, 9], MINUTE);
  expect(found.intervalMs).toBe(MINUTE);
  expect(found.note).toContain("sparse 1m");
});

test("with too few rows only the name can tell", () => {
  expect(find([0]).intervalMs).toBeNull();
  expect(find([0], 5 * MINUTE).intervalMs).toBe(5 * MINUTE);
  expect(find([0, 0, 0], 5 * MINUTE).intervalMs).toBe(5 * MINUTE);
});

test("rows that contradict the user are refused", () => {
  expect(() => find([0, 1, 2], null, 5 * MINUTE)).toThrow("The rows are 1m apart, not 5m");
  expect(() => find([0, 5, 10], null, MINUTE)).toThrow("The rows are 5m apart, not 1m");
});

test("steps of 28 to 31 days are months", () => {
  const time = Float64Array.from({ length: 24 }, (_, month) => Date.UTC(2020, month, 1));
  expect(findInterval(time, time.length, null, null).intervalMs).toBe(MONTH_MS);
});

test("stamps that jitter by some ms still show their interval", () => {
  const time = Float64Array.from({ length: 50 }, (_, index) => index * 3_600_000 + (index % 7));
  expect(findInterval(time, time.length, null, null).intervalMs).toBe(3_600_000);
});
