import * as fc from "fast-check";
import { expect, test } from "vitest";
import { computeSummary } from "#reports/metrics/compute-summary.ts";
import { METRICS, metric } from "#reports/metrics/metric-table.ts";
import { equityRun, MIDNIGHT } from "#reports/testing/equity-run.ts";
import { readTearsheetCsv, type TearsheetSeries } from "./read-tearsheet-csv.ts";
import { tearsheetSummary, tearsheetWarnings } from "./tearsheet-summary.ts";

const DAY_MS = 86_400_000;
const FIXTURE = [10_000, 10_100, 10_050, 10_200, 10_150, 10_300, 10_250, 10_400];
const equity = { kind: "equity", rf: 0, gates: false } as const;
const returns = { kind: "returns", rf: 0, gates: false } as const;

const golden = {
  sharpe: expect.closeTo(10.789, 4),
  sortino: expect.closeTo(33.7024, 4),
  cagr: expect.closeTo(672.978, 3),
  calmar: expect.closeTo(1359.415, 3),
  maxDD: expect.closeTo(-0.49505, 6),
  ddDays: expect.closeTo(2, 9),
  winDays: expect.closeTo(400 / 7, 9),
};

function seriesOf(
  values: readonly number[],
  change: Partial<TearsheetSeries> = {},
): TearsheetSeries {
  return {
    times: null,
    values: Float64Array.from(values),
    benchmark: null,
    warnings: [],
    ...change,
  };
}

function daily(count: number, first = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => MIDNIGHT + (first + row) * DAY_MS);
}

test.each([
  [
    "with times",
    readTearsheetCsv(FIXTURE.map((v, i) => `2024-01-0${i + 1},${v}`).join("\n")),
    equity,
  ],
  ["without times", readTearsheetCsv(`equity\n${FIXTURE.join("\n")}`), equity],
  ["with --periods 365", seriesOf(FIXTURE, { times: daily(8) }), { ...equity, periods: 365 }],
  ["as returns", seriesOf(FIXTURE.slice(1).map((v, i) => v / (FIXTURE[i] as number) - 1)), returns],
  [
    "as returns with times",
    seriesOf(
      FIXTURE.slice(1).map((v, i) => v / (FIXTURE[i] as number) - 1),
      { times: daily(7, 1) },
    ),
    returns,
  ],
])("the golden fixture %s", (_, series, options) => {
  const { metrics, reasons } = tearsheetSummary(series, options);
  expect(metrics).toMatchObject(golden);
  for (const { key, group } of METRICS) {
    const isTraded = ["Trades", "Use"].includes(group) || (group === "Money" && key !== "net");
    expect(reasons[key] === "no-trades").toBe(
      isTraded || key === "maxDDIntrabar" || key === "minLiqDist",
    );
  }
});

test("the golden fixture with gates has no ratios", () => {
  const { reasons, metrics } = tearsheetSummary(seriesOf(FIXTURE), { ...equity, gates: true });
  expect(reasons).toMatchObject({ sharpe: "few-days", cagr: "short-run", beta: "no-benchmark" });
  expect(metrics.maxDD).toBeCloseTo(-0.49505, 6);
});

test("net is in money for equity and in units of the start for returns", () => {
  expect(tearsheetSummary(seriesOf([200, 220, 210]), equity).metrics.net).toBe(10);
  expect(tearsheetSummary(seriesOf([0.1, -0.5]), returns).metrics.net).toBeCloseTo(-0.45, 12);
});

test("--periods sets A and the length, times only the months", () => {
  const values = Array.from({ length: 253 }, (_, row) => 1000 + row + 5 * Math.sin(row));
  const { metrics } = tearsheetSummary(seriesOf(values, { times: daily(253) }), {
    ...equity,
    gates: true,
    periods: 252,
  });
  const r = values.slice(1).map((value, row) => value / (values[row] as number) - 1);
  const mean = r.reduce((a, b) => a + b, 0) / 252;
  const sd = Math.sqrt(r.reduce((total, x) => total + (x - mean) ** 2, 0) / 251);
  expect(metrics.cagr).toBeCloseTo(100 * ((values[252] as number) / 1000 - 1), 8);
  expect(metrics.sharpe).toBeCloseTo((mean / sd) * Math.sqrt(252), 9);
  expect(metrics.bestMonth).not.toBeNull();
});

test("without --periods the times tell the length, and A stays 365", () => {
  const times = Float64Array.of(MIDNIGHT, MIDNIGHT + 365 * DAY_MS, MIDNIGHT + 730 * DAY_MS);
  const { metrics } = tearsheetSummary(seriesOf([100, 110, 121], { times }), equity);
  expect(metrics.cagr).toBeCloseTo(10, 9);
  expect(metrics.ddDays).toBe(0);
  const asReturns = tearsheetSummary(seriesOf([0.1, 0.1], { times: times.subarray(1) }), returns);
  expect(asReturns.metrics.cagr).toBeCloseTo(10, 9);
});

test("a single return takes its length from A", () => {
  const { metrics } = tearsheetSummary(seriesOf([0.02], { times: daily(1) }), {
    ...returns,
    periods: 12,
  });
  expect(metrics.cagr).toBeCloseTo(100 * (1.02 ** 12 - 1), 8);
  expect(metrics.bestMonth).toBeCloseTo(2, 10);
});

test("one row of equity has no return", () => {
  const { metrics, reasons } = tearsheetSummary(seriesOf([1000]), equity);
  expect(metrics).toMatchObject({ net: 0, netReturn: 0, maxDD: 0, underwater: 0 });
  expect(reasons).toMatchObject({ bestDay: "few-days", cagr: "short-run", sharpe: "few-days" });
});

