import { expect, test } from "vitest";
import { describeMarket } from "./describe-market.ts";
import { generateMarket } from "./generate-market.ts";
import { candleFaults } from "./testing/candle-faults.ts";
import { missingFacts } from "./testing/stylised-facts.ts";

const DAY_MS = 86_400_000;

test("prices stay positive, on their tick and in range over ten years", () => {
  const symbols = [
    { symbol: "BTCUSDT" },
    // As coarse and as wild as the options allow.
    { symbol: "COARSE", startPrice: 1, tick: 0.01, annualVol: 2 },
  ];
  for (let seed = 0; seed < 6; seed++) {
    const market = generateMarket({
      seed,
      symbols,
      from: Date.UTC(2015, 0, 1),
      bars: 3_650,
      intervalMs: DAY_MS,
    });
    for (const { candles, mark, tick } of market.symbols) {
      expect(candleFaults(candles, tick)).toEqual([]);
      expect(candleFaults(mark, tick)).toEqual([]);
    }
    const btc = market.symbols[0]?.candles;
    expect(Math.min(...(btc?.low ?? []))).toBeGreaterThan(60_000 / 60);
    expect(Math.max(...(btc?.high ?? []))).toBeLessThan(60_000 * 60);
  }
});

test("volatility comes out as asked, on average over seeds", () => {
  let squares = 0;
  const seeds = 24;
  for (let seed = 0; seed < seeds; seed++) {
    const market = generateMarket({
      seed,
      symbols: [{ symbol: "BTCUSDT", annualVol: 0.6 }],
      from: 0,
      bars: 8_760,
      intervalMs: 3_600_000,
    });
    squares += (describeMarket(market).symbols[0]?.annualVol ?? Number.NaN) ** 2;
  }
  const vol = Math.sqrt(squares / seeds);
  expect(vol).toBeGreaterThan(0.56);
  expect(vol).toBeLessThan(0.65);
});

test("returns tend to normal as the horizon grows", () => {
  let short = 0;
  let long = 0;
  for (let seed = 20; seed < 30; seed++) {
    const [one] = describeMarket(
      generateMarket({
        seed,
        symbols: [{ symbol: "BTCUSDT" }],
        from: 0,
        bars: 365 * 96,
        intervalMs: 900_000,
      }),
    ).symbols;
    short += one?.excessKurtosis ?? Number.NaN;
    long += one?.kurtosisByHorizon.at(-1)?.value ?? Number.NaN;
  }
  expect(long).toBeLessThan(short / 2);
});

test("every stylised fact holds for twenty more seeds, but for a rare year", () => {
  const missing = new Map<string, number>();
  for (let seed = 1_000; seed < 1_020; seed++) {
    const market = generateMarket({
      seed,
      symbols: [{ symbol: "BTCUSDT" }, { symbol: "SOLUSDT" }],
      from: Date.UTC(2022, 0, 1),
      bars: 365 * 96,
      intervalMs: 900_000,
    });
    for (const one of describeMarket(market).symbols) {
      for (const name of missingFacts(one)) missing.set(name, (missing.get(name) ?? 0) + 1);
    }
  }
  // Of 40 series: one crash that lasts over a weekend, or makes a single day extreme, can break a fact of its year.
  for (const count of missing.values()) expect(count).toBeLessThanOrEqual(2);
  expect(missing.size).toBeLessThanOrEqual(3);
});

test.each([11, 12, 13])("a quarter of 1m bars with seed %i shows every stylised fact", (seed) => {
  const symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"].map((symbol) => ({ symbol }));
  const market = generateMarket({ seed, symbols, from: Date.UTC(2024, 0, 1), bars: 91 * 1_440 });
  expect(describeMarket(market).symbols.map(missingFacts)).toEqual([[], [], []]);
});
