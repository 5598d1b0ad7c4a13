import { type SeedTerms } from "#live/faults/batch/seed-terms.ts";
import { drawPlan } from "#live/faults/world/profiles.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

const MINUTE = 60_000;
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
