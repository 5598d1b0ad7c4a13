import { expect, test } from "vitest";
import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { runKernel } from "./kernel.ts";
import { parseIndicators } from "./registry.ts";

const COUNT = 60;
const run = (text: string, bars: BarColumns): number[][] =>
  parseIndicators(text)
    .flatMap((spec) => runKernel(spec, bars))
    .map((column) => [...column.subarray(40)]);
const all = (value: number): number[] => Array.from({ length: 20 }, () => value);

function barsOf(
  row: (index: number) => readonly [high: number, low: number, close: number],
): BarColumns {
  const bars = makeBars(60_000, COUNT);
  for (let index = 0; index < COUNT; index++) {
    const [high, low, close] = row(index);
    bars.time[index] = index * 60_000;
    bars.high[index] = high;
    bars.low[index] = low;
    bars.close[index] = close;
    bars.open[index] = close;
    bars.volume[index] = 1;
  }
  return bars;
}

test.each([
  ["rsi(14)", [100]],
  ["stochastic(14,3,3)", [Number.NaN, Number.NaN]],
  ["stochasticRsi(14,14,3,3)", [Number.NaN, Number.NaN]],
  ["cci(20)", [0]],
  ["mfi(14)", [Number.NaN]],
  ["adx(14)", [0, 0, 0]],
  ["bollinger(20,2)", [1.1, 1.1, 1.1, Number.NaN, 0]],
  ["atr(14)", [0]],
  ["macd(12,26,9)", [0, 0, 0]],
  ["superTrend(10,3)", [1.1, -1]],
  ["roc(10)", [0]],
])("%s of a price that never moved is %j", (text, values) => {
  const columns = run(
    text,
    barsOf(() => [1.1, 1.1, 1.1]),
  );
  expect(columns).toEqual(values.map(all));
});

test("vwap of a price that never moved is that price, but for the rounding of a sum", () => {
  const [column] = run(
    "vwap",
    barsOf(() => [1.1, 1.1, 1.1]),
  );
  expect(column?.filter((value) => Math.abs(value - 1.1) > 1e-14)).toEqual([]);
});

test("a typical price that only flickers in its last digit is still", () => {
  // The same sum of prices, in another order of additions: 0.6 and 0.6000000000000001.
  const bars = barsOf((index) => (index % 3 === 0 ? [0.4, 0.1, 0.1] : [0.3, 0.1, 0.2]));
  expect(new Set(run("sma(1,hlc3)", bars)[0]).size).toBe(2);
  expect(run("cci(20)", bars)).toEqual([all(0)]);
  expect(run("bollinger(20,2,hlc3)", bars)[3]).toEqual(all(Number.NaN));
});

test("stochasticRsi has no value while RSI only flickers", () => {
  // One move of each sign, then nothing: gains and losses fade in step, and RSI stays where it is but for rounding.
  const closes = [1, 1.37, 1.11];
  const bars = barsOf((index) => {
    const close = closes[Math.min(index, 2)] as number;
    return [close, close, close];
  });
  expect(new Set(run("rsi(3)", bars)[0]).size).toBeGreaterThan(1);
  expect(run("stochasticRsi(3,5,2,2)", bars)).toEqual([all(Number.NaN), all(Number.NaN)]);
});
