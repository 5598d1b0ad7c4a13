import * as fc from "fast-check";
import { makeGrid } from "#engine/model/grid.ts";
import type { Instrument, MarginTier } from "#engine/model/instrument.ts";
import { PLAIN_INSTRUMENT } from "#engine/model/plain-instrument.ts";

/** The first rate of every ladder of tiers, percent. */
const MAINTENANCE_PCT = 0.5;

/**
 * Contracts of several grids, with and without a least and a largest order, price bands and tiers. The deductions of
 * the tiers make the maintenance margin continuous, as the venues have it.
 */
export function instruments(symbol = "BTCUSDT"): fc.Arbitrary<Instrument> {
  return fc
    .record({
      tick: fc.constantFrom(0.01, 0.1, 0.5, 0.0001),
      lot: fc.constantFrom(0.001, 0.01, 1),
      minLots: fc.constantFrom(0, 1, 5),
      maxLots: fc.constantFrom(Number.POSITIVE_INFINITY, 10_000, 50),
      minNotional: fc.constantFrom(0, 0, 5, 100),
      maxLeverage: fc.constantFrom(100, 50, 10),
      priceBandPct: fc.constantFrom(undefined, undefined, 20, 5),
      tiers: tiers(),
    })
    .map(({ tick, lot, minLots, maxLots, priceBandPct, tiers, ...rest }) => ({
      ...PLAIN_INSTRUMENT,
      ...rest,
      symbol,
      tick: makeGrid(tick),
      lot: makeGrid(lot),
      minQty: Number((minLots * lot).toFixed(12)),
      maxQty: Number((maxLots * lot).toFixed(12)),
      ...(priceBandPct === undefined ? {} : { priceBandPct }),
      tiers: tiers.map((tier) => ({
        ...tier,
        maxLeverage: Math.min(tier.maxLeverage, rest.maxLeverage),
      })),
    }));
}

/** One to four tiers; each holds further than the one before and asks for more. */
export function tiers(): fc.Arbitrary<readonly MarginTier[]> {
  const further = fc.record({
    /** From the bound before to this one, and how much the rate grows. */
    width: fc.constantFrom(1, 100, 10_000),
    stepPct: fc.constantFrom(0.5, 1.5, 2.5),
  });
  return fc.array(further, { maxLength: 3 }).map((rows) => {
    const ladder: MarginTier[] = [];
    let upTo = 0;
    let maintenancePct = MAINTENANCE_PCT;
    let deduction = 0;
    for (const { width, stepPct } of rows) {
      upTo += width;
      ladder.push({ upTo, maintenancePct, maxLeverage: leverageOf(maintenancePct), deduction });
      deduction = Number((deduction + (upTo * stepPct) / 100).toFixed(10));
      maintenancePct += stepPct;
    }
    const last = { maintenancePct, maxLeverage: leverageOf(maintenancePct), deduction };
    return [...ladder, { upTo: Number.POSITIVE_INFINITY, ...last }];
  });
}

/** The margin to open with is twice the one to keep. */
function leverageOf(maintenancePct: number): number {
  return Math.floor(50 / maintenancePct);
}
