import { expect, test } from "vitest";
import { closedTrade, closeSeries, equityRun, MIDNIGHT } from "#reports/testing/equity-run.ts";
import { sampleRun } from "#reports/testing/sample-run.ts";
import { chooseResolution } from "./price-resolution.ts";
import { encodeReport, shownTrades } from "./report-columns.ts";
import { findSegments } from "./time-segments.ts";

const DAY_MS = 86_400_000;

test("a gap begins a new segment", () => {
  const time = Float64Array.of(10, 20, 30, 60, 70, 95);
  expect(findSegments(time, 6, 10)).toEqual({
    rows: Float64Array.of(0, 3, 5),
    times: Float64Array.of(10, 60, 95),
  });
  expect(findSegments(time, 0, 10).rows).toHaveLength(0);
});

test("prices stay as they were read where they fit", () => {
  const run = sampleRun({ seed: 1, bars: 500, trades: 4, symbols: ["A", "B"] });
  expect([...chooseResolution(run).values()]).toEqual([60_000, 60_000]);
});

test("where prices do not fit, the least traded symbols become coarser first, step by step", () => {
  const run = sampleRun({ seed: 1, bars: 60_000, trades: 30, symbols: ["A", "B", "C"] });
  const onlyA = { ...run, fills: run.fills.filter(({ symbol }) => symbol === "A") };
  const intervals = (bytes: number): number[] =>
    [...chooseResolution(onlyA, bytes).values()].map((ms) => ms / 60_000);
  expect(intervals(1_000_000)).toEqual([1, 1, 1]);
  expect(intervals(800_000)).toEqual([1, 5, 1]);
  expect(intervals(500_000)).toEqual([1, 5, 5]);
  expect(intervals(380_000)).toEqual([5, 5, 5]);
  expect(intervals(100_000)).toEqual([15, 15, 15]);
  expect(intervals(0)).toEqual([1440, 1440, 1440]);
});

test("bars of the warm-up and after the end are left out", () => {
  const symbols = [closeSeries("A", [1, 2, 3, 4, 5, 6], MIDNIGHT - 2 * DAY_MS)];
  const { meta } = encodeReport(equityRun([100, 101, 102], { symbols }));
  expect(meta.columns.find(({ id }) => id === "p0-o")?.rows).toBe(2);
});

test("equity keeps its start and is stored to about a millionth of it", () => {
  const { meta } = encodeReport(equityRun([25_000, 25_100.123, 24_900]));
  expect(meta.columns.find(({ id }) => id === "eq")).toMatchObject({ rows: 3, scale: 0.01 });
  expect(meta.equityStepMs).toBe(DAY_MS);
});

test("closed and open trades stand in order of opening; of too many the largest stay", () => {
  const open = { ...closedTrade(2, 5), closedAt: null, exitPrice: null, exitReason: null };
  const run = {
    ...equityRun([1, 1], { trades: [closedTrade(3, 1), closedTrade(1, 1)] }),
    openTrades: [open],
  };
  expect(shownTrades(run).map(({ id }) => id)).toEqual([1, 2, 3]);
  const many = Array.from({ length: 50_010 }, (_, index) =>
    closedTrade(index + 1, index < 10 ? 0.5 : -2),
  );
  const kept = shownTrades(equityRun([1, 1], { trades: many }));
  expect(kept).toHaveLength(50_000);
  expect(kept[0]?.id).toBe(11);
});
