import type { PositionSlot } from "#engine/model/venue-snapshot.ts";
import type { EngineSlot } from "#live/driver/requests.ts";
import type { TargetPlan } from "./world-plan.ts";

/** The places of an engine that trades a target: by name, the long side first. */
export function engineSlots(plan: TargetPlan): readonly EngineSlot[] {
  const sides: readonly PositionSlot[] =
    plan.positionMode === "hedge" ? ["long", "short"] : ["net"];
  return [...plan.symbols]
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .flatMap((symbol) => sides.map((slot) => ({ symbol, slot })));
}
