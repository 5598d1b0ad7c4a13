import * as fc from "fast-check";
import type { AgedParams } from "#engine/aged/aged-config.ts";
import type { FundingColumns } from "#engine/market/bars.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import { type Candle, HOUR, START } from "#sim/testing/fixture.ts";
import { INTRABAR_MODES, LIQUIDATION_RULES, type VenueSettings } from "#sim/venue-settings.ts";

/** Ticks of 0.01 and lots of 0.001 as in `fixture.ts`. */
export const TICK = 0.01;
export const LOT = 0.001;
const FIRST_PRICE = 10_000;

/** One bar as steps in ticks from the close before it, so that every candle is valid by construction. */
export interface BarStep {
  readonly gap: number;
  readonly body: number;
  readonly up: number;
  readonly down: number;
  readonly lots: number;
  readonly isMissing: boolean;
}

const step: fc.Arbitrary<BarStep> = fc.record({
  gap: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -20, max: 20 }) },
    { weight: 2, arbitrary: fc.integer({ min: -900, max: 900 }) },
  ),
  body: fc.integer({ min: -300, max: 300 }),
  up: fc.integer({ min: 0, max: 250 }),
  down: fc.integer({ min: 0, max: 250 }),
  lots: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 400 }) },
    { weight: 1, arbitrary: fc.constant(0) },
  ),
  isMissing: fc.nat(15).map((n) => n === 15),
});

export const steps: fc.Arbitrary<readonly BarStep[]> = fc.array(step, {
  minLength: 8,
  maxLength: 40,
});

/** A way to look at the same market: multiplied, turned upside down, or with other sizes. */
export interface World {
  /** Multiplies every price and the tick. */
  readonly priceScale: number;
  /** Multiplies every quantity. */
  readonly sizeScale: number;
  /** Prices become this many ticks less the price, and buying becomes selling; null: as it is. */
  readonly mirrorTicks: number | null;
}

export const PLAIN: World = { priceScale: 1, sizeScale: 1, mirrorTicks: null };

/** The candles of a walk; prices stay above 10.00. */
export function candlesOf(walk: readonly BarStep[], world: World = PLAIN): Candle[] {
  const { mirrorTicks, priceScale } = world;
  const price = (ticks: number): number =>
    Number(((mirrorTicks === null ? ticks : mirrorTicks - ticks) * priceScale * TICK).toFixed(2));
  let close = FIRST_PRICE;
  return walk.map((one, at) => {
    const open = Math.max(1_000, close + one.gap);
    close = Math.max(1_000, open + one.body);
    if (one.isMissing && at > 0) return "gap";
    const high = Math.max(open, close) + one.up;
    const low = Math.max(1_000, Math.min(open, close) - one.down);
    const [top, bottom] = mirrorTicks === null ? [high, low] : [low, high];
    const prices = [open, top, bottom, close].map(price);
    return [...prices, Number((one.lots * LOT * 10).toFixed(3))];
  });
}

/** Mark candles near the prices: shifted by a few ticks, with wicks of their own. */
export function marksOf(walk: readonly BarStep[], shift: number, world: World = PLAIN): Candle[] {
  const unit = TICK * world.priceScale;
  return candlesOf(walk, world).map((candle) => {
    if (candle === "gap") return candle;
    const [open, high, low, close] = candle.slice(0, 4).map((price) => price + shift * unit) as [
      number,
      number,
      number,
      number,
    ];
    const inner = 50 * unit;
    return [open, Math.max(open, close, high - inner), Math.min(open, close, low + inner), close];
  });
}

export const fundingOfWalk = (length: number): fc.Arbitrary<FundingColumns> =>
  fc
    .array(fc.tuple(fc.nat(length), fc.integer({ min: -300, max: 300 })), { maxLength: 6 })
    .map((rows) => {
      const byBar = new Map(rows);
      const bars = [...byBar.keys()].sort((a, b) => a - b);
      return {
        length: bars.length,
        time: Float64Array.from(bars, (bar) => START + bar * HOUR + (bar % 3) * 40),
        rate: Float64Array.from(bars, (bar) => (byBar.get(bar) as number) * 1e-5),
      };
    });

export const settings: fc.Arbitrary<Partial<VenueSettings>> = fc.record({
  makerPct: fc.constantFrom(0, 0.02),
  takerPct: fc.constantFrom(0, 0.055),
  liquidationPct: fc.constantFrom(0, 0.5),
  slippage: fc.constantFrom(
    { kind: "fixed", bps: 0 } as const,
    { kind: "fixed", bps: 7 } as const,
    { kind: "spreadImpact", halfSpreadBps: 1, impactBps: 100 } as const,
  ),
  participationPct: fc.constantFrom(null, 10, 100),
  latencyMs: fc.constantFrom(0, 0, 1, HOUR / 2, HOUR + 1),
  fillAt: fc.constantFrom("nextOpen", "nextOpen", "close"),
  intrabar: fc.constantFrom(...INTRABAR_MODES),
  limitFill: fc.constantFrom("through", "touch"),
  limitImprove: fc.boolean(),
  maintenanceOn: fc.constantFrom("entry", "mark"),
  marginMode: fc.constantFrom("isolated", "isolated", "cross"),
  liquidation: fc.constantFrom(...LIQUIDATION_RULES),
});

const pct = (max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 1, max: max * 10 }).map((n) => n / 10);

export const rules: fc.Arbitrary<ExitRules> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        stopLossPct: pct(6),
        takeProfitPct: pct(6),
        roi: fc.constantFrom({ "0": 4, "120": 2, "300": 0 }, { "60": 1 }),
        trailing: fc.record({ pct: pct(4), offsetPct: pct(3), onlyAfterOffset: fc.boolean() }),
        maxBars: fc.integer({ min: 1, max: 6 }),
      },
      { requiredKeys: [] },
    ),
  },
);

/** Aged rules whose stages fit into the day and a half of a random walk; undefined is off. */
export const aged: fc.Arbitrary<AgedParams | undefined> = fc.option(
  fc.record({
    mode: fc.constantFrom("market" as const, "limit" as const),
    maxAgeHours: fc.constantFrom(0, 1, 3),
    graceHours: fc.constantFrom(0, 2, 8),
    lossStepPctPerHour: fc.constantFrom(0.5, 2),
    maxLossPct: fc.constantFrom(1, 10),
    accelerationAfterHours: fc.constantFrom(1, 10),
    detectEveryMinutes: fc.constantFrom(60, 180),
    closeAttempts: fc.constantFrom(1, 3),
  }),
  { nil: undefined, freq: 1 },
);
