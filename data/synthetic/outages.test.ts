import { expect, test } from "vitest";
import { describeMarket } from "./describe-market.ts";
import { generateMarket } from "./generate-market.ts";
import type { SyntheticOptions } from "./options.ts";

const MINUTE_MS = 60_000;
const MINUTES: SyntheticOptions = {
  seed: 4,
  symbols: [{ symbol: "BTCUSDT" }],
  from: Date.UTC(2024, 0, 1),
  bars: 30 * 1_440,
};

function describe(change: Partial<SyntheticOptions>) {
  const market = generateMarket({ ...MINUTES, ...change });
  const [statistics] = describeMarket(market).symbols;
  const candles = market.symbols[0]?.candles;
  if (statistics === undefined || candles === undefined) throw new Error("One symbol is needed");
  return { statistics, candles };
}

test("neither comes unasked", () => {
  const { statistics } = describe({});
  expect(statistics.missingBars).toBe(0);
  expect(statistics.zeroVolumeBars).toBe(0);
});

test("gaps have the share asked for, in runs of about 45 minutes", () => {
  const { statistics, candles } = describe({ gaps: 0.1 });
  const share = statistics.missingBars / (30 * 1_440);
  expect(share).toBeGreaterThan(0.07);
  expect(share).toBeLessThan(0.13);
  let runs = 0;
  for (let row = 1; row < candles.length; row++) {
    if ((candles.time[row] as number) - (candles.time[row - 1] as number) > MINUTE_MS) runs += 1;
  }
  expect(statistics.missingBars / runs).toBeGreaterThan(30);
  expect(statistics.missingBars / runs).toBeLessThan(60);
});

test("silent bars have the share asked for, and the first bar is never one", () => {
  const { statistics, candles } = describe({ zeroVolume: 0.2 });
  const share = statistics.zeroVolumeBars / candles.length;
  expect(share).toBeGreaterThan(0.18);
  expect(share).toBeLessThan(0.22);
  for (let seed = 0; seed < 20; seed++) {
    const short = describe({ seed, bars: 50, zeroVolume: 0.5, gaps: 0.5 });
    expect(short.candles.time[0]).toBe(MINUTES.from);
    expect(short.candles.volume[0]).toBeGreaterThan(0);
  }
});

test("at long intervals a gap is a bar", () => {
  const { statistics, candles } = describe({ gaps: 0.1, intervalMs: 60 * MINUTE_MS, bars: 6_000 });
  expect(statistics.missingBars / 6_000).toBeGreaterThan(0.07);
  expect(statistics.missingBars / 6_000).toBeLessThan(0.13);
  expect(candles.length + statistics.missingBars).toBeGreaterThan(5_990);
});
