import * as fc from "fast-check";
import { seedPlan } from "#live/faults/batch/seed-plan.ts";
import { TIE_BREAK } from "#live/faults/batch/seed-terms.ts";
import { FAULT_CODES, FAULTS, type FaultCode } from "#live/faults/world/fault-codes.ts";
import { PROFILES, type Profile } from "#live/faults/world/profile.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

export interface FaultPlanTerms {
  /** Which faults are drawn, and how often they strike; default any. */
  readonly profile?: Profile | undefined;
  /** Virtual time with faults; default 60. */
  readonly maxMinutes?: number | undefined;
  /** Accounts; default 1. */
  readonly maxTargets?: number | undefined;
}

const SEEDS = 1_000_000;
/** Faults that are part of every world: what a venue does without anything being wrong. */
const ALWAYS: readonly FaultCode[] = FAULT_CODES.filter((code) => {
  const { kind, low, high } = FAULTS[code];
  return kind === "rule" && low === high;
});

/**
 * Plans for the fault simulator: a world, its accounts and what goes wrong there. They shrink to fewer kinds of faults,
 * less time and one account; `shrinkPlan` makes a single failing plan smaller still.
 */
export function faultPlans(terms: FaultPlanTerms = {}): fc.Arbitrary<WorldPlan> {
  const { profile, maxMinutes = 60, maxTargets = 1 } = terms;
  return fc
    .record({
      seed: fc.integer({ min: 1, max: SEEDS }),
      profile: profile === undefined ? fc.constantFrom(...PROFILES) : fc.constant(profile),
      minutes: fc.integer({ min: 1, max: maxMinutes }),
      targets: fc.integer({ min: 1, max: maxTargets }),
      codes: fc.subarray([...FAULT_CODES]),
    })
    .map(({ seed, profile, minutes, targets, codes }) => {
      const plan = seedPlan(String(seed), { profile, minutes, tieBreak: TIE_BREAK });
      const kept = new Set<FaultCode>([...codes, ...ALWAYS]);
      const rates = Object.entries(plan.rates).filter(([code]) => kept.has(code as FaultCode));
      return {
        ...plan,
        targets: plan.targets.slice(0, targets),
        rates: Object.fromEntries(rates) as WorldPlan["rates"],
      };
    });
}
