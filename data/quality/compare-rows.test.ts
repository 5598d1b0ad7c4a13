import { expect, test } from "vitest";
import { compareRows, describeDifference, digitsOfRow } from "./compare-rows.ts";
import { bar, barsOf } from "./testing/bars-of.ts";

const row = { open: 42_000.12, high: 42_010, low: 41_990.5, close: 42_000.3, volume: 12.345678 };

test.each([
  ["the same values", {}, "same"],
  ["a volume with two decimals", { volume: 12.35 }, "rounded"],
  ["prices with one decimal", { open: 42_000.1, volume: 12.3 }, "rounded"],
  ["an integer beside a price of one tick more", { close: 42_000 }, "conflicting"],
  ["another volume", { volume: 12.36 }, "conflicting"],
  ["another close", { close: 42_000.4 }, "conflicting"],
  ["a volume rounded to nothing", { volume: 12 }, "conflicting"],
  ["no volume", { volume: Number.NaN }, "conflicting"],
  ["no close", { close: Number.NaN }, "conflicting"],
])("%s", (_, change, relation) => {
  const bars = barsOf([bar(0, row), bar(0, { ...row, ...change })]);
  expect(compareRows(bars, 0, 1).relation).toBe(relation);
  expect(compareRows(bars, 1, 0).relation).toBe(relation);
});

test("missing values on both sides are equal", () => {
  const missing = { volume: Number.NaN };
  expect(compareRows(barsOf([bar(0, missing), bar(0, missing)]), 0, 1).relation).toBe("same");
});

test("differences are named, and the finer row has more digits", () => {
  const bars = barsOf([bar(0, row), bar(0, { ...row, close: 42_001, volume: 12.35 })]);
  expect(describeDifference(bars, 0, 1)).toBe(
    "close 42000.3 against 42001, volume 12.345678 against 12.35",
  );
  expect(digitsOfRow(bars, 0)).toBeGreaterThan(digitsOfRow(bars, 1));
});
