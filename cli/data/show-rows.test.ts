import { expect, test } from "vitest";

import { csvLines, jsonRows, tableOf } from "#cli/data/show-rows.ts";

const rows = {
  time: Float64Array.of(0, 3_600_000, 7_200_000, 7_200_001),
  columns: [
    { name: "close", values: Float64Array.of(1, 0.1 + 0.2, 1e-7, 4) },
    { name: "macd(12,26,9).signal", values: Float64Array.of(Number.NaN, 2, -3, 4) },
  ],
  start: 0,
  end: 3,
};

test("CSV: full precision without exponents, quoted names, an empty cell for no value", () => {
  expect([...csvLines(rows)].join("")).toBe(
    [
      'time,close,"macd(12,26,9).signal"',
      "1970-01-01T00:00:00Z,1,",
      "1970-01-01T01:00:00Z,0.30000000000000004,2",
      "1970-01-01T02:00:00Z,0.0000001,-3",
      "",
    ].join("\n"),
  );
});

test("JSON: the same names, null for no value, a comma between rows only", () => {
  const text = [...jsonRows(rows)].join("");
  expect(JSON.parse(text)).toEqual([
    { time: "1970-01-01T00:00:00Z", close: 1, "macd(12,26,9).signal": null },
    { time: "1970-01-01T01:00:00Z", close: 0.30000000000000004, "macd(12,26,9).signal": 2 },
    { time: "1970-01-01T02:00:00Z", close: 1e-7, "macd(12,26,9).signal": -3 },
  ]);
  expect(JSON.parse([...jsonRows({ ...rows, start: 2, end: 4 })].join(""))).toHaveLength(2);
  expect([...jsonRows({ ...rows, start: 1, end: 1 })].join("")).toBe("[]");
});

test("a reader gets ten digits, a program all of them", () => {
  expect(tableOf(rows, "readable").rows[1]).toEqual(["1970-01-01T01:00:00Z", "0.3", "2"]);
  expect(tableOf(rows, "full").rows[1]).toEqual([
    "1970-01-01T01:00:00Z",
    "0.30000000000000004",
    "2",
  ]);
});
