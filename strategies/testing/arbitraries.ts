import * as fc from "fast-check";
import type { FundingColumns } from "#engine/market/bars.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { type Candle, fundingOf, HOUR } from "#sim/testing/fixture.ts";
import { INTRABAR_MODES, type VenueSettings, venueProfile } from "#sim/venue-settings.ts";

/** One bar relative to the one before, in thousandths of its close; null is a missing bar. */
const step = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      gap: fc.integer({ min: -10, max: 10 }),
      body: fc.integer({ min: -30, max: 30 }),
      up: fc.integer({ min: 0, max: 20 }),
      down: fc.integer({ min: 0, max: 20 }),
      volume: fc.constantFrom(1e6, 1e6, 1e6, 300, 20, 0, Number.NaN),
    }),
  },
  {
    // Bars that jump over stops, targets and whole grids.
    weight: 2,
    arbitrary: fc.record({
      gap: fc.integer({ min: -400, max: 400 }),
      body: fc.integer({ min: -200, max: 200 }),
      up: fc.integer({ min: 0, max: 200 }),
      down: fc.integer({ min: 0, max: 200 }),
      volume: fc.constantFrom(1e6, 50, Number.NaN),
    }),
  },
  { weight: 1, arbitrary: fc.constant(null) },
);

/** Candles on the tick of 0.01, never at or below zero; gaps, jumps, thin and unknown volume included. */
export const candleSeries: fc.Arbitrary<readonly Candle[]> = fc
  .array(step, { minLength: 40, maxLength: 140 })
  .map((steps) => {
    let close = 100;
    return steps.map((one, at): Candle => {
      // A series begins with a bar: without one there is nothing to run.
      if (one === null) return at === 0 ? [close, close, close, close, 1e6] : "gap";
      const open = onTick(close * (1 + one.gap / 1000));
      close = onTick(open * (1 + one.body / 1000));
      const high = onTick(Math.max(open, close) * (1 + one.up / 1000));
      const low = onTick(Math.min(open, close) * (1 - one.down / 1000));
      return [open, Math.max(high, open, close), Math.min(low, open, close), close, one.volume];
    });
  });

function onTick(price: number): number {
  return Math.min(1e6, Math.max(1, Math.round(price * 100) / 100));
}

/** A rate every eight hours, often beyond what is normal. */
export const fundingSeries: fc.Arbitrary<FundingColumns> = fc
  .array(fc.integer({ min: -10, max: 10 }), { minLength: 1, maxLength: 18 })
  .map((rates) => fundingOf(rates.map((rate, at) => [at * 8, rate / 10_000] as const)));

export interface Venue {
  readonly settings: Partial<VenueSettings>;
  readonly instrument: Partial<Instrument>;
  readonly leverage: number;
}

/** A venue with or without costs, delay, limits of volume and reasons to refuse an order. */
export const venue: fc.Arbitrary<Venue> = fc.record({
  settings: fc
    .record({
      hasCosts: fc.boolean(),
      latencyMs: fc.constantFrom(0, 0, 250, HOUR + 1, 3 * HOUR),
      intrabar: fc.constantFrom(...INTRABAR_MODES.filter((mode) => mode !== "detail")),
      fillAt: fc.constantFrom("nextOpen", "nextOpen", "close"),
      limitFill: fc.constantFrom("through", "touch"),
      limitImprove: fc.boolean(),
      participationPct: fc.constantFrom(null, 10),
    })
    .map(({ hasCosts, ...settings }) => ({
      ...(hasCosts ? venueProfile("bybit") : {}),
      ...settings,
    })),
  instrument: fc.record({
    minNotional: fc.constantFrom(0, 0, 600),
    maxQty: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 45),
  }),
  leverage: fc.constantFrom(1, 1, 5, 30),
});
