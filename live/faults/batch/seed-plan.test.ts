import { expect, test } from "vitest";
import { drawPlan } from "#live/faults/world/profiles.ts";
import { seedPlan } from "./seed-plan.ts";
import { MINUTES, OTHER_TIE_BREAK, TIE_BREAK } from "./seed-terms.ts";

const terms = { profile: "swarm", minutes: MINUTES, tieBreak: TIE_BREAK } as const;
const SEEDS = Array.from({ length: 40 }, (_, at) => String(at + 1));

test("without a cap a seed's plan is what the profile draws", () => {
  for (const seed of SEEDS) {
    expect(seedPlan(seed, { ...terms, minutes: null })).toEqual(drawPlan(seed, "swarm"));
  }
});

test("the cap shortens the time with faults to whole candles and changes nothing else", () => {
  for (const seed of SEEDS) {
    const drawn = drawPlan(seed, "swarm");
    const plan = seedPlan(seed, terms);
    const share = drawn.barMs >= 60_000 ? 1 : drawn.barMs > 1_000 ? 0.5 : 0.25;
    expect(plan.durationMs).toBeLessThanOrEqual(MINUTES * 60_000 * share);
    expect(plan.durationMs).toBeLessThanOrEqual(drawn.durationMs);
    expect(plan.durationMs % plan.candleMs).toBe(0);
    expect({ ...plan, durationMs: drawn.durationMs }).toEqual(drawn);
  }
});

test("a candle longer than the cap is still one candle", () => {
  const plan = seedPlan("1", { ...terms, minutes: 0.1 });
  expect(plan.durationMs).toBe(plan.candleMs);
});

test("another order is another name and nothing else", () => {
  const other = seedPlan("7", { ...terms, tieBreak: OTHER_TIE_BREAK });
  expect(other).toEqual({ ...seedPlan("7", terms), tieBreak: OTHER_TIE_BREAK });
});
