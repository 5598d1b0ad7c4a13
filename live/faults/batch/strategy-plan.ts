import type { TargetKey } from "#engine/model/target.ts";
import type { Profile } from "#live/faults/world/profile.ts";
import { drawPlan } from "#live/faults/world/profiles.ts";
import { RandomStreams } from "#live/faults/world/random-streams.ts";
import { parseSeed } from "#live/faults/world/seed.ts";
import type { WorldMarket } from "#live/faults/world/venue-matcher.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/** What a strategy is tried on. */
export interface StrategyTerms {
  readonly profile: Profile;
  readonly tieBreak: string;
  readonly key: TargetKey;
  readonly symbols: readonly string[];
  readonly candleMs: number;
  readonly barMs: number;
  readonly positionMode: "oneWay" | "hedge";
  readonly marginMode: "isolated" | "cross";
  readonly leverage: number;
  readonly balance: number;
  readonly hasAged: boolean;
  /** Of the candles, epoch ms: from where warm-up is there to the close of the last; null: they are drawn. */
  readonly span: { readonly from: number; readonly to: number } | null;
  /** Longest safety phase, ms. */
  readonly lengthMs: number;
}

/** After the faults it goes on for so long, at most: three cuts, the longest backoff, and time to come to rest. */
const QUIET_MS = 20 * 60_000;

/**
 * The plan of one bad day: faults and latencies as the seed draws them, one account, the strategy's candles, and another
 * day of them for every seed.
 */
export function strategyPlan(seed: string, terms: StrategyTerms): WorldPlan {
  const { key, symbols, candleMs, barMs, positionMode, marginMode, leverage, balance } = terms;
  const drawn = drawPlan(seed, terms.profile);
  const [target] = drawn.targets;
  const { start, durationMs } = windowOf(seed, terms, drawn.start);
  return {
    ...drawn,
    tieBreak: terms.tieBreak,
    start,
    durationMs,
    reserveMs: QUIET_MS + candleMs,
    barMs,
    candleMs,
    targets: [
      {
        key,
        symbols,
        foreignSymbol: null,
        positionMode,
        marginMode,
        leverage,
        balance,
        pageSize: target?.pageSize ?? 50,
        hasBatches: target?.hasBatches ?? false,
      },
    ],
    features: { ...drawn.features, hasAged: terms.hasAged },
  };
}

/** The same day without any fault: what the strategy would have made of it. */
export function calmPlan(plan: WorldPlan): WorldPlan {
  return {
    ...plan,
    rates: {},
    cancelledHistoryMs: -1,
    clockSkewMs: 0,
    clockDriftMsPerDay: 0,
  };
}

/** The candles of a plan's time as a venue has them: it matches on those from the start on and publishes all of them. */
export function marketsFrom(
  markets: readonly WorldMarket[],
  start: number,
): readonly WorldMarket[] {
  return markets.map(({ instrument, bars, funding, candles }) => {
    const first = bars.time.findIndex((time) => time >= start);
    const row = first < 0 ? bars.length : first;
    const stamp = funding?.time.findIndex((time) => time >= start) ?? -1;
    return {
      instrument,
      candles: candles ?? bars,
      bars: {
        intervalMs: bars.intervalMs,
        length: bars.length - row,
        time: bars.time.subarray(row),
        open: bars.open.subarray(row),
        high: bars.high.subarray(row),
        low: bars.low.subarray(row),
        close: bars.close.subarray(row),
        volume: bars.volume.subarray(row),
      },
      funding:
        funding === null || stamp < 0
          ? null
          : {
              length: funding.length - stamp,
              time: funding.time.subarray(stamp),
              rate: funding.rate.subarray(stamp),
            },
    };
  });
}

function windowOf(
  seed: string,
  { span, lengthMs, candleMs }: StrategyTerms,
  drawnStart: number,
): { readonly start: number; readonly durationMs: number } {
  if (span === null) return { start: drawnStart, durationMs: ceilTo(lengthMs, candleMs) };
  const first = Math.ceil(span.from / candleMs) * candleMs;
  const room = Math.max(candleMs, span.to - first - QUIET_MS);
  const durationMs = Math.min(ceilTo(lengthMs, candleMs), Math.floor(room / candleMs) * candleMs);
  const places = Math.max(0, Math.floor((room - durationMs) / candleMs));
  const at = new RandomStreams(parseSeed(seed)).of("window").integer(0, places);
  return { start: first + at * candleMs, durationMs };
}

function ceilTo(value: number, step: number): number {
  return Math.max(step, Math.ceil(value / step) * step);
}
