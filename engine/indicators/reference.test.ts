import { expect, test } from "vitest";
import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { adx } from "./adx.ts";
import { atr } from "./atr.ts";
import { bollinger } from "./bollinger.ts";
import { type IndicatorSpec, runKernel } from "./kernel.ts";
import { macd } from "./macd.ts";
import { ema, sma } from "./moving-averages.ts";
import { parseIndicators } from "./registry.ts";
import { rsi } from "./rsi.ts";
import { stochastic } from "./stochastic.ts";
import { superTrend } from "./super-trend.ts";
import {
  CHART_SCHOOL_ADX,
  CHART_SCHOOL_ATR,
  CHART_SCHOOL_AVERAGES,
  CHART_SCHOOL_BOLLINGER,
  CHART_SCHOOL_RSI,
  CHART_SCHOOL_STOCHASTIC,
  INVEST_EXCEL_MACD,
  TULIP,
  toBars,
  toCloseBars,
} from "./testing/reference-bars.ts";
import { TALIB } from "./testing/talib-bars.ts";
import { std } from "./window.ts";

/** What is wrong: the column starts at `first`, has nothing before, and agrees to half a printed digit. */
function faultsFrom(
  column: Float64Array | undefined,
  first: number,
  published: readonly number[],
  halfDigit: number,
): readonly string[] {
  const start = column?.findIndex((value) => !Number.isNaN(value));
  const faults = start === first ? [] : [`starts at ${start}, not at ${first}`];
  published.forEach((value, index) => {
    const got = column?.[first + index] as number;
    if (!(Math.abs(got - value) < halfDigit)) faults.push(`${first + index}: ${got}, not ${value}`);
  });
  return faults;
}

const run = (spec: IndicatorSpec, bars: BarColumns): Float64Array[] => runKernel(spec, bars);
const runText = (text: string, bars: BarColumns): Float64Array[] =>
  parseIndicators(text).flatMap((spec) => runKernel(spec, bars));

test("sma and ema give StockCharts' moving averages", () => {
  const bars = toCloseBars(CHART_SCHOOL_AVERAGES.close);
  // Two printed values lie on the edge of the rounding.
  expect(faultsFrom(run(sma(10), bars)[0], 9, CHART_SCHOOL_AVERAGES.sma, 0.00501)).toEqual([]);
  expect(faultsFrom(run(ema(10), bars)[0], 9, CHART_SCHOOL_AVERAGES.ema, 0.00501)).toEqual([]);
});

test("rsi gives StockCharts' RSI(14), with the first value at index 14", () => {
  const bars = toCloseBars(CHART_SCHOOL_RSI.close);
  expect(faultsFrom(run(rsi(14), bars)[0], 14, CHART_SCHOOL_RSI.rsi, 0.00006)).toEqual([]);
});

test("atr gives StockCharts' ATR(14), with the first value at index 13", () => {
  expect(
    faultsFrom(run(atr(14), toBars(CHART_SCHOOL_ATR))[0], 13, CHART_SCHOOL_ATR.atr, 0.0000006),
  ).toEqual([]);
});

test("bollinger and std give StockCharts' bands from the population's deviation", () => {
  const bars = toCloseBars(CHART_SCHOOL_BOLLINGER.close);
  const [middle, upper, lower] = run(bollinger(20, 2), bars);
  expect(faultsFrom(middle, 19, CHART_SCHOOL_BOLLINGER.middle, 0.0000006)).toEqual([]);
  // The published closes are rounded to four digits, the bands were computed before that.
  expect(faultsFrom(run(std(20), bars)[0], 19, CHART_SCHOOL_BOLLINGER.std, 0.0000006)).toEqual([]);
  expect(faultsFrom(upper, 19, CHART_SCHOOL_BOLLINGER.upper, 0.0000012)).toEqual([]);
  expect(faultsFrom(lower, 19, CHART_SCHOOL_BOLLINGER.lower, 0.0000012)).toEqual([]);
});

test("stochastic gives StockCharts' %K(14) and %D(3)", () => {
  const [k, d] = run(stochastic(14, 3, 1), toBars(CHART_SCHOOL_STOCHASTIC));
  expect(faultsFrom(k, 13, CHART_SCHOOL_STOCHASTIC.k, 0.0003)).toEqual([]);
  expect(faultsFrom(d, 15, CHART_SCHOOL_STOCHASTIC.d, 0.0003)).toEqual([]);
});