test("a return belongs to the month of its row", () => {
  const times = Float64Array.of(Date.UTC(2024, 0, 30), Date.UTC(2024, 0, 31), Date.UTC(2024, 1, 1));
  const { metrics } = tearsheetSummary(seriesOf([100, 110, 99], { times }), equity);
  expect(metrics.bestMonth).toBeCloseTo(10, 10);
  expect(metrics.worstMonth).toBeCloseTo(-10, 10);
  expect(tearsheetSummary(seriesOf([100, 110, 99]), equity).reasons).toMatchObject({
    bestMonth: "no-times",
    gpr: "no-times",
  });
});

test("the benchmark compares the periods in which both have a value", () => {
  const values = [100, 110, 105, 120, 118];
  const benchmark = Float64Array.of(50, 52, Number.NaN, 51, 53);
  const { metrics } = tearsheetSummary(seriesOf(values, { benchmark }), equity);
  expect(metrics.bh).toBeCloseTo(6, 10);
  const own = [0.1, 118 / 120 - 1];
  const other = [52 / 50 - 1, 53 / 51 - 1];
  const slope = (own[1]! - own[0]!) / (other[1]! - other[0]!);
  expect(metrics.beta).toBeCloseTo(slope, 6);
  expect(metrics.corr).toBe(own[1]! < own[0]! === other[1]! < other[0]! ? 1 : -1);
});

test("a benchmark of returns compounds", () => {
  const benchmark = Float64Array.of(0.1, Number.NaN, -0.5);
  const { metrics } = tearsheetSummary(seriesOf([0.1, 0.2, 0.3], { benchmark }), returns);
  expect(metrics.bh).toBeCloseTo(-45, 10);
});

test("ruin leaves losses and no ratios, also as a return of −100 %", () => {
  for (const [values, options] of [
    [[100, 50, 0, 0, 20], equity],
    [[-0.5, -1, 0.3], returns],
  ] as const) {
    const { metrics, reasons } = tearsheetSummary(seriesOf(values), options);
    expect(metrics.maxDD).toBeLessThanOrEqual(-100);
    expect(reasons).toMatchObject({ sharpe: "ruined", cagr: "ruined", bestDay: "ruined" });
  }
});

test("a series that can not be equity is refused", () => {
  expect(() => tearsheetSummary(seriesOf([0, 1]), equity)).toThrow(/starts at 0/);
  expect(() => tearsheetSummary(seriesOf([-5, 1]), equity)).toThrow(/starts at -5/);
  expect(() => tearsheetSummary(seriesOf([1e300, 1e300]), returns)).toThrow(/beyond/);
  expect(() =>
    tearsheetSummary(seriesOf([1, 2], { benchmark: Float64Array.of(1, 0) }), equity),
  ).toThrow(/benchmark has the value 0/);
  for (const periods of [0, -5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => tearsheetSummary(seriesOf([1, 2]), { ...equity, periods })).toThrow(/--periods/);
  }
});

test("a file of the other kind is pointed out", () => {
  expect(tearsheetWarnings(seriesOf([0.01, -0.02]), "equity").join()).toContain("--kind returns");
  expect(tearsheetWarnings(seriesOf([1000, 1010]), "returns").join()).toContain("--kind equity");
  expect(tearsheetWarnings(seriesOf([0.5, 1.5]), "returns").join()).toContain("fractions");
  expect(tearsheetWarnings(seriesOf([0.01, -0.02]), "returns")).toEqual([]);
  expect(tearsheetWarnings(seriesOf([1000, 900], { warnings: ["x"] }), "equity")).toEqual(["x"]);
});

test("the daily equity of a run gives the same metrics through a file", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 2, maxLength: 120 }),
      (moves) => {
        const values = [10_000];
        for (const move of moves) values.push((values.at(-1) as number) * (1 + move));
        const fromRun = computeSummary(equityRun(values), { gates: true, seed: 5 });
        const csv = values.map((value, day) => `${MIDNIGHT + day * DAY_MS},${value}`).join("\n");
        const fromFile = tearsheetSummary(readTearsheetCsv(csv), {
          ...equity,
          gates: true,
          seed: 5,
        });
        // The day that a midnight closes is the day before; a file's row is in the month of its own date.
        const monthly = ["bestMonth", "worstMonth", "gpr"];
        for (const { key } of METRICS) {
          const isShared =
            ["Return", "Risk", "Ratio", "Evidence"].includes(metric(key).group) &&
            ![...monthly, "maxDDIntrabar", "minLiqDist"].includes(key);
          const pick = isShared ? fromRun.metrics[key] : fromFile.metrics[key];
          expect(fromFile.metrics[key]).toBe(pick);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("equity and its returns give the same metrics", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 500, max: 2000 }), { minLength: 3, maxLength: 60 }),
      fc.constantFrom(undefined, 12, 252),
      fc.boolean(),
      (values, periods, hasTimes) => {
        const asEquity = tearsheetSummary(
          seriesOf(values, hasTimes ? { times: daily(values.length) } : {}),
          { ...equity, periods },
        );
        const r = values.slice(1).map((value, row) => value / (values[row] as number) - 1);
        const asReturns = tearsheetSummary(
          seriesOf(r, hasTimes ? { times: daily(r.length, 1) } : {}),
          { ...returns, periods },
        );
        expect(asReturns.reasons).toEqual(asEquity.reasons);
        const pairs = METRICS.filter(({ key }) => key !== "net").map(({ key }) => [
          asReturns.metrics[key] ?? 0,
          asEquity.metrics[key] ?? 0,
        ]);
        for (const [one = 0, other = 0] of pairs) {
          expect(Math.abs(one - other)).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(other)));
        }
      },
    ),
    { numRuns: 100 },
  );
});
