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

/** Theirs are the last values of a shorter array; `tolerance` is relative to 100 or to the value. */
function expectSame(
  ours: Float64Array | undefined,
  theirs: readonly (number | undefined)[],
  tolerance = 1e-9,
): void {
  const offset = COUNT - theirs.length;
  expect(theirs.length).toBeGreaterThan(COUNT - 150);
  theirs.forEach((value, index) => {
    const mine = ours?.[offset + index] as number;
    if (value === undefined || Number.isNaN(value)) return expect(mine).toBeNaN();
    return expect(Math.abs(mine - value), `index ${offset + index}`).toBeLessThan(
      tolerance * Math.max(100, Math.abs(value)),
    );
  });
  for (let index = 0; index < offset; index++) expect(ours?.[index]).toBeNaN();
}

test("sma, ema, wma and wilder", () => {
  expectSame(run("sma(20)")[0], ti.SMA.calculate({ period: 20, values: close }));
  expectSame(run("ema(20)")[0], ti.EMA.calculate({ period: 20, values: close }));
  expectSame(run("wma(20)")[0], ti.WMA.calculate({ period: 20, values: close }));
  expectSame(run("wilder(20)")[0], ti.WEMA.calculate({ period: 20, values: close }));
});

test("rsi to the two digits there are", () => {
  expectSame(run("rsi(14)")[0], ti.RSI.calculate({ period: 14, values: close }), 0.0051 / 100);
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
  expectSame(
    line,
    theirs.map((value) => value.MACD),
  );
  expectSame(
    signal,
    theirs.map((value) => value.signal),
  );
  expectSame(
    histogram,
    theirs.map((value) => value.histogram),
  );
});

test("bollinger and std", () => {
  const theirs = ti.BollingerBands.calculate({ period: 20, stdDev: 2, values: close });
  const [middle, upper, lower, percentB] = run("bollinger(20,2)");
  expectSame(
    middle,
    theirs.map((value) => value.middle),
  );
  expectSame(
    upper,
    theirs.map((value) => value.upper),
  );
  expectSame(
    lower,
    theirs.map((value) => value.lower),
  );
  expectSame(
    percentB,
    theirs.map((value) => (value as unknown as { pb: number }).pb),
  );
  expectSame(run("std(20)")[0], ti.SD.calculate({ period: 20, values: close }));
});

test("atr, with a bar put before theirs", () => {
  const theirs = ti.ATR.calculate({
    period: 14,
    high: [high[0] as number, ...high],
    low: [low[0] as number, ...low],
    close: [close[0] as number, ...close],
  });
  expectSame(run("atr(14)")[0], theirs);
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
  expectSame(
    adx,
    theirs.map((value) => value.adx),
  );
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
  expectSame(
    k,
    theirs.map((value) => value.k),
  );
  expectSame(
    d,
    theirs.map((value) => value.d),
  );
});

test("cci and roc", () => {
  expectSame(
    run("cci(20)")[0],
    ti.CCI.calculate({ period: 20, open: close, high, low, close } as never),
  );
  expectSame(run("roc(12)")[0], ti.ROC.calculate({ period: 12, values: close }));
});

test("obv but for the first bar", () => {
  const theirs = ti.OBV.calculate({ close, volume });
  expect(run("obv")[0]?.[0]).toBe(0);
  theirs.forEach((value, index) => {
    expect(run("obv")[0]?.[COUNT - theirs.length + index]).toBeCloseTo(value, 6);
  });
});

test("vwap within one day", () => {
  expectSame(run("vwap")[0], ti.VWAP.calculate({ high, low, close, volume }));
});

test("highest, lowest and donchian", () => {
  const highest = ti.Highest.calculate({ period: 20, values: high });
  const lowest = ti.Lowest.calculate({ period: 20, values: low });
  expectSame(run("highest(20,high)")[0], highest);
  expectSame(run("lowest(20,low)")[0], lowest);
  const [upper, , lower] = run("donchian(20)");
  expectSame(upper, highest);
  expectSame(lower, lowest);
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
