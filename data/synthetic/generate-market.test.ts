import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { BarColumns } from "#engine/market/bars.ts";
import { resample } from "#engine/market/resample.ts";
import { isOnGrid, makeGrid } from "#engine/model/grid.ts";
import { DEMO_MARKET } from "./demo-market.ts";
import { describeMarket } from "./describe-market.ts";
import { generateMarket, type SyntheticSeries } from "./generate-market.ts";
import type { SyntheticOptions } from "./options.ts";
import { correlate } from "./statistics.ts";
import { candleFaults } from "./testing/candle-faults.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FROM = Date.UTC(2024, 0, 1);
const YEAR: SyntheticOptions = {
  seed: 1,
  symbols: [{ symbol: "BTCUSDT" }],
  from: FROM,
  bars: 365 * 96,
  intervalMs: 15 * MINUTE_MS,
};

function only(options: SyntheticOptions): SyntheticSeries {
  const [series] = generateMarket(options).symbols;
  if (series === undefined) throw new Error("One symbol is needed");
  return series;
}

test("the first rows of a seed are these on every machine", () => {
  const { candles, mark, funding } = only({ ...YEAR, seed: 42, bars: 100 });
  const row = (bars: BarColumns, at: number) => [
    bars.open[at],
    bars.high[at],
    bars.low[at],
    bars.close[at],
    bars.volume[at],
  ];
  expect([0, 1, 99].map((at) => row(candles, at))).toEqual([
    [59999.9, 60019, 59575.8, 59642.9, 1683.019],
    [59642.8, 59800.1, 59413.8, 59462.2, 1677.644],
    [60472.9, 60529.2, 60112.3, 60151.2, 1862.139],
  ]);
  expect(row(mark, 99)).toEqual([60471.3, 60524.8, 60117.1, 60154, Number.NaN]);
  expect([...funding.rate]).toEqual([6.5e-7, 0.0000438, 0.0001]);
});

test("every byte of a long run is the same on every machine", () => {
  const { symbols } = generateMarket({
    seed: 2n ** 63n + 5n,
    symbols: [{ symbol: "BTCUSDT" }, { symbol: "DOGEUSDT" }],
    from: FROM,
    bars: 50_000,
    gaps: 0.01,
    zeroVolume: 0.01,
  });
  const hash = createHash("sha256");
  for (const { candles, mark, funding } of symbols) {
    for (const bars of [candles, mark]) {
      for (const name of ["time", "open", "high", "low", "close", "volume"] as const) {
        hash.update(bars[name]);
      }
    }
    hash.update(funding.time).update(funding.rate).update(funding.premium);
  }
  // Little-endian doubles, as on every machine that Node runs on. A change here changes stored demo results.
  expect(hash.digest("hex")).toBe(
    "baad9a26892c0190290de7c8094077cd1e922271ddf265f694b9527deffcbfa4",
  );
});

test("the same options give the same columns, a number and a bigint seed too", () => {
  const options = { ...YEAR, bars: 3_000 };
  expect(generateMarket({ ...options, seed: 9n })).toEqual(generateMarket({ ...options, seed: 9 }));
  expect(only({ ...options, seed: 9 }).candles.close).not.toEqual(only(options).candles.close);
});

test("candles and mark candles are valid, sorted, on their tick and lot, without gaps or silence", () => {
  const symbols = ["BTCUSDT", "ETHUSDT", "DOGEUSDT", "OTHER"].map((symbol) => ({ symbol }));
  const market = generateMarket({ ...YEAR, symbols, bars: 5_000 });
  for (const series of market.symbols) {
    expect(candleFaults(series.candles, series.tick)).toEqual([]);
    expect(candleFaults(series.mark, series.tick)).toEqual([]);
    const lot = makeGrid(series.lot);
    const volumes = [...series.candles.volume];
    expect(volumes.every((volume) => volume > 0 && isOnGrid(lot, volume))).toBe(true);
    expect([...series.mark.volume].every(Number.isNaN)).toBe(true);
    expect(series.candles.time[0]).toBe(FROM);
    expect(series.candles.time.at(-1)).toBe(FROM + 4_999 * 15 * MINUTE_MS);
  }
});

test("a bar opens within two ticks of the close before it", () => {
  const { candles, tick } = only(YEAR);
  let same = 0;
  let largest = 0;
  for (let row = 1; row < candles.length; row++) {
    const jump = Math.abs((candles.open[row] as number) - (candles.close[row - 1] as number));
    largest = Math.max(largest, jump);
    if (jump === 0) same += 1;
  }
  expect(largest).toBeCloseTo(2 * tick, 9);
  expect(same / candles.length).toBeGreaterThan(0.45);
  expect(same / candles.length).toBeLessThan(0.55);
});

