import type { TargetKey } from "#engine/model/target.ts";
import type { FaultRates } from "./fault-codes.ts";
import type { ScriptedStrike } from "./scripted-strike.ts";

/** One account of a run. */
export interface TargetPlan {
  readonly key: TargetKey;
  /** What the engine trades there. */
  readonly symbols: readonly string[];
  /** A contract that the engine does not trade, for hands to trade in; null without one. */
  readonly foreignSymbol: string | null;
  readonly positionMode: "oneWay" | "hedge";
  readonly marginMode: "isolated" | "cross";
  readonly leverage: number;
  readonly balance: number;
  readonly pageSize: number;
  readonly hasBatches: boolean;
}

/** What is on in the program under test; the world offers what each needs. */
export interface FeaturePlan {
  readonly hasAged: boolean;
  readonly hasProtection: boolean;
  readonly hasPollingFallback: boolean;
}

/** What the strategies of the run do, as weights; and how much of it, per symbol and hour. */
export interface WorkloadPlan {
  readonly ordersPerHour: number;
  readonly market: number;
  readonly limit: number;
  readonly stop: number;
  readonly close: number;
  readonly amend: number;
  readonly cancel: number;
  /** Exactly these steps, in place of what the weights would draw; only in plans that were made small. */
  readonly steps?: readonly WorkloadStep[] | undefined;
}

/** What one candle of a symbol makes the strategy of an account do. */
export interface WorkloadStep {
  readonly account: TargetKey;
  readonly symbol: string;
  /** Open time of the candle, epoch ms. */
  readonly candle: number;
  readonly action: WorkloadAction;
}

export interface WorkloadAction {
  readonly kind: WorkloadKind;
  readonly side: 1 | -1;
  /** Notional of the order, share of the equity. */
  readonly share: number;
  /** How far its prices lie from the market, share of the price. */
  readonly away: number;
}

export const WORKLOAD_KINDS = ["market", "limit", "stop", "close", "amend", "cancel"] as const;
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/** The world of one run as plain data: drawn from a seed, and changed piece by piece to make a failure small. */
export interface WorldPlan {
  /** Decimal text of 64 bits. */
  readonly seed: string;
  /** Another name is another order of what is ready at one time. */
  readonly tieBreak: string;
  /** Epoch ms; the first bar opens then. */
  readonly start: number;
  /** Safety phase: faults on. */
  readonly durationMs: number;
  /** Candles go on for so long after it, for the liveness phase. */
  readonly reserveMs: number;
  /** Bars on which the venue matches. */
  readonly barMs: number;
  /** Candles that the venue publishes; a multiple of the former. */
  readonly candleMs: number;
  readonly targets: readonly TargetPlan[];
  readonly rates: FaultRates;
  /** Exactly these strikes of the faults that are on; without it the rates decide. Rules hold by their rate. */
  readonly script?: readonly ScriptedStrike[] | undefined;
  readonly latencyMs: readonly [low: number, high: number];
  /** A client gives a request up after so long. */
  readonly timeoutMs: number;
  readonly recvWindowMs: number;
  /** Lists and look-ups lag behind at most so long: the grace that a client owes them. */
  readonly lagMsMax: number;
  /** Orders that ended unfilled are found for so long; −1: always. */
  readonly cancelledHistoryMs: number;
  /** Largest share of a bar's volume that orders may take, percent; 0: no limit. */
  readonly participationPct: number;
  /** The clock of each venue is off by up to so much, and drifts by up to so much a day, ms. */
  readonly clockSkewMs: number;
  readonly clockDriftMsPerDay: number;
  readonly reconcileMs: number;
  readonly features: FeaturePlan;
  readonly workload: WorkloadPlan;
}
