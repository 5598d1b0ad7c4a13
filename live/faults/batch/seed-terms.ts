import type { Profile } from "#live/faults/world/profile.ts";

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

/**
 * Seeds draw safety phases of 15 minutes to a day. An hour is enough for dozens of reconcile cycles and lets 300 seeds,
 * each run three times, end within the three minutes that every change may take; the longer ones are for the night.
 */
export const MINUTES = 60;
export const TIE_BREAK = "sched";
/** The order in which a seed must hold as well. */
export const OTHER_TIE_BREAK = "other";
