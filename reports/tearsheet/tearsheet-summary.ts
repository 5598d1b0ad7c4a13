import { DrydockError } from "#engine/errors.ts";
import { benchmarkMetrics } from "#reports/metrics/benchmark-metrics.ts";
import { type EquityCurve, measureDrawdown } from "#reports/metrics/equity-curve.ts";
import { evidenceMetrics } from "#reports/metrics/evidence-metrics.ts";
import { allNull, keysOf, type Summary, toSummary } from "#reports/metrics/metric-value.ts";
import { type PeriodReturns, returnsOf, utcMonth } from "#reports/metrics/period-returns.ts";
import { ratioMetrics, returnMetrics, riskMetrics } from "#reports/metrics/return-metrics.ts";
import { makeReturnSample } from "#reports/metrics/return-sample.ts";
import type { TearsheetSeries } from "./read-tearsheet-csv.ts";

export type TearsheetKind = "equity" | "returns";

export interface TearsheetOptions {
  readonly kind: TearsheetKind;
  /** A: periods in a year. Given, the length is periods / A years; else A is 365 and the times tell the length. */
  readonly periods?: number | undefined;
  /** Annual risk-free rate, a fraction. */
  readonly rf: number;
  /** Whether `few-days` and `short-run` leave metrics without value. */
  readonly gates: boolean;
  /** For `pBoot`; 0 unless given. */
  readonly seed?: number | undefined;
}

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const PERIODS_DEFAULT = 365;

/**
 * Computes the metrics of a series of equity or returns with the same functions as those of a run. One row is one
 * period, nothing is resampled. n rows of equity make n − 1 returns and E0 is the first row; n rows of returns make
 * n returns, E0 is 1 before the first, so `net` is in units of the start. A return belongs to the UTC month of its
 * row's time. Metrics that need trades, positions or fills are null with `no-trades`.
 *
 * @throws E_DATA_FORMAT when equity does not start above zero or a return is not finite, E_USAGE for `periods` ≤ 0.
 */
export function tearsheetSummary(series: TearsheetSeries, options: TearsheetOptions): Summary {
  const { kind, periods, rf, gates, seed = 0 } = options;
  if (periods !== undefined && !(periods > 0 && Number.isFinite(periods))) {
    throw new DrydockError("E_USAGE", `--periods is ${periods}: expected a number above zero`, {
      hint: "Use the periods in a year, such as 365 for daily rows, 252 for trading days, 12 for months",
    });
  }
  const perYear = periods ?? PERIODS_DEFAULT;
  const closes = kind === "equity" ? series.values : compound(series.values);
  const start = closes[0] as number;
  if (start <= 0) {
    throw new DrydockError(
      "E_DATA_FORMAT",
      `The equity series starts at ${start}: expected a value above zero`,
      {
        hint: "Use --kind returns when the column holds returns",
      },
    );
  }
  const stamps = closeTimes(series, kind, perYear);
  const curve: EquityCurve = {
    start,
    startTime: stamps[0] as number,
    length: closes.length - 1,
    time: stamps.subarray(1),
    equity: closes.subarray(1),
    equityLow: null,
  };
  assertFinite(closes);
  const drawdown = measureDrawdown(curve);
  const returns = kind === "equity" ? returnsOf(closes) : series.values;
  // After ruin returns divide by zero; nothing is computed from them then.
  if (drawdown.lowestEquity > 0) assertFinite(returns);
  const hasOwnLength = periods === undefined && series.times !== null;
  const sample = makeReturnSample(
    curve,
    drawdown,
    {
      returns,
      closes,
      peakBefore: start,
      months: monthsOf(series, returns.length),
      benchmark: benchmarkReturns(series, kind),
      perYear,
      years: hasOwnLength
        ? ((stamps.at(-1) as number) - (stamps[0] as number)) / YEAR_MS
        : returns.length / perYear,
    } satisfies PeriodReturns,
    { gates, riskFree: rf },
  );
  return toSummary({
    ...allNull(keysOf("Money"), "no-trades"),
    net: (closes.at(-1) as number) - start,
    ...returnMetrics(sample),
    ...riskMetrics(sample, "no-trades"),
    ...ratioMetrics(sample),
    ...evidenceMetrics(sample, seed, undefined),
    ...allNull(keysOf("Trades"), "no-trades"),
    ...allNull(keysOf("Use"), "no-trades"),
    ...benchmarkMetrics(sample, benchmarkTotal(series, kind)),
  });
}