test("another symbol changes nothing for the first, nor does their order", () => {
  const [btc, eth] = [{ symbol: "BTCUSDT" }, { symbol: "ETHUSDT" }];
  const both = generateMarket({ ...YEAR, symbols: [btc, eth], bars: 3_000 });
  const turned = generateMarket({ ...YEAR, symbols: [eth, btc], bars: 3_000 });
  expect(both.symbols[0]).toEqual(only({ ...YEAR, bars: 3_000 }));
  expect(turned.symbols).toEqual(both.symbols.toReversed());
});

test.each([HOUR_MS, 4 * HOUR_MS, DAY_MS])(
  "bars of %i ms are the resampled bars of 5m",
  (intervalMs) => {
    const short = only({ ...YEAR, bars: 30 * 288, intervalMs: 5 * MINUTE_MS });
    const long = only({ ...YEAR, bars: (30 * DAY_MS) / intervalMs, intervalMs });
    for (const kind of ["candles", "mark"] as const) {
      const { bars } = resample(short[kind], intervalMs);
      for (const column of ["time", "open", "high", "low", "close"] as const) {
        expect(long[kind][column], `${kind} ${column}`).toEqual(bars[column]);
      }
    }
    const { bars } = resample(short.candles, intervalMs);
    for (const [row, volume] of bars.volume.entries()) {
      // The short bars are summed as doubles, the long ones as lots.
      expect((long.candles.volume[row] as number) / volume).toBeCloseTo(1, 12);
    }
    expect(long.funding).toEqual(short.funding);
  },
);

test("mark candles of a longer interval are those of the bars, resampled, and stay complete in gaps", () => {
  const options = { ...YEAR, bars: 960, gaps: 0.2 };
  const { candles, mark } = only({ ...options, markIntervalMs: HOUR_MS });
  expect(mark).toEqual(resample(only({ ...options, gaps: 0 }).mark, HOUR_MS).bars);
  expect(mark.length).toBe(240);
  expect(candles.length).toBeLessThan(960);
});

test("the mark stays close to the last price and differs from it", () => {
  const { candles, mark } = only({ ...YEAR, intervalMs: MINUTE_MS, bars: 60 * 1_440 });
  const gap = describeMarket({ symbols: [{ symbol: "BTCUSDT", candles, mark }] }).symbols[0]
    ?.markGap;
  expect(gap?.median).toBeGreaterThan(0.05e-4);
  expect(gap?.median).toBeLessThan(0.6e-4);
  expect(gap?.p99).toBeLessThan(5e-4);
  expect(gap?.max).toBeLessThan(100e-4);
});

test("funding follows the premium, which follows the trend", () => {
  const { candles, funding } = only({ ...YEAR, seed: 3 });
  expect(funding.length).toBe(365 * 3);
  expect(correlate(funding.rate, funding.premium)).toBeGreaterThan(0.6);
  // Return of the 24 hours before each stamp, 96 bars of 15 minutes; a stamp is the close of a bar.
  const trend = new Float64Array(funding.length).fill(Number.NaN);
  for (let at = 3; at < funding.length; at++) {
    const row = ((funding.time[at] as number) - FROM) / (15 * MINUTE_MS) - 1;
    trend[at] = Math.log((candles.close[row] as number) / (candles.close[row - 95] as number));
  }
  expect(correlate(trend, funding.premium)).toBeGreaterThan(0.3);
  for (const rate of funding.rate) expect(Math.abs(rate)).toBeLessThanOrEqual(0.00375);
  expect(funding.rate.some((rate) => rate < 0)).toBe(true);
  expect(funding.rate.some((rate) => rate === 0.0001)).toBe(true);
});

test("funding comes at the hours asked for", () => {
  const { funding } = only({ ...YEAR, fundingIntervalHours: 1, bars: 960 });
  expect(funding.length).toBe(240);
  expect(funding.time[0]).toBe(FROM + HOUR_MS);
  expect(funding.time.at(-1)).toBe(FROM + 240 * HOUR_MS);
});

test("the market says that it is synthetic, and the demo is one of its kind", () => {
  expect(generateMarket({ ...YEAR, bars: 1 }).label).toBe("synthetic (seed 1)");
  const demo = generateMarket(DEMO_MARKET);
  expect(demo.symbols.map((series) => [series.symbol, series.candles.length])).toEqual([
    ["BTCUSDT", 17_544],
    ["ETHUSDT", 17_544],
  ]);
  for (const { candles } of demo.symbols) {
    const change = (candles.close.at(-1) as number) / (candles.open[0] as number);
    expect(change).toBeGreaterThan(0.3);
    expect(change).toBeLessThan(4);
  }
});
