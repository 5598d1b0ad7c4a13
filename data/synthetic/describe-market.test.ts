import { expect, test } from "vitest";
import { makeBars } from "#engine/market/bars.ts";
import { describeMarket } from "./describe-market.ts";
import { correlate, measureDrawdown, measureMoments, quantileOfSorted } from "./statistics.ts";

const HOUR_MS = 3_600_000;

test("measureMoments() of a known column", () => {
  const moments = measureMoments(Float64Array.of(1, 2, Number.NaN, 3, 10));
  expect(moments.count).toBe(4);
  expect(moments.mean).toBe(4);
  expect(moments.deviation).toBeCloseTo(Math.sqrt(12.5), 12);
  // Third central moment (−27 − 8 − 1 + 216) / 4 = 45, fourth (81 + 16 + 1 + 1296) / 4 = 348.5.
  expect(moments.skew).toBeCloseTo(45 / 12.5 ** 1.5, 12);
  expect(moments.excessKurtosis).toBeCloseTo(348.5 / 12.5 ** 2 - 3, 12);
});

test("correlate() shifts by the lag and leaves out unknown pairs", () => {
  const left = Float64Array.of(1, 2, 3, Number.NaN, 5);
  expect(correlate(left, Float64Array.of(-1, -2, -3, 9, -5))).toBeCloseTo(-1, 12);
  expect(correlate(left, Float64Array.of(0, 10, 20, 30, 40), 1)).toBeCloseTo(1, 12);
});

test("measureDrawdown() and quantileOfSorted()", () => {
  expect(measureDrawdown(Float64Array.of(1, 4, 3, 5, 2, 3))).toBeCloseTo(0.6, 12);
  expect(measureDrawdown(Float64Array.of(1, 2, 3))).toBe(0);
  expect(quantileOfSorted(Float64Array.of(1, 2, 3, 4, 5), 0.5)).toBe(3);
  expect(quantileOfSorted(new Float64Array(0), 0.5)).toBeNaN();
});

test("describeMarket() counts gaps and silence and joins symbols by time", () => {
  const closes = [100, 110, 99, 108.9, 98.01, 107.811];
  const times = [0, 1, 2, 4, 5, 6];
  const make = (hours: readonly number[], prices: readonly number[]) => {
    const bars = makeBars(HOUR_MS, hours.length);
    bars.time.set(hours.map((hour) => hour * HOUR_MS));
    for (const name of ["open", "high", "low", "close"] as const) bars[name].set(prices);
    bars.volume.set(hours.map((_, at) => (at === 2 ? 0 : 1)));
    return bars;
  };
  const candles = make(times, closes);
  const mirrored = make(
    [1, 2, 5, 6, 7],
    [110, 99, 98.01, 107.811, 1].map((price) => 10_000 / price),
  );
  const mark = make(
    times,
    closes.map((price) => price * 1.001),
  );
  const funding = {
    length: 3,
    time: Float64Array.of(0, 1, 2),
    rate: Float64Array.of(1, 2, 6),
  };
  const statistics = describeMarket({
    symbols: [
      { symbol: "A", candles, mark, funding },
      { symbol: "B", candles: mirrored },
    ],
  });
  const [one, other] = statistics.symbols;
  expect(one).toMatchObject({ bars: 6, missingBars: 1, zeroVolumeBars: 1 });
  expect(one?.maxDrawdown).toBeCloseTo(1 - 98.01 / 110, 12);
  expect(one?.markGap?.median).toBeCloseTo(0.001, 12);
  expect(one?.funding).toMatchObject({ count: 3, mean: 3, min: 1, max: 6 });
  expect(other?.funding).toBeNull();
  expect(statistics.correlation[0]?.[0]).toBeCloseTo(1, 12);
  // The pairs are hours 2 and 6, in which B does the opposite of A.
  expect(statistics.correlation[0]?.[1]).toBeCloseTo(-1, 12);
  // Returns of ±10 % about: ln 1.1 and ln 0.9, of which hour 4 has none.
  const returns = [Math.log(1.1), Math.log(0.9), Math.log(0.9), Math.log(1.1)];
  const mean = returns.reduce((sum, each) => sum + each, 0) / 4;
  const deviation = Math.sqrt(returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 4);
  expect(one?.annualVol).toBeCloseTo(deviation * Math.sqrt(8_760), 10);
});