/** What the user should know about the file: rows left out, and numbers that look like the other kind. */
export function tearsheetWarnings(series: TearsheetSeries, kind: TearsheetKind): readonly string[] {
  const warnings = [...series.warnings];
  const { values } = series;
  if (
    kind === "equity" &&
    values.some((value) => value < 0) &&
    values.every((value) => Math.abs(value) < 1)
  ) {
    warnings.push("The series looks like returns: use --kind returns");
  }
  if (kind === "returns" && values.every((value) => value > 1)) {
    warnings.push("The series looks like equity: use --kind equity");
  } else if (kind === "returns" && values.some((value) => Math.abs(value) > 1)) {
    warnings.push("A return is above 100 %: returns are fractions, 0.01 is 1 %");
  }
  return warnings;
}

/** Equity of 1 before the first return, then after each. */
function compound(returns: Float64Array): Float64Array {
  const closes = new Float64Array(returns.length + 1);
  closes[0] = 1;
  for (let index = 0; index < returns.length; index++) {
    closes[index + 1] = (closes[index] as number) * (1 + (returns[index] as number));
  }
  return closes;
}

/**
 * When each equity value held. The first return of a file of returns covers the period before its row, which is
 * taken as long as the mean of the others. Without times, periods have the length that A gives them.
 */
function closeTimes(series: TearsheetSeries, kind: TearsheetKind, perYear: number): Float64Array {
  const { times, values } = series;
  const count = values.length;
  const step = YEAR_MS / perYear;
  if (times === null) {
    const rows = kind === "equity" ? count : count + 1;
    return Float64Array.from({ length: rows }, (_, row) => row * step);
  }
  if (kind === "equity") return times;
  const first = times[0] as number;
  const meanStep = count > 1 ? ((times[count - 1] as number) - first) / (count - 1) : step;
  return Float64Array.of(first - meanStep, ...times);
}

function monthsOf(series: TearsheetSeries, count: number): Int32Array | null {
  if (series.times === null) return null;
  const skipped = series.times.length - count;
  return Int32Array.from(series.times.subarray(skipped), utcMonth);
}

/** The benchmark's return per return of the series; NaN where one of its two cells is empty. */
function benchmarkReturns(series: TearsheetSeries, kind: TearsheetKind): Float64Array | null {
  if (series.benchmark === null) return null;
  if (kind === "returns") return series.benchmark;
  for (const value of series.benchmark) {
    if (value <= 0) {
      throw new DrydockError(
        "E_DATA_FORMAT",
        `The benchmark has the value ${value}: expected values above zero`,
        {
          hint: "Use --kind returns when the columns hold returns",
        },
      );
    }
  }
  return returnsOf(series.benchmark);
}

/** close_end / close_start − 1 over the cells that have a value, a fraction; null without any. */
function benchmarkTotal(series: TearsheetSeries, kind: TearsheetKind): number | null {
  const known = series.benchmark?.filter((value) => !Number.isNaN(value));
  if (known === undefined || known.length === 0) return null;
  const closes = kind === "equity" ? known : compound(known);
  return (closes.at(-1) as number) / (closes[0] as number) - 1;
}

function assertFinite(values: Float64Array): void {
  if (values.every(Number.isFinite)) return;
  throw new DrydockError("E_DATA_FORMAT", "The series grows beyond what a number can hold", {
    hint: "Check the kind: returns are fractions (0.01 is 1 %), equity is money",
  });
}
