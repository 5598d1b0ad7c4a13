import * as ti from "technicalindicators";
import { expect, test } from "vitest";
import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { runKernel } from "./kernel.ts";
import { parseIndicators } from "./registry.ts";

// An independent implementation, the npm package technicalindicators 3.1.0, on the same random bars. What differs by
// definition and is compared in another way or not at all:
// - RSI and MFI are rounded to two digits there; MFI counts unchanged prices as falling and begins a bar late.
// - ATR leaves the first bar out there. With a bar put before, whose close lies within the first bar, the true range
//   of the first bar is high − low and both are the same; Keltner channels, which use ATR, converge instead.
// - Stochastic has no smoothing of %K there; Ichimoku's spans are not displaced; VWAP has no sessions.
// - OBV has no value at the first bar there. ADL is rounded to whole units there, and StochRSI is built on rounded RSI.

const COUNT = 700;

/** A random walk, mulberry32 from a fixed seed; all bars lie in one UTC day. */
function randomBars(seed: number): BarColumns {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const bars = makeBars(60_000, COUNT);
  let price = 100;
  for (let index = 0; index < COUNT; index++) {
    const open = price;
    price *= 1 + (random() - 0.5) * 0.02;
    bars.time[index] = index * 60_000;
    bars.open[index] = open;
    bars.close[index] = price;
    bars.high[index] = Math.max(open, price) * (1 + random() * 0.01);
    bars.low[index] = Math.min(open, price) * (1 - random() * 0.01);
    bars.volume[index] = random() * 1_000;
  }
  return bars;
}

const bars = randomBars(20_260_101);
const close = [...bars.close];
const high = [...bars.high];
const low = [...bars.low];
const volume = [...bars.volume];
const run = (text: string): Float64Array[] =>
  parseIndicators(text).flatMap((spec) => runKernel(spec, bars));

/** Where ours differ: theirs are the last values of a shorter array; relative to 100 or to the value. */
function differences(
  ours: Float64Array | undefined,
  theirs: readonly (number | undefined)[],
  tolerance = 1e-9,
): readonly string[] {
  const offset = COUNT - theirs.length;
  const faults = offset < 150 ? [] : [`only ${theirs.length} values`];
  ours?.forEach((mine, index) => {
    const value = theirs[index - offset] ?? Number.NaN;
    const allowed = tolerance * Math.max(100, Math.abs(value));
    const same = Number.isNaN(value) ? Number.isNaN(mine) : Math.abs(mine - value) < allowed;
    if (!same) faults.push(`${index}: ${mine}, not ${value}`);
  });
  return faults;
}

test("sma, ema, wma and wilder", () => {
  expect(differences(run("sma(20)")[0], ti.SMA.calculate({ period: 20, values: close }))).toEqual(
    [],
  );
  expect(differences(run("ema(20)")[0], ti.EMA.calculate({ period: 20, values: close }))).toEqual(
    [],
  );
  expect(differences(run("wma(20)")[0], ti.WMA.calculate({ period: 20, values: close }))).toEqual(
    [],
  );
  expect(
    differences(run("wilder(20)")[0], ti.WEMA.calculate({ period: 20, values: close })),
  ).toEqual([]);
});

test("rsi to the two digits there are", () => {
  expect(
    differences(run("rsi(14)")[0], ti.RSI.calculate({ period: 14, values: close }), 0.0051 / 100),
  ).toEqual([]);
});

test("macd", () => {
  const theirs = ti.MACD.calculate({
    values: close,
    fastPeriod: 12,
    slowPeriod: 26,
    signalPeriod: 9,
    SimpleMAOscillator: false,
    SimpleMASignal: false,
  });
  const [line, signal, histogram] = run("macd(12,26,9)");
  expect(
    differences(
      line,
      theirs.map((value) => value.MACD),
    ),
  ).toEqual([]);
  expect(
    differences(
      signal,
      theirs.map((value) => value.signal),
    ),
  ).toEqual([]);
  expect(
    differences(
      histogram,
      theirs.map((value) => value.histogram),
    ),
  ).toEqual([]);
});

test("bollinger and std", () => {
  const theirs = ti.BollingerBands.calculate({ period: 20, stdDev: 2, values: close });
  const [middle, upper, lower, percentB] = run("bollinger(20,2)");
  expect(
    differences(
      middle,
      theirs.map((value) => value.middle),
    ),
  ).toEqual([]);
  expect(
    differences(
      upper,
      theirs.map((value) => value.upper),
    ),
  ).toEqual([]);
  expect(
    differences(
      lower,
      theirs.map((value) => value.lower),
    ),
  ).toEqual([]);
  expect(
    differences(
      percentB,
      theirs.map((value) => (value as unknown as { pb: number }).pb),
    ),
  ).toEqual([]);
  expect(differences(run("std(20)")[0], ti.SD.calculate({ period: 20, values: close }))).toEqual(
    [],
  );
});