test("adx gives StockCharts' ADX(14) from index 27, as far as bars rounded to cents allow", () => {
  const [column, plusDi, minusDi] = run(adx(14), toBars(CHART_SCHOOL_ADX));
  expect(faultsFrom(column, 27, CHART_SCHOOL_ADX.adx, 0.14)).toEqual([]);
  for (const di of [plusDi, minusDi]) expect(di?.findIndex((value) => value > 0)).toBe(14);
});

test("macd gives the worked example of investexcel.net", () => {
  const [line, signal, histogram] = run(macd(12, 26, 9), toCloseBars(INVEST_EXCEL_MACD.close));
  expect(faultsFrom(line, 25, INVEST_EXCEL_MACD.macd, 6e-10)).toEqual([]);
  expect(faultsFrom(signal, 33, INVEST_EXCEL_MACD.signal, 1e-10)).toEqual([]);
  expect(signal?.[39]).toBeCloseTo(INVEST_EXCEL_MACD.signalAt40, 10);
  expect(histogram?.[33]).toBe((line?.[33] as number) - (signal?.[33] as number));
});

// TulipCharts/tulipindicators, tests/untest.txt; printed with three decimals. `first` is the index of the first
// printed value. Tulip's CCI begins four bars late, and its roc is a fraction.
const tulip: readonly (readonly [text: string, first: number, values: readonly number[]])[] = [
  [
    "sma(5)",
    4,
    [82.426, 82.738, 83.094, 83.318, 83.628, 83.778, 84.254, 84.994, 85.574, 86.218, 86.804],
  ],
  [
    "wma(5)",
    4,
    [82.825, 83.066, 83.1, 83.399, 83.809, 84.053, 84.637, 85.399, 86.031, 86.763, 87.121],
  ],
  [
    "wilder(5)",
    4,
    [82.426, 82.571, 82.625, 82.898, 83.228, 83.455, 83.87, 84.404, 84.901, 85.475, 85.838],
  ],
  ["std(5)", 4, [0.948, 0.875, 0.28, 0.423, 0.605, 0.671, 0.871, 0.926, 1.019, 1.174, 0.758]],
  ["rsi(5)", 5, [72.034, 64.927, 75.936, 79.796, 74.713, 83.033, 87.478, 88.755, 91.483, 78.498]],
  ["atr(5)", 4, [1.116, 1.051, 1.009, 1.207, 1.136, 1.086, 1.243, 1.233, 1.23, 1.206, 1.137]],
  [
    "bollinger(5,2).lower",
    4,
    [80.53, 80.987, 82.533, 82.472, 82.418, 82.435, 82.511, 83.143, 83.536, 83.87, 85.289],
  ],
  [
    "bollinger(5,2).upper",
    4,
    [84.322, 84.489, 83.655, 84.164, 84.838, 85.121, 85.997, 86.845, 87.612, 88.566, 88.319],
  ],
  ["cci(5)", 8, [166.667, 82.02, 95.501, 130.912, 99.163, 116.342, 71.928]],
  ["stochastic(5,3,3).k", 8, [77.385, 83.126, 84.867, 88.361, 95.246, 96.74, 91.091]],
  ["stochastic(5,3,3).d", 8, [75.702, 78.011, 81.793, 85.452, 89.491, 93.449, 94.359]],
  ["highest(5)", 4, [83.61, 83.61, 83.61, 83.99, 84.55, 84.55, 85.53, 86.54, 86.89, 87.77, 87.77]],
  ["lowest(5)", 4, [81.06, 81.06, 82.84, 82.84, 82.84, 82.84, 82.84, 83.99, 84.36, 84.36, 85.53]],
  [
    "obv",
    0,
    [
      0, -6447400, 1243500, 5074900, 9530000, 5732000, 1795800, 6527800, 11369100, 7453800,
      14284600,
    ],
  ],
  ["mfi(5)", 5, [61.172, 67.308, 62.796, 64.661, 45.238, 67.841, 85.578, 85.963, 87.504, 84.647]],
  [
    "adl",
    0,
    [-1709076.744, -3823823.944, 2436210.94, 2730934.016, 4444434.016, 1031041.611, 375008.278],
  ],
  ["adl", 13, [21140487.602, 19463313.184]],
  ["crossOver(close,open)", 1, [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]],
];
test.each(tulip)("%s gives Tulip's values", (text, first, values) => {
  const column = runText(text, toBars(TULIP))[0] as Float64Array;
  values.forEach((value, index) => {
    expect(Math.abs((column[first + index] as number) - value)).toBeLessThan(0.00051);
  });
});

