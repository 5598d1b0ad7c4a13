import { expect, test } from "vitest";
import type { SyntheticOptions } from "./options.ts";
import { MARKET_REGIMES } from "./regime-model.ts";
import { resolveSettings } from "./settings.ts";

const FROM = Date.UTC(2024, 0, 1);
const VALID: SyntheticOptions = { seed: 1, symbols: [{ symbol: "BTCUSDT" }], from: FROM, bars: 10 };

test("resolveSettings() fills in defaults", () => {
  const settings = resolveSettings({
    ...VALID,
    symbols: [{ symbol: "BTCUSDT" }, { symbol: "NEW" }],
  });
  expect(settings).toMatchObject({
    seed: 1n,
    intervalMs: 60_000,
    markIntervalMs: 60_000,
    fundingIntervalMs: 28_800_000,
    gaps: 0,
    zeroVolume: 0,
    tails: 6,
    regimes: MARKET_REGIMES,
  });
  expect(settings.symbols[0]).toMatchObject({ symbol: "BTCUSDT", tick: 0.1, startPrice: 60_000 });
  expect(settings.symbols[1]).toMatchObject({ symbol: "NEW", tick: 0.001, startPrice: 10 });
  // A name that objects inherit is a symbol like any other.
  const inherited = resolveSettings({ ...VALID, symbols: [{ symbol: "constructor" }] });
  expect(inherited.symbols[0]?.startPrice).toBe(10);
});

test("an end in time gives the bars that fit before it", () => {
  const to = FROM + 3_600_000 * 5 + 1;
  const { bars } = resolveSettings({ ...VALID, bars: undefined, to, intervalMs: 3_600_000 });
  expect(bars).toBe(5);
});

test.each<[string, Partial<SyntheticOptions>, RegExp]>([
  ["a broken seed", { seed: 1.5 }, /seed is a whole number/],
  ["a negative seed", { seed: -1 }, /seed is 0 to 2\^64/],
  ["a seed of 65 bits", { seed: 1n << 64n }, /seed is 0 to 2\^64/],
  ["no symbols", { symbols: [] }, /at least one symbol/],
  ["a symbol twice", { symbols: [{ symbol: "A" }, { symbol: "A" }] }, /given twice/],
  ["a symbol with a slash", { symbols: [{ symbol: "A/B" }] }, /is not a symbol/],
  ["a coarse tick", { symbols: [{ symbol: "A", startPrice: 5, tick: 0.1 }] }, /100 to/],
  ["a negative volatility", { symbols: [{ symbol: "A", annualVol: -1 }] }, /"annualVol"/],
  ["a wild volatility", { symbols: [{ symbol: "A", annualVol: 6 }] }, /at most 5/],
  ["a correlation above 1", { symbols: [{ symbol: "A", correlation: 1.1 }] }, /0 to 1/],
  ["no end", { bars: undefined }, /either a time or a number/],
  ["two ends", { to: FROM + 60_000 }, /either a time or a number/],
  ["an end before the start", { bars: undefined, to: FROM - 1 }, /1 to 20000000 bars/],
  ["too many bars", { bars: 30_000_000 }, /1 to 20000000 bars/],
  ["a time beyond dates", { bars: 20_000_000, intervalMs: 604_800_000 }, /range of time/],
  ["a start between bars", { from: FROM + 1 }, /open time of a 1m bar/],
  ["half a second", { intervalMs: 500 }, /1s to 4w/],
  ["calendar months", { intervalMs: 30 * 86_400_000 }, /1s to 4w/],
  ["marks finer than bars", { markIntervalMs: 30_000 }, /cannot be built/],
  ["a funding interval of 7 h", { fundingIntervalHours: 7 }, /divisor of 24/],
  ["all bars missing", { gaps: 0.6 }, /"gaps" is 0 to 0.5/],
  ["no number", { zeroVolume: Number.NaN }, /"zeroVolume" is 0 to 0.5/],
  ["tails without a variance", { tails: 2 }, /at least 3/],
  ["a regime model without states", { regimes: [] }, /at least one state/],
  [
    "a regime that leads nowhere",
    { regimes: MARKET_REGIMES.map((regime) => ({ ...regime, next: [0, 0, 0, 0, 0] })) },
    /shares of 1/,
  ],
  [
    "a jump rate below 0",
    { jumps: { commonPerYear: -1, ownPerYear: 0, meanSize: 1, downShare: 0.5 } },
    /"commonPerYear"/,
  ],
])("%s is refused", (_, change, message) => {
  expect(() => resolveSettings({ ...VALID, ...change })).toThrow(message);
  expect(() => resolveSettings({ ...VALID, ...change })).toThrow(
    expect.objectContaining({ code: "E_USAGE" }),
  );
});
