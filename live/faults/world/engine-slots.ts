import type { PositionSlot } from "#engine/model/venue-snapshot.ts";
import type { TargetPlan } from "./world-plan.ts";

/** A place of the engine: a symbol, or one side of it in hedge mode. */
export interface PlannedSlot {
  readonly symbol: string;
  readonly slot: PositionSlot;
}

/** The places of an engine that trades a target: by name, the long side first. */
export function engineSlots(plan: TargetPlan): readonly PlannedSlot[] {
  const sides: readonly PositionSlot[] =
    plan.positionMode === "hedge" ? ["long", "short"] : ["net"];
  return [...plan.symbols]
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .flatMap((symbol) => sides.map((slot) => ({ symbol, slot })));
}
