import type { Strategy } from "#engine/strategy/define-strategy.ts";
import type { EngineTerms } from "#live/driver/make-engine.ts";
import type { World } from "#live/faults/world/world.ts";
import type { TargetPlan, WorldPlan } from "#live/faults/world/world-plan.ts";

/** Length of a candle, and of the bars on which the venue matches: what is asked for acts within it, ms. */
export const CANDLE = 10_000;
/** 2024-01-01T00:00Z. */
export const START = 1_704_067_200_000;
export const RECONCILE_MS = 20_000;
export const SYMBOL = "BTCUSDT";

/**
 * A short fixed story: a quiet world of one account and one contract, a strategy that acts at given candles, and what
 * happens at the venue without it. Nothing in it is drawn but prices and latencies, and those by the plan's seed.
 */
export interface CrashScenario {
  readonly name: string;
  /** The first part of it, in which the program is crashed, is `durationMs` long. */
  readonly plan: WorldPlan;
  /** Made anew for every life of the program. */
  readonly strategy: () => Strategy;
  readonly terms: Partial<EngineTerms>;
  /** Arranges what is done at the venue, whether or not the program lives then. */
  readonly deeds: (world: World) => void;
  /** What must be so at the end, whatever crashed on the way, in words; empty when all of it is. */
  readonly check: (world: World) => readonly string[];
}

export const ACCOUNT: TargetPlan = {
  key: "bybit:paper",
  symbols: [SYMBOL],
  foreignSymbol: null,
  positionMode: "oneWay",
  marginMode: "isolated",
  leverage: 5,
  balance: 10_000,
  pageSize: 50,
  hasBatches: false,
};

/** A world of short candles in which nothing goes wrong by itself. */
export function quietPlan(changes: Partial<WorldPlan>): WorldPlan {
  return {
    seed: "1",
    tieBreak: "sched",
    start: START,
    durationMs: 6 * CANDLE,
    reserveMs: 60 * CANDLE,
    barMs: CANDLE,
    candleMs: CANDLE,
    targets: [ACCOUNT],
    rates: {},
    latencyMs: [10, 30],
    timeoutMs: 2_000,
    recvWindowMs: 5_000,
    lagMsMax: 1_000,
    cancelledHistoryMs: -1,
    participationPct: 0,
    clockSkewMs: 0,
    clockDriftMsPerDay: 0,
    reconcileMs: RECONCILE_MS,
    features: { hasAged: false, hasProtection: true, hasPollingFallback: false },
    workload: { ordersPerHour: 0, market: 1, limit: 0, stop: 0, close: 0, amend: 0, cancel: 0 },
    ...changes,
  };
}
