import { drawPlan, type Profile } from "#live/faults/world/profiles.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/** Which plans a batch draws from its seeds. */
export interface SeedTerms {
  readonly profile: Profile;
  /**
   * The safety phase takes at most so many minutes of virtual time, with bars of seconds a half or a quarter of them
   * because each minute is more work then; null: as long as the seed draws it.
   */
  readonly minutes: number | null;
  /** Names the order of callbacks that are ready at one time. */
  readonly tieBreak: string;
}

const MINUTE = 60_000;
/**
 * Seeds draw safety phases of 15 minutes to a day. An hour is enough for dozens of reconcile cycles and lets 300 seeds,
 * each run three times, end within the three minutes that every change may take; the longer ones are for the night.
 */
export const MINUTES = 60;
export const TIE_BREAK = "sched";
/** The order in which a seed must hold as well. */
export const OTHER_TIE_BREAK = "other";

export function seedPlan(seed: string, { profile, minutes, tieBreak }: SeedTerms): WorldPlan {
  const plan = { ...drawPlan(seed, profile), tieBreak };
  if (minutes === null) return plan;
  // Whole candles: a run does not end in the middle of one.
  const longest = minutes * MINUTE * shareOf(plan.barMs);
  const candles = Math.max(1, Math.floor(longest / plan.candleMs));
  return { ...plan, durationMs: Math.min(plan.durationMs, candles * plan.candleMs) };
}

function shareOf(barMs: number): number {
  if (barMs >= MINUTE) return 1;
  return barMs > 1_000 ? 0.5 : 0.25;
}