test("roc gives Tulip's values in percent", () => {
  const column = runText("roc(5)", toBars(TULIP))[0];
  expect(
    faultsFrom(column, 5, [1.9, 2.2, 1.4, 1.9, 0.9, 2.9, 4.5, 3.5, 3.8, 3.5], 0.05001),
  ).toEqual([]);
});

// TA-Lib/ta-lib, src/tools/ta_regtest/ta_test_func: the tables of test_rsi, test_ma, test_bbands, test_stddev,
// test_stoch, test_per_hlc, test_adx and test_donchian; index in the 252 bars, value, tolerance: half a
// printed digit, or TA-Lib's own 0.01 where its table cuts digits off. ADX, which warms up in another way there, is
// compared at the end of the series.
const talib: readonly (readonly [text: string, index: number, value: number, halfDigit: number])[] =
  [
    ["rsi(14)", 14, 49.14, 0.01],
    ["rsi(14)", 15, 52.32, 0.01],
    ["rsi(14)", 16, 46.07, 0.01],
    ["rsi(14)", 251, 49.63, 0.01],
    ["sma(30)", 29, 90.42, 0.01],
    ["sma(30)", 58, 87.12, 0.01],
    ["sma(30)", 251, 108.42, 0.01],
    ["sma(1)", 1, 94.815, 1e-12],
    ["wma(30)", 29, 88.567, 0.01],
    ["wma(30)", 58, 87.191, 0.01],
    ["wma(30)", 251, 109.3466, 0.01],
    ["wma(2)", 2, 94.52, 0.01],
    ["ema(10)", 9, 93.22, 0.01],
    ["ema(10)", 10, 93.75, 0.01],
    ["ema(10)", 29, 86.46, 0.01],
    ["ema(10)", 251, 108.97, 0.01],
    ["ema(2)", 2, 93.96, 0.01],
    ["bollinger(20,2).upper", 19, 98.0734, 0.000051],
    ["bollinger(20,2).middle", 19, 92.891, 0.000051],
    ["bollinger(20,2).lower", 19, 87.7086, 0.000051],
    ["stochastic(5,3,3).k", 8, 24.0128, 0.01],
    ["stochastic(5,3,3).d", 8, 36.254, 0.01],
    ["stochastic(5,3,3).k", 251, 30.194, 0.01],
    ["stochastic(5,3,3).d", 251, 43.69, 0.01],
    ["stochastic(5,4,3).d", 251, 46.641, 0.01],
    ["stochasticRsi(14,14,1,1).k", 27, 94.156709, 5.1e-7],
    ["stochasticRsi(14,45,1,1).k", 58, 79.729186, 5.1e-7],
    ["stochasticRsi(14,45,1,1).k", 251, 48.1550743, 5.1e-8],
    ["stochasticRsi(11,13,1,16).k", 38, 5.25947, 5.1e-6],
    ["stochasticRsi(11,13,1,16).d", 38, 57.1711, 5.1e-5],
    ["stochasticRsi(11,13,1,16).d", 251, 15.7303, 5.1e-5],
    ["cci(2)", 187, 0, 1e-9],
    ["cci(2)", 1, 66.666, 0.00067],
    ["cci(5)", 4, 18.857, 0.00051],
    ["cci(11)", 10, 87.927, 0.00051],
    ["cci(11)", 12, 143.5190963, 5.1e-8],
    ["cci(11)", 13, -113.8669783, 5.1e-8],
    ["cci(11)", 22, -157.698269, 5.1e-7],
    ["cci(11)", 30, -0.005587727, 5.1e-10],
    ["cci(11)", 34, 113.4778681, 5.1e-8],
    ["cci(11)", 251, -169.65514, 5.1e-6],
    ["adx(14).adx", 250, 17, 0.51],
    ["adx(14).adx", 251, 16, 0.51],
    ["adx(14).plusDi", 251, 21, 0.51],
    ["adx(14).minusDi", 251, 21, 0.51],
    ["donchian(20).upper", 100, 123, 0],
    ["donchian(20).middle", 100, 112.36, 0],
    ["donchian(20).lower", 100, 101.72, 0],
    ["donchian(5).upper", 4, 96.375, 0],
    ["donchian(5).middle", 4, 93.5625, 0],
    ["donchian(5).lower", 251, 106.62, 0],
  ];
