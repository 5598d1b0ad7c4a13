import type { SeedReport } from "#live/faults/batch/check-seed.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/** What a thread is asked to do: plain data. */
export interface SimTask {
  readonly plan: WorldPlan;
  readonly how: "single" | "thorough";
}

export type SimAnswer =
  | { readonly kind: "done"; readonly report: SeedReport }
  /** The harness itself failed. */
  | { readonly kind: "failed"; readonly error: unknown };
