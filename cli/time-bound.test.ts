import { expect, test } from "vitest";

import { parseTimeBound, resolvePeriod } from "#cli/time-bound.ts";

test.each([
  { text: "2024", expected: "2024-01-01T00:00:00.000Z" },
  { text: "2024-03", expected: "2024-03-01T00:00:00.000Z" },
  { text: "2024-02-29", expected: "2024-02-29T00:00:00.000Z" },
  { text: "2024-03-05T10:30", expected: "2024-03-05T10:30:00.000Z" },
  { text: "2024-03-05 10:30:15.5", expected: "2024-03-05T10:30:15.500Z" },
  { text: "2024-03-05T10:30Z", expected: "2024-03-05T10:30:00.000Z" },
  { text: "2024-03-05T10:30:00+02:00", expected: "2024-03-05T08:30:00.000Z" },
  { text: "2024-03-05T10:30:00-0530", expected: "2024-03-05T16:00:00.000Z" },
])("parseTimeBound($text) is UTC unless it says otherwise", ({ text, expected }) => {
  expect(parseTimeBound(text, "--from")).toEqual({ kind: "at", ms: Date.parse(expected) });
});

test.each([
  "2024-02-30",
  "2023-02-29",
  "2024-13-01",
  "2024-01-01T24:00",
  "yesterday",
  "90",
  "0d",
  "1e3d",
  "",
])("parseTimeBound(%j) is refused", (text) => {
  expect(() => parseTimeBound(text, "--from")).toThrow(`--from is no time: "${text}"`);
});

test("distances count back from the end of the data, never from the clock", () => {
  const end = Date.parse("2024-04-01T00:00:00Z");
  const back = (text: string) => parseTimeBound(text, "x");
  expect(resolvePeriod({ from: back("90d"), to: null }, end)).toEqual({
    from: Date.parse("2024-01-02T00:00:00Z"),
    to: null,
  });
  expect(resolvePeriod({ from: back("10d"), to: back("1d") }, end)).toEqual({
    from: Date.parse("2024-03-21T00:00:00Z"),
    to: Date.parse("2024-03-31T00:00:00Z"),
  });
  expect(resolvePeriod({ from: null, to: null }, end)).toEqual({ from: null, to: null });
});

test("an empty period is an error that shows both ends", () => {
  const bounds = { from: parseTimeBound("2024-03", "x"), to: parseTimeBound("2024-03-01", "y") };
  expect(() => resolvePeriod(bounds, 0)).toThrow(
    "The period is empty: it begins 2024-03-01T00:00:00.000Z and ends 2024-03-01T00:00:00.000Z",
  );
});
