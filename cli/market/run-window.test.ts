import { expect, test } from "vitest";
import { parseTimeBound } from "#cli/time-bound.ts";
import { runWindow } from "./run-window.ts";

const FIRST = Date.UTC(2024, 0, 1);
const END = Date.UTC(2024, 0, 11);
const HOUR = 3_600_000;

function windowOf(
  from: string | null,
  to: string | null,
  interval = "1h",
  data: { first: number; end: number; origin?: number } = { first: FIRST, end: END },
): readonly [string, string, string] {
  const bound = (text: string | null) => (text === null ? null : parseTimeBound(text, "--from"));
  const request = {
    from: bound(from),
    to: bound(to),
    readFrom: null,
    warmup: new Map([["", 1]]),
  };
  const found = runWindow(data, request, interval);
  const iso = (time: number): string => new Date(time).toISOString().slice(5, 16);
  return [iso(found.from), iso(found.to), iso(found.readFrom)];
}

test.each([
  ["2024-01-02", "2024-01-03", "01-02T00:00", "01-03T00:00"],
  ["2024-01-02T00:01", "2024-01-03T00:59", "01-02T01:00", "01-03T00:00"],
  ["2024-01-02T00:30", "2024-01-02T02:30", "01-02T01:00", "01-02T02:00"],
  ["2023-01-01", "2025-01-01", "01-01T00:00", "01-11T00:00"],
])("runWindow() of 1h bars from %s to %s takes whole bars only", (from, to, first, end) => {
  expect(windowOf(from, to).slice(0, 2)).toEqual([first, end]);
});

test("runWindow() cuts data that begins or ends inside a longer bar to whole bars", () => {
  const data = { first: FIRST + HOUR, end: END - HOUR };
  expect(windowOf(null, null, "4h", data)).toEqual(["01-01T04:00", "01-10T20:00", "01-01T04:00"]);
});

test("runWindow() counts the warm-up back from the first whole bar", () => {
  expect(windowOf("2024-01-02T00:30", null)[2]).toBe("01-01T22:00");
});

test("runWindow() follows weeks that begin on another day than Monday", () => {
  const data = { first: Date.UTC(2024, 0, 4), end: Date.UTC(2024, 1, 1) };
  expect(windowOf("2024-01-05", "2024-01-30", "1w", { ...data, origin: data.first })).toEqual([
    "01-11T00:00",
    "01-25T00:00",
    "12-21T00:00",
  ]);
});

test.each([
  ["2024-01-02T00:30", "2024-01-02T00:40"],
  ["2024-01-02T00:30", "2024-01-02T01:59"],
  ["2025-01-01", "2025-02-01"],
])("runWindow() from %s to %s holds no whole bar and says what there is", (from, to) => {
  expect(() => windowOf(from, to)).toThrow(
    expect.objectContaining({
      code: "E_DATA_PERIOD",
      message: expect.stringContaining("the data has 2024-01-01T00:00:00Z to 2024-01-11T00:00:00Z"),
    }),
  );
});
