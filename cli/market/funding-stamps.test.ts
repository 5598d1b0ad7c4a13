import { expect, test } from "vitest";
import type { FundingColumns } from "#engine/market/bars.ts";
import { completeFunding, missingStamps, usualFundingMs } from "./funding-stamps.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const at = (hour: number): number => START + hour * HOUR;

function funding(...hours: readonly number[]): FundingColumns {
  return {
    length: hours.length,
    // Some milliseconds late, as venues are.
    time: Float64Array.from(hours, (hour) => at(hour) + 7),
    rate: Float64Array.from(hours, (hour) => hour / 1e6),
  };
}

/** Hours from `from` to `to`, both included. */
function every(step: number, from: number, to: number): number[] {
  const hours: number[] = [];
  for (let hour = from; hour <= to; hour += step) hours.push(hour);
  return hours;
}

function missing(series: FundingColumns, from: number, to: number, usualMs = 8 * HOUR): number[] {
  const found = missingStamps(series, { from: at(from), to: at(to), usualMs });
  return found.map((stamp) => (stamp - START) / HOUR);
}

const WEEK = every(8, 0, 160);

test.each<[string, number[], number, number, number[]]>([
  ["inside the series", WEEK, 8, 80, []],
  ["wholly before it", every(8, 80, 160), 0, 40, [8, 16, 24, 32]],
  ["wholly after it", every(8, 0, 40), 80, 112, [88, 96, 104]],
  ["over its beginning", every(8, 24, 160), 0, 40, [8, 16]],
  ["over its end", every(8, 0, 40), 24, 72, [48, 56, 64]],
  ["over both ends", every(8, 24, 40), 0, 64, [8, 16, 48, 56]],
  ["over a hole", [...every(8, 0, 24), ...every(8, 48, 96)], 0, 96, [32, 40]],
  ["beside a hole", [...every(8, 0, 24), ...every(8, 48, 96)], 48, 96, []],
  ["shorter than an interval, no stamp inside", WEEK, 9, 15, []],
  ["shorter than an interval, after the series", every(8, 0, 40), 81, 87, []],
  ["from one stamp to the next", every(8, 0, 40), 80, 88, []],
  ["of an hourly series that ends", every(1, 0, 40), 38, 44, [41, 42, 43]],
  ["of an hourly series with one rate missing", every(1, 0, 40).toSpliced(20, 1), 0, 40, [20]],
  ["of 4 h with one rate missing", every(4, 0, 80).toSpliced(10, 1), 0, 80, [40]],
  ["over a change from 8 h to 4 h", [...every(8, 0, 80), ...every(4, 84, 120)], 0, 120, []],
  ["over a change from 4 h to 8 h", [...every(4, 0, 80), ...every(8, 88, 120)], 0, 120, []],
  [
    "after a change from 8 h to 4 h",
    [...every(8, 0, 80), ...every(4, 84, 120)],
    112,
    132,
    [124, 128],
  ],
  ["before a change from 8 h to 4 h", [...every(8, 16, 80), ...every(4, 84, 120)], 0, 20, [8]],
  [
    "with a hole of two of three hours",
    [...every(1, 0, 20), 22, 25, ...every(1, 26, 40)],
    0,
    40,
    [21, 23, 24],
  ],
  ["of a series of one rate", [0], 0, 24, [8, 16]],
  ["of a series without any rate", [], 3, 24, [8, 16]],
])("missingStamps() of a run %s", (_name, hours, from, to, expected) => {
  expect(missing(funding(...hours), from, to)).toEqual(expected);
});

test("usualFundingMs() is an hour on Hyperliquid", () => {
  expect(missing(funding(), 0, 3, usualFundingMs("hyperliquid"))).toEqual([1, 2]);
  expect(usualFundingMs("bybit")).toBe(8 * HOUR);
});

function complete(series: FundingColumns, rows: FundingColumns, mode: "error" | "zero" | "last") {
  return completeFunding(rows, series, {
    label: "bybit BTCUSDT funding",
    from: at(80),
    to: at(104),
    missing: mode,
    usualMs: 8 * HOUR,
  });
}

test("completeFunding() of a series that ended before the run names the first stamp", () => {
  expect(() => complete(funding(...every(8, 0, 40)), funding(), "error")).toThrow(
    expect.objectContaining({
      code: "E_FUNDING_MISSING",
      message: "bybit BTCUSDT funding misses 2 stamps, first at 2024-01-04T16:00:00.000Z",
    }),
  );
});

test("completeFunding() adds nothing for zero and carries the last rate on", () => {
  const series = funding(...every(8, 0, 40));
  expect(complete(series, funding(), "zero")).toMatchObject({ filled: 2, funding: { length: 0 } });
  const { funding: filled } = complete(series, funding(), "last");
  expect(Array.from(filled.time)).toEqual([at(88), at(96)]);
  expect(Array.from(filled.rate)).toEqual([40 / 1e6, 40 / 1e6]);
});

test("completeFunding() keeps the rows that there are between those it adds", () => {
  const rows = funding(88);
  const { funding: filled } = complete(funding(72, 80, 88), rows, "last");
  expect(Array.from(filled.time)).toEqual([at(88) + 7, at(96)]);
});

test("completeFunding() with last and no earlier rate is an error that says so", () => {
  expect(() => complete(funding(96, 104, 112), funding(96), "last")).toThrow(
    expect.objectContaining({
      code: "E_FUNDING_MISSING",
      message: expect.stringContaining("no rate before the missing stamp 2024-01-04T16:00:00.000Z"),
    }),
  );
});
