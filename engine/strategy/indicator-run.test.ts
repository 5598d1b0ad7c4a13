import { expect, test } from "vitest";
import type { IndicatorSpec } from "#engine/indicators/kernel.ts";
import { runKernel } from "#engine/indicators/kernel.ts";
import { parseIndicators } from "#engine/indicators/registry.ts";
import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { IndicatorRun } from "./indicator-run.ts";
import { EngineSeries, SeriesValue } from "./series-view.ts";

function waves(length: number): BarColumns {
  const bars = makeBars(60_000, length);
  for (let row = 0; row < length; row++) {
    const price = 100 + 10 * Math.sin(row / 50) + Math.sin(row * 1.7);
    bars.time[row] = row * 60_000;
    bars.open[row] = price;
    bars.high[row] = price + 1;
    bars.low[row] = price - 1;
    bars.close[row] = price + Math.sin(row);
    bars.volume[row] = 1;
  }
  return bars;
}

const spec = (text: string): IndicatorSpec => parseIndicators(text)[0] as IndicatorSpec;

function runOf(text: string, bars: BarColumns): { series: EngineSeries; run: IndicatorRun } {
  const series = new EngineSeries(0, bars);
  return { series, run: new IndicatorRun(spec(text), series) };
}

/** Closes bars up to `row`, looking only now and then, as a run that skips its warm-up does. */
function closeTo(series: EngineSeries, run: IndicatorRun, row: number): void {
  series.index = row;
  if (!run.isCurrent) run.advance();
}

test.each(["sma(20)", "macd(12,26,9)"])(
  "%s reads as the whole column, far back as well",
  (text) => {
    const bars = waves(150_000);
    const columns = runKernel(spec(text), bars);
    const { series, run } = runOf(text, bars);
    const values = columns.map((_, output) => new SeriesValue(run, output));
    for (let row = 0; row < bars.length; row += row < 200 ? 1 : 997) {
      closeTo(series, run, row);
      for (const [output, value] of values.entries()) {
        const column = columns[output] as Float64Array;
        expect(value.value).toBe(column[row]);
        expect(value.previous).toBe(row < 1 ? Number.NaN : column[row - 1]);
        for (const ago of [0, 7, 4_096, 61_439]) {
          expect(value.at(ago)).toBe(row < ago ? Number.NaN : column[row - ago]);
        }
      }
    }
  },
);

test("what is no longer kept is an error, not another bar's value", () => {
  const { series, run } = runOf("sma(3)", waves(150_000));
  const value = new SeriesValue(run, 0);
  closeTo(series, run, 149_999);
  expect(value.at(61_439)).not.toBeNaN();
  expect(() => value.at(61_440)).toThrow("Indicators keep 61440 bars");
  expect(value.at(-1)).toBeNaN();
  expect(value.at(200_000)).toBeNaN();
  for (const ago of [Number.NaN, undefined as unknown as number, 0.5]) {
    expect(value.at(ago)).toBeNaN();
  }
});

test("a series that fits is kept whole", () => {
  const bars = waves(65_536);
  const { series, run } = runOf("sma(3)", bars);
  const value = new SeriesValue(run, 0);
  closeTo(series, run, 65_535);
  expect(value.at(65_533)).toBe(runKernel(spec("sma(3)"), bars)[0]?.[2]);
});

test("an indicator is known from the first bar on which each output has had a value", () => {
  const { series, run } = runOf("macd(3,6,4)", waves(100));
  const known: number[] = [];
  for (let row = 0; row < 100; row++) {
    closeTo(series, run, row);
    if (run.isKnown) known.push(row);
  }
  expect(known[0]).toBe(spec("macd(3,6,4)").warmup);
  expect(known).toHaveLength(100 - spec("macd(3,6,4)").warmup);
});

test.each([
  [20, 50],
  [50, 20],
])("with holes each output counts from its own first value: %i and %i", (a, b) => {
  const series = new EngineSeries(0, waves(100));
  const out = new Float64Array(2);
  const holed: IndicatorSpec = {
    key: "holed",
    name: "holed",
    outputs: ["a", "b"],
    warmup: 0,
    create: () => ({
      out,
      next: (_bars, row) => {
        out[0] = row === 5 || row >= a ? row : Number.NaN;
        out[1] = row === 7 || row >= b ? row : Number.NaN;
      },
    }),
  };
  const run = new IndicatorRun(holed, series);
  const known = Array.from({ length: 100 }, (_, row) => row).filter((row) => {
    closeTo(series, run, row);
    return run.isKnown;
  });
  expect(known[0]).toBe(7);
});