test.each(talib)("%s at index %i gives TA-Lib's %d", (text, index, value, halfDigit) => {
  const got = runText(text, toBars(TALIB))[0]?.[index] as number;
  expect(Math.abs(got - value)).toBeLessThanOrEqual(halfDigit);
});

test("atr ends at TA-Lib's NATR although it starts one bar earlier", () => {
  const column = runText("atr(14)", toBars(TALIB))[0];
  expect((100 * (column?.[251] as number)) / (TALIB.close[251] as number)).toBeCloseTo(3.0229, 4);
});

// test_kc: from ta4j, EMA of the typical price; begins in another way, so only deep bars are given.
test.each([
  [200, 115.64127560116764, 109.58860275540715, 103.53592990964667],
  [225, 106.9941767789163, 100.77603770649361, 94.55789863407092],
  [251, 112.60213497004759, 109.06516670756777, 105.52819844508795],
])("keltner(8,4,1.5,hlc3) at index %i gives ta4j's channel", (index, upper, middle, lower) => {
  const got = runText("keltner(8,4,1.5,hlc3)", toBars(TALIB)).map((column) => column[index]);
  expect(got[0]).toBeCloseTo(middle, 10);
  expect(got[1]).toBeCloseTo(upper, 10);
  expect(got[2]).toBeCloseTo(lower, 10);
});

// test_supertrend: from ta4j, which starts in an up trend and with another first ATR, so only deep bars are given.
test.each([
  [7, 2, 200, 114.35194013755326, -1],
  [7, 2, 225, 100.16118753507284, 1],
  [7, 2, 251, 113.53995615951584, -1],
  [5, 1.5, 200, 112.2539514483794, -1],
  [5, 1.5, 225, 101.90280269605175, 1],
  [5, 1.5, 251, 111.78141670443482, -1],
])("superTrend(%i,%d) at index %i gives ta4j's line", (period, multiplier, index, line, trend) => {
  const [value, direction] = run(superTrend(period, multiplier), toBars(TALIB));
  expect(value?.[index]).toBeCloseTo(line, 9);
  expect(direction?.[index]).toBe(trend);
});

test("macd ends where TA-Lib's converges to: two EMAs of the whole series", () => {
  const bars = toBars(TALIB);
  const [line] = run(macd(12, 26, 9), bars);
  const fast = run(ema(12), bars)[0]?.[251] as number;
  const slow = run(ema(26), bars)[0]?.[251] as number;
  expect(line?.[251]).toBe(fast - slow);
});

test("percentile interpolates between ranks as Excel's PERCENTILE.INC does", () => {
  // Wikipedia, "Percentile", worked examples of the method with C = 1.
  const bars = toCloseBars([15, 20, 35, 40, 50]);
  expect(runText("percentile(5,40)", bars)[0]?.[4]).toBe(29);
  const four = toCloseBars([1, 2, 3, 4]);
  expect(runText("percentile(4,75)", four)[0]?.[3]).toBe(3.25);
});

test("vwap begins anew at midnight UTC and weighs the typical price with the volume", () => {
  const bars = makeBars(6 * 3_600_000, 6);
  [100, 200, 300, 400, 500, 600].forEach((price, index) => {
    bars.time[index] = index * 6 * 3_600_000;
    bars.high[index] = price + 3;
    bars.low[index] = price - 3;
    bars.close[index] = price;
    bars.volume[index] = index + 1;
  });
  const [session] = runText("vwap", bars);
  expect([...(session ?? [])]).toEqual([100, 500 / 3, 1400 / 6, 300, 500, 6100 / 11]);
  const [rolling] = runText("vwap(2)", bars);
  expect(rolling?.[0]).toBeNaN();
  expect(rolling?.[5]).toBeCloseTo(6100 / 11, 10);
});

test("ichimoku shows at a bar what was computed `displacement` bars before", () => {
  const bars = toBars(TALIB);
  const [conversion, base, spanA, spanB, lagging] = runText("ichimoku(9,26,52,26)", bars);
  const middle = (from: number, to: number): number =>
    (Math.max(...TALIB.high.slice(from, to + 1)) + Math.min(...TALIB.low.slice(from, to + 1))) / 2;
  expect(conversion?.[100]).toBe(middle(92, 100));
  expect(base?.[100]).toBe(middle(75, 100));
  expect(spanA?.[100]).toBe((middle(66, 74) + middle(49, 74)) / 2);
  expect(spanB?.[100]).toBe(middle(23, 74));
  expect(lagging?.[100]).toBe(TALIB.close[74]);
});
