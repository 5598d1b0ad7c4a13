import { drawPlan, type Profile } from "#live/faults/world/profiles.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/** Which plans a batch draws from its seeds. */
export interface SeedTerms {
  readonly profile: Profile;
  /** The safety phase takes at most so many minutes of virtual time; null: as long as the seed draws it. */
  readonly minutes: number | null;
  /** Names the order of callbacks that are ready at one time. */
  readonly tieBreak: string;
}

/**
 * Seeds draw safety phases of 15 minutes to a day. Two hours are enough for every stage of an aged position and dozens
 * of reconcile cycles, and let the runs of every change end in time; the longer ones are for the night.
 */
export const MINUTES = 120;
export const TIE_BREAK = "sched";
/** The order in which a seed must hold as well. */
export const OTHER_TIE_BREAK = "other";

export function seedPlan(seed: string, { profile, minutes, tieBreak }: SeedTerms): WorldPlan {
  const plan = { ...drawPlan(seed, profile), tieBreak };
  if (minutes === null) return plan;
  // Whole candles: a run does not end in the middle of one.
  const candles = Math.max(1, Math.floor((minutes * 60_000) / plan.candleMs));
  return { ...plan, durationMs: Math.min(plan.durationMs, candles * plan.candleMs) };
}
