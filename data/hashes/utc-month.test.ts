import { expect, test } from "vitest";
import { monthEnd, monthOf, monthStart, splitMonths } from "./utc-month.ts";

test.each([
  ["2025-10", "2025-10-01T00:00:00.000Z", "2025-11-01T00:00:00.000Z"],
  ["2025-12", "2025-12-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"],
  ["2024-02", "2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"],
  ["1969-12", "1969-12-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"],
])("the month %s lasts from %s to %s", (month, start, end) => {
  expect(new Date(monthStart(month)).toISOString()).toBe(start);
  expect(new Date(monthEnd(month)).toISOString()).toBe(end);
  expect(monthOf(monthStart(month))).toBe(month);
  expect(monthOf(monthEnd(month) - 1)).toBe(month);
});

test("splitMonths() skips months without rows", () => {
  const time = Float64Array.from(["2025-01-31", "2025-02-01", "2025-05-03"], (day) =>
    Date.parse(day),
  );
  expect(splitMonths(time, 3)).toEqual([
    { month: "2025-01", start: 0, end: 1 },
    { month: "2025-02", start: 1, end: 2 },
    { month: "2025-05", start: 2, end: 3 },
  ]);
  expect(splitMonths(time, 0)).toEqual([]);
});
