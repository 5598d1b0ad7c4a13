import { expect, test } from "vitest";
import { describeMarket } from "./describe-market.ts";
import { generateMarket } from "./generate-market.ts";
import { NO_REGIMES } from "./regime-model.ts";
import { makeGaussianWalk } from "./testing/gaussian-walk.ts";
import { FACT_NAMES, missingFacts } from "./testing/stylised-facts.ts";

const DAY_MS = 86_400_000;
const SYMBOLS = [{ symbol: "BTCUSDT" }, { symbol: "ETHUSDT" }, { symbol: "SOLUSDT" }];

function generate(seed: number, intervalMs: number, days: number) {
  return generateMarket({
    seed,
    symbols: SYMBOLS,
    from: Date.UTC(2024, 0, 1),
    bars: (days * DAY_MS) / intervalMs,
    intervalMs,
  });
}

test.each([1, 2])("a year of 15m bars with seed %i shows every stylised fact", (seed) => {
  const statistics = describeMarket(generate(seed, 900_000, 365));
  expect(statistics.symbols.map(missingFacts)).toEqual([[], [], []]);
  for (const [row, column] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const value = statistics.correlation[row]?.[column];
    expect(value).toBeGreaterThan(0.55);
    expect(value).toBeLessThan(0.92);
  }
});

test("a walk with normal innovations fails the checks", () => {
  const candles = makeGaussianWalk(1n, { bars: 35_040, intervalMs: 900_000, annualVol: 0.6 });
  const [one] = describeMarket({ symbols: [{ symbol: "WALK", candles }] }).symbols;
  expect(one).toBeDefined();
  if (one === undefined) return;
  expect(missingFacts(one)).toEqual([
    "fat tails",
    "moves beyond five sigma",
    "volatility clusters",
    "volatility remembers long",
    "volume goes with moves",
    "the American session is busy",
    "weekends are calm",
  ]);
  // What is left are the facts that a normal walk has by right.
  expect(FACT_NAMES).toContain("range agrees with closes");
});

test("switching a part off removes what it makes", () => {
  const options = {
    seed: 5,
    symbols: [{ symbol: "BTCUSDT" }],
    from: 0,
    bars: 35_040,
    intervalMs: 900_000,
  };
  const [full] = describeMarket(generateMarket(options)).symbols;
  const [plain] = describeMarket(
    generateMarket({
      ...options,
      regimes: "none",
      jumps: "none",
      tails: Number.POSITIVE_INFINITY,
    }),
  ).symbols;
  expect(plain?.excessKurtosis).toBeLessThan((full?.excessKurtosis ?? Number.NaN) / 1.5);
});

test("correlation rises with the contagion of a regime", () => {
  const correlationWith = (contagion: number): number => {
    const market = generateMarket({
      seed: 8,
      symbols: SYMBOLS,
      from: 0,
      bars: 5_000,
      intervalMs: 300_000,
      regimes: NO_REGIMES.map((regime) => ({ ...regime, contagion })),
    });
    return describeMarket(market).correlation[1]?.[2] ?? Number.NaN;
  };
  const calm = correlationWith(0);
  expect(calm).toBeGreaterThan(0.55);
  expect(calm).toBeLessThan(0.85);
  expect(correlationWith(0.6)).toBeGreaterThan(calm + 0.08);
});
