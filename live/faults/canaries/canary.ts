import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import type { Tamper } from "#live/faults/simulation-observer.ts";
import type { FaultRates } from "#live/faults/world/fault-codes.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/** What differs from the small plan of a hunt, to show a bug soon. */
export interface CanaryPlan extends Partial<Omit<WorldPlan, "seed" | "targets" | "workload">> {
  readonly rates?: FaultRates;
  readonly accounts?: number;
  readonly isHyperliquid?: boolean;
  readonly work?: Partial<WorldPlan["workload"]>;
}

/**
 * A planted bug: what it does to the program from outside, and the invariant that it breaks. It must be found within
 * 200 seeds, or the harness is broken.
 */
export interface Canary {
  readonly name: string;
  readonly invariant: string;
  /** The bug in words. */
  readonly says: string;
  readonly plan: CanaryPlan;
  readonly risk?: RiskLimits;
  readonly strategyOf?: (strategy: Strategy) => Strategy;
  /** Made anew for every run. */
  readonly plant: () => PlantedBug;
}

export interface PlantedBug extends Tamper {
  /** Takes back what was changed of shared prototypes. */
  undo?(): void;
}

/** Replaces a method by one that knows the original; returns how to take it back. */
export function patch<T extends object, K extends keyof T>(
  owner: T,
  name: K,
  make: (original: T[K]) => T[K],
): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  const original = owner[name];
  const bound =
    typeof original === "function" && own === undefined ? original.bind(owner) : original;
  Object.defineProperty(owner, name, {
    value: make(bound as T[K]),
    configurable: true,
    writable: true,
  });
  return () => {
    if (own === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, own);
  };
}
