import * as fc from "fast-check";
import type { FundingColumns } from "#engine/market/bars.ts";
import {
  type BarStep,
  type Candle,
  candlesOf,
  MARKET_START,
  type MarketView,
  marksOf,
  PLAIN,
} from "#props/market/candle-walk.ts";

/** What a random walk may hold; everything is on unless it is switched off. */
export interface WalkTerms {
  /** Bars, missing ones included; default 8 to 40. */
  readonly minBars?: number | undefined;
  readonly maxBars?: number | undefined;
  /** Now and then the open lies up to 9 % of the first price away from the close before. */
  readonly jumps?: boolean | undefined;
  /** Bars that are not there; the first one always is. */
  readonly missing?: boolean | undefined;
  readonly zeroVolume?: boolean | undefined;
  /** Up to six bars in a row that do not move at all. */
  readonly still?: boolean | undefined;
}

const GAP = 20;
const JUMP = 900;
const BODY = 300;
const WICK = 250;
const VOLUME = 400;
/** One bar in so many is missing. */
const MISSING_EVERY = 16;
/** One in so many bars stands still alone, one in so many begins a stretch of them. */
const STILL_EVERY = 24;
const STILL_MAX = 6;

const STILL: BarStep = { gap: 0, body: 0, up: 0, down: 0, lots: 1, isMissing: false };

/**
 * Random walks in ticks, for `candlesOf` and `marksOf`. They shrink to few bars that do not move: fewer bars first, then
 * smaller steps of each.
 */
export function walks(terms: WalkTerms = {}): fc.Arbitrary<readonly BarStep[]> {
  const { minBars, maxBars } = walkBounds(terms);
  const step = stepOf(terms);
  if (terms.still === false) {
    return fc.array(step, { minLength: minBars, maxLength: maxBars, size: "max" });
  }
  const part = fc.oneof(
    // Shrinks to a bar that stands still in one step, which makes long walks small in few.
    {
      weight: STILL_EVERY,
      arbitrary: fc.option(step, { nil: STILL, freq: STILL_EVERY }).map((one) => [one]),
    },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 2, max: STILL_MAX })
        .map((bars) => Array.from({ length: bars }, () => STILL)),
    },
  );
  return fc
    .array(part, { minLength: minBars, maxLength: maxBars, size: "max" })
    .map((parts) => parts.flat().slice(0, maxBars));
}

/** How many bars a walk has. */
export function walkBounds({ minBars = 8, maxBars = Math.max(40, minBars) }: WalkTerms): {
  readonly minBars: number;
  readonly maxBars: number;
} {
  return { minBars, maxBars };
}

function stepOf(terms: WalkTerms): fc.Arbitrary<BarStep> {
  const near = { weight: 6, arbitrary: fc.integer({ min: -GAP, max: GAP }) };
  const far = { weight: 2, arbitrary: fc.integer({ min: -JUMP, max: JUMP }) };
  const traded = { weight: 8, arbitrary: fc.integer({ min: 1, max: VOLUME }) };
  const untraded = { weight: 1, arbitrary: fc.constant(0) };
  return fc.record({
    gap: terms.jumps === false ? near.arbitrary : fc.oneof(near, far),
    body: fc.integer({ min: -BODY, max: BODY }),
    up: fc.integer({ min: 0, max: WICK }),
    down: fc.integer({ min: 0, max: WICK }),
    lots: terms.zeroVolume === false ? traded.arbitrary : fc.oneof(traded, untraded),
    isMissing:
      terms.missing === false
        ? fc.constant(false)
        : fc.nat(MISSING_EVERY - 1).map((n) => n === MISSING_EVERY - 1),
  });
}

export interface CandleTerms extends WalkTerms {
  /** Quote units; default 0.01. The first price lies near 10,000 ticks. */
  readonly tick?: number | undefined;
  /** Base units; default 0.001. A bar trades 10 to 4,000 lots. */
  readonly lot?: number | undefined;
}

/** Candles `[open, high, low, close, volume]` or "gap", on the tick and lot, valid and above zero. */
export function candles(terms: CandleTerms = {}): fc.Arbitrary<readonly Candle[]> {
  return walks(terms).map((walk) => candlesOf(walk, viewOf(terms)));
}

/** Candles with the mark and index candles that belong to them: up to 30 ticks away, missing where they are. */
export interface CandlesWithMarks {
  readonly candles: readonly Candle[];
  readonly mark: readonly Candle[];
  readonly index: readonly Candle[];
}

const SHIFT = 30;
/** By how many ticks a mark or index lies beside the price. */
export const shiftTicks: fc.Arbitrary<number> = fc.integer({ min: -SHIFT, max: SHIFT });

export function candlesWithMarks(terms: CandleTerms = {}): fc.Arbitrary<CandlesWithMarks> {
  const view = viewOf(terms);
  return fc
    .record({ walk: walks(terms), mark: shiftTicks, index: shiftTicks })
    .map(({ walk, mark, index }) => ({
      candles: candlesOf(walk, view),
      mark: marksOf(walk, mark, view),
      index: marksOf(walk, index, view),
    }));
}

function viewOf({ tick = PLAIN.tick, lot = PLAIN.lot }: CandleTerms): MarketView {
  return { ...PLAIN, tick, lot };
}

export interface FundingTerms {
  /** Open time of bar 0, epoch ms; default 2024-01-01. */
  readonly start?: number | undefined;
  /** Length of a bar, ms; default one hour. */
  readonly intervalMs?: number | undefined;
  /** Stamps at most; default 6. */
  readonly maxStamps?: number | undefined;
}

const HOUR_MS = 3_600_000;
/** A rate of 0.3 %: the venues' cap is of that size. */
const RATE_MAX = 300;
const RATE_UNIT = 1e-5;
/** Venues stamp some ms after the hour. */
const LATE_MS = 40;

/** Funding stamps at the opens of bars 0 to `bars`, some of them a few ms late; rates from −0.3 to 0.3 %. */
export function fundingSeries(
  bars: number,
  terms: FundingTerms = {},
): fc.Arbitrary<FundingColumns> {
  const { start = MARKET_START, intervalMs = HOUR_MS, maxStamps = 6 } = terms;
  const row = fc.tuple(fc.nat(bars), fc.integer({ min: -RATE_MAX, max: RATE_MAX }));
  return fc.array(row, { maxLength: maxStamps }).map((rows) => {
    const byBar = new Map(rows);
    const stamped = [...byBar.keys()].sort((a, b) => a - b);
    return {
      length: stamped.length,
      time: Float64Array.from(stamped, (bar) => start + bar * intervalMs + (bar % 3) * LATE_MS),
      rate: Float64Array.from(stamped, (bar) => (byBar.get(bar) as number) * RATE_UNIT),
    };
  });
}