test("atr, with a bar put before theirs", () => {
  const theirs = ti.ATR.calculate({
    period: 14,
    high: [high[0] as number, ...high],
    low: [low[0] as number, ...low],
    close: [close[0] as number, ...close],
  });
  expect(differences(run("atr(14)")[0], theirs)).toEqual([]);
});

test("keltner, where the two averages have met", () => {
  const theirs = ti.keltnerchannels({
    maPeriod: 20,
    atrPeriod: 10,
    multiplier: 2,
    useSMA: false,
    high,
    low,
    close,
  });
  const columns = run("keltner(20,10,2)");
  for (const index of [400, 550, 699]) {
    const value = theirs[index - COUNT + theirs.length];
    expect(columns[0]?.[index]).toBeCloseTo(value?.middle as number, 9);
    expect(columns[1]?.[index]).toBeCloseTo(value?.upper as number, 9);
    expect(columns[2]?.[index]).toBeCloseTo(value?.lower as number, 9);
  }
});

test("adx and its directional indicators", () => {
  const theirs = ti.ADX.calculate({ period: 14, high, low, close });
  const [adx, plusDi, minusDi] = run("adx(14)");
  expect(
    differences(
      adx,
      theirs.map((value) => value.adx),
    ),
  ).toEqual([]);
  // They give the indicators only where there is an adx; ours begin before.
  const from = COUNT - theirs.length;
  theirs.forEach((value, index) => {
    expect(plusDi?.[from + index]).toBeCloseTo(value.pdi, 8);
    expect(minusDi?.[from + index]).toBeCloseTo(value.mdi, 8);
  });
});

test("stochastic without smoothing", () => {
  const theirs = ti.Stochastic.calculate({ period: 14, signalPeriod: 3, high, low, close });
  const [k, d] = run("stochastic(14,3,1)");
  expect(
    differences(
      k,
      theirs.map((value) => value.k),
    ),
  ).toEqual([]);
  expect(
    differences(
      d,
      theirs.map((value) => value.d),
    ),
  ).toEqual([]);
});

test("cci and roc", () => {
  expect(
    differences(
      run("cci(20)")[0],
      ti.CCI.calculate({ period: 20, open: close, high, low, close } as never),
    ),
  ).toEqual([]);
  expect(differences(run("roc(12)")[0], ti.ROC.calculate({ period: 12, values: close }))).toEqual(
    [],
  );
});

test("obv but for the first bar", () => {
  const theirs = ti.OBV.calculate({ close, volume });
  expect(run("obv")[0]?.[0]).toBe(0);
  theirs.forEach((value, index) => {
    expect(run("obv")[0]?.[COUNT - theirs.length + index]).toBeCloseTo(value, 6);
  });
});

test("vwap within one day", () => {
  expect(differences(run("vwap")[0], ti.VWAP.calculate({ high, low, close, volume }))).toEqual([]);
});

test("highest, lowest and donchian", () => {
  const highest = ti.Highest.calculate({ period: 20, values: high });
  const lowest = ti.Lowest.calculate({ period: 20, values: low });
  expect(differences(run("highest(20,high)")[0], highest)).toEqual([]);
  expect(differences(run("lowest(20,low)")[0], lowest)).toEqual([]);
  const [upper, , lower] = run("donchian(20)");
  expect(differences(upper, highest)).toEqual([]);
  expect(differences(lower, lowest)).toEqual([]);
});

test("ichimoku, with their spans displaced", () => {
  const theirs = ti.IchimokuCloud.calculate({
    high,
    low,
    conversionPeriod: 9,
    basePeriod: 26,
    spanPeriod: 52,
    displacement: 26,
  });
  const from = COUNT - theirs.length;
  const [conversion, base, spanA, spanB] = run("ichimoku(9,26,52,26)");
  theirs.forEach((value, index) => {
    expect(conversion?.[from + index]).toBeCloseTo(value.conversion, 9);
    expect(base?.[from + index]).toBeCloseTo(value.base, 9);
    if (from + index + 26 >= COUNT) return;
    expect(spanA?.[from + index + 26]).toBeCloseTo(value.spanA, 9);
    expect(spanB?.[from + index + 26]).toBeCloseTo(value.spanB, 9);
  });
  expect(from).toBe(51);
});
