import { must } from "#engine/assert.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { ALL_CHECKERS } from "#live/faults/checkers/all-checkers.ts";
import type { Violation } from "#live/faults/checkers/checker.ts";
import { Watch, watchOf } from "#live/faults/checkers/watch.ts";
import { Simulation } from "#live/faults/simulate.ts";
import { workloadOf } from "#live/faults/workload.ts";
import { drawPlan } from "#live/faults/world/profiles.ts";
import type { TargetPlan, WorldPlan } from "#live/faults/world/world-plan.ts";
import { ALL_CANARIES } from "./all-canaries.ts";
import type { Canary, CanaryPlan } from "./canary.ts";
import { DIFFERENTIAL_CANARIES, type DifferentialCanary } from "./differential-canaries.ts";

const HOUR = 3_600_000;
export const SEEDS_MAX = 200;

export interface Hunt {
  readonly canary: string;
  readonly invariant: string;
  /** Runs until it was found; the last is the seed that found it. */
  readonly seeds: number;
  readonly violation: Violation | null;
}

/** Plants a bug in one run after another until its invariant is seen broken. */
export function huntCanary(name: string, seedsMax: number = SEEDS_MAX): Hunt {
  const differential = DIFFERENTIAL_CANARIES.find((one) => one.name === name);
  if (differential !== undefined) return huntDifferential(differential, seedsMax);
  const canary = must(
    ALL_CANARIES.find((one) => one.name === name),
    `There is a canary "${name}"`,
  );
  for (let seed = 1; seed <= seedsMax; seed++) {
    const violation = runCanary(canary, String(seed));
    if (violation !== null)
      return { canary: name, invariant: canary.invariant, seeds: seed, violation };
  }
  return { canary: name, invariant: canary.invariant, seeds: seedsMax, violation: null };
}

function huntDifferential({ name, invariant, judge }: DifferentialCanary, seedsMax: number): Hunt {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const violation = judge(canaryPlan(String(seed), {}), true);
    if (violation !== null) return { canary: name, invariant, seeds: seed, violation };
  }
  return { canary: name, invariant, seeds: seedsMax, violation: null };
}

/** One run with the bug, judged by the checker of its invariant alone; null when that saw nothing. */
export function runCanary(canary: Canary, seed: string, isPlanted = true): Violation | null {
  const { invariant, plan, risk } = canary;
  const terms = ALL_CHECKERS.filter((one) => one.invariant === invariant);
  must(terms[0], `There is a checker of ${invariant}`);
  const drawn = canaryPlan(seed, plan);
  const bug = isPlanted ? canary.plant() : {};
  const strategyOf = (strategy: Strategy): Strategy =>
    isPlanted ? (canary.strategyOf?.(strategy) ?? strategy) : strategy;
  try {
    const simulation = new Simulation({
      plan: drawn,
      strategyOf: ({ key }) => strategyOf(workloadOf(drawn, key)),
      risk,
      tamper: bug,
      observe: (made) => new Watch(made, terms),
    });
    const watch = watchOf(simulation);
    try {
      simulation.run();
    } catch (error) {
      // A bug may as well be stopped by an assertion of the program; that is not what is hunted.
      if (watch.violations.length === 0 && !isPlanted) throw error;
    }
    return watch.violations[0] ?? null;
  } finally {
    if ("undo" in bug) bug.undo?.();
  }
}

/** A short run with one busy account and no fault but those of the canary. */
export function canaryPlan(
  seed: string,
  { rates, accounts = 1, isHyperliquid, work, ...rest }: CanaryPlan,
): WorldPlan {
  const drawn = drawPlan(seed, "live-parity");
  const first = isHyperliquid === true ? 2 : 0;
  const targets = Array.from({ length: accounts }, (_, at) => targetOf((first + at) % 3));
  return {
    ...drawn,
    barMs: 60_000,
    candleMs: 60_000,
    durationMs: HOUR,
    reserveMs: 3 * HOUR,
    latencyMs: [5, 150],
    reconcileMs: 30_000,
    timeoutMs: 2_000,
    features: { hasAged: false, hasProtection: false, hasPollingFallback: false },
    workload: {
      ordersPerHour: 60,
      market: 3,
      limit: 2,
      stop: 1,
      close: 2,
      amend: 1,
      cancel: 1,
      ...work,
    },
    ...rest,
    targets,
    rates: { X13: 1, X17: 1, ...rates },
  };
}

const KEYS = ["bybit:paper", "bybit:live", "hyperliquid:paper"] as const;

function targetOf(at: number): TargetPlan {
  const key = KEYS[at] ?? KEYS[0];
  const isHyperliquid = key === "hyperliquid:paper";
  return {
    key,
    symbols: isHyperliquid ? ["BTC", "ETH"] : ["BTCUSDT", "ETHUSDT"],
    foreignSymbol: null,
    positionMode: "oneWay",
    marginMode: "isolated",
    leverage: 3,
    balance: 10_000,
    pageSize: 10,
    hasBatches: false,
  };
}
