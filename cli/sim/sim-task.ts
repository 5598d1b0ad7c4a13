import type { UserPlace } from "#cli/user-fault.ts";
import type { AccountStory } from "#live/faults/batch/account-watch.ts";
import type { SeedReport } from "#live/faults/batch/check-seed.ts";
import type { StrategyDay } from "#live/faults/batch/check-strategy.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/** What a thread is asked to do: plain data. */
export interface SimTask {
  readonly plan: WorldPlan;
  readonly how: "single" | "thorough";
  /** A known bug to plant. */
  readonly canary?: string | undefined;
}

/** What a strategy threw, with the line of the user's file. */
export interface ThrowTold {
  readonly time: number;
  readonly message: string;
  readonly place: UserPlace | null;
}

export interface StoryTold extends Omit<AccountStory, "failures"> {
  readonly failures: readonly ThrowTold[];
}

/** A day as a thread tells it: errors as text. */
export interface DayTold extends Omit<StrategyDay, "bad" | "calm"> {
  readonly bad: StoryTold;
  readonly calm: StoryTold;
}

export type SimAnswer =
  | { readonly kind: "done"; readonly report: SeedReport; readonly day: DayTold | null }
  /** The harness itself failed. */
  | { readonly kind: "failed"; readonly error: unknown };
