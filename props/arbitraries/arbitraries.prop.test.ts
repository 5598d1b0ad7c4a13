import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Candle } from "#props/market/candle-walk.ts";
import { isOnGrid } from "#props/testing/is-on-grid.ts";
import { candles, candlesWithMarks, fundingSeries } from "./candles.ts";
import { instruments } from "./instruments.ts";

const tick = fc.constantFrom(0.01, 0.1, 0.5, 0.0001);
const lot = fc.constantFrom(0.001, 0.01, 1);

function prices(candle: Candle): readonly [number, number, number, number] {
  return candle.slice(0, 4) as unknown as [number, number, number, number];
}

test("candles are valid, on their grid, and of every kind that is promised", () => {
  const seen = { gap: 0, still: 0, jump: 0, zero: 0 };
  const terms = fc.record({ tick, lot });
  const property = fc.property(
    terms.chain((one) => candles({ ...one, maxBars: 60 }).map((rows) => ({ ...one, rows }))),
    ({ rows, tick, lot }) => {
      expect(rows.length).toBeGreaterThanOrEqual(8);
      expect(rows.length).toBeLessThanOrEqual(60);
      expect(rows[0]).not.toBe("gap");
      let before = 10_000 * tick;
      for (const candle of rows) {
        if (candle === "gap") {
          seen.gap += 1;
          continue;
        }
        const [open, high, low, close] = prices(candle);
        expect(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close)).toBe(true);
        for (const price of [open, high, low, close]) expect(isOnGrid(price, tick)).toBe(true);
        expect(isOnGrid(candle[4] as number, lot)).toBe(true);
        if (high === low) seen.still += 1;
        if (Math.abs(open - before) > 500 * tick) seen.jump += 1;
        if (candle[4] === 0) seen.zero += 1;
        before = close;
      }
    },
  );
  fc.assert(property, { numRuns: 100 });
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
});

test("what is switched off does not come", () => {
  const calm = candles({ missing: false, zeroVolume: false, jumps: false, minBars: 20 });
  const property = fc.property(calm, (rows) => {
    let before = 100;
    for (const candle of rows) {
      expect(candle).not.toBe("gap");
      const [open, , , close] = prices(candle);
      expect(Math.abs(open - before)).toBeLessThanOrEqual(0.2 + 1e-9);
      expect(candle[4]).toBeGreaterThan(0);
      before = close;
    }
  });
  fc.assert(property, { numRuns: 50 });
});

test("mark and index are missing where the bar is, and lie within 30 ticks beyond it", () => {
  const property = fc.property(candlesWithMarks(), ({ candles, mark, index }) => {
    for (const series of [mark, index]) {
      expect(series.map((one) => one === "gap")).toEqual(candles.map((one) => one === "gap"));
      series.forEach((one, at) => {
        const bar = candles[at] as Candle;
        if (one === "gap" || bar === "gap") return;
        const [open, high, low, close] = prices(one);
        expect(low <= Math.min(open, close) && high >= Math.max(open, close)).toBe(true);
        expect(high).toBeLessThanOrEqual((bar[1] as number) + 0.3 + 1e-9);
        expect(low).toBeGreaterThanOrEqual((bar[2] as number) - 0.3 - 1e-9);
      });
    }
  });
  fc.assert(property, { numRuns: 100 });
});

test("funding stamps rise and stay below the cap", () => {
  const property = fc.property(fundingSeries(30), ({ length, time, rate }) => {
    expect([time.length, rate.length]).toEqual([length, length]);
    for (let row = 1; row < length; row++)
      expect(time[row]).toBeGreaterThan(time[row - 1] as number);
    for (const one of rate) expect(Math.abs(one)).toBeLessThanOrEqual(0.003);
  });
  fc.assert(property);
});

test("the maintenance margin of every instrument is continuous and grows from tier to tier", () => {
  const property = fc.property(instruments(), ({ tiers, minQty, maxQty, maxLeverage }) => {
    expect(minQty).toBeLessThanOrEqual(maxQty);
    expect(tiers.at(-1)?.upTo).toBe(Number.POSITIVE_INFINITY);
    tiers.forEach((tier, at) => {
      expect(tier.maxLeverage).toBeLessThanOrEqual(maxLeverage);
      const above = tiers[at + 1];
      if (above === undefined) return;
      const margin = ({ maintenancePct, deduction }: typeof tier): number =>
        (tier.upTo * maintenancePct) / 100 - deduction;
      expect(margin(above)).toBeCloseTo(margin(tier), 6);
      expect(above.maintenancePct).toBeGreaterThan(tier.maintenancePct);
      expect(above.maxLeverage).toBeLessThanOrEqual(tier.maxLeverage);
      expect(above.upTo).toBeGreaterThan(tier.upTo);
    });
  });
  fc.assert(property);
});

test("a failing market shrinks to bars that stand still but for the one that matters", () => {
  const rises = fc.check(
    fc.property(candles({ minBars: 8, maxBars: 40 }), (rows) => {
      return rows.every((one) => one === "gap" || (one[3] as number) - (one[0] as number) < 1);
    }),
    { seed: 1 },
  );
  const [rows = []] = rises.counterexample ?? [];
  // A stretch of still bars may be left among them.
  expect(rows.length).toBeLessThanOrEqual(9);
  const moving = rows.filter((one) => one !== "gap" && one[1] !== one[2]);
  expect(moving).toEqual([[100, 101, 100, 101, expect.any(Number)]]);
});
