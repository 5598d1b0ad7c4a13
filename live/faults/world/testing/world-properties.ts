import * as fc from "fast-check";
import { expect } from "vitest";
import { PROFILES, type Profile } from "../profile.ts";
import { drawPlan } from "../profiles.ts";
import type { VenueTruth } from "../venue-truth.ts";
import type { WorldTarget } from "../world.ts";
import type { WorldPlan } from "../world-plan.ts";
import { MINUTE } from "./bench-world.ts";
import { runMonkey } from "./monkey.ts";

export const anyPlan: fc.Arbitrary<WorldPlan> = fc
  .record({
    seed: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
    profile: fc.constantFrom<Profile>(...PROFILES),
  })
  .map(({ seed, profile }) => drawPlan(String(seed), profile));

/** Every ask is answered once, and never within the call that asks. */
export function expectAnswers(plan: WorldPlan): void {
  const monkey = runMonkey(plan);
  const { world, asked } = monkey;
  expect(asked).toBeGreaterThan(0);
  world.heal();
  // What was asked last may still wait, no longer than its time-out and the longest stall.
  world.time.runUntil(world.time.now + 20 * MINUTE);
  expect(monkey.early).toBe(0);
  expect(monkey.twice).toBe(0);
  expect(monkey.answered).toBeGreaterThanOrEqual(asked);
}

/** The same plan is the same world. */
export function expectRepetition(plan: WorldPlan): void {
  const [one, other] = [runMonkey(plan), runMonkey(plan)];
  expect(one.trace).toEqual(other.trace);
  expect(one.world.faults.fired).toEqual(other.world.faults.fired);
  for (const { key } of one.world.targets) {
    expect(one.world.truth(key)).toEqual(other.world.truth(key));
  }
}

/** The venue's books add up, whatever goes wrong. */
export function expectSoundBooks(plan: WorldPlan): void {
  const { world } = runMonkey(plan);
  for (const target of world.targets) expectSoundTruth(target, world.truth(target.key));
}

function expectSoundTruth({ server, plan }: WorldTarget, truth: VenueTruth): void {
  let expected = plan.balance + truth.transferred;
  for (const { fee, funding } of truth.executions) expected += funding - fee;
  for (const { symbol, slot, sim } of server.matcher.slots) {
    const own = truth.executions.filter((one) => one.symbol === symbol && one.slot === slot);
    const lots = own.reduce((sum, { signedLots }) => sum + signedLots, 0);
    expect(lots).toBe(sim.position.qtyLots);
    const { tick, lot } = sim.instrument;
    // Money that the executions moved, less what the open position has cost: what was realised.
    for (const { signedLots, priceTicks } of own) {
      if (signedLots === 0) continue;
      const qty = (signedLots * lot.numerator) / lot.denominator;
      expected -= qty * ((priceTicks * tick.numerator) / tick.denominator);
    }
    expected += Math.sign(sim.position.qtyLots) * sim.position.entryValue;
  }
  expect(Math.abs(truth.wallet - expected)).toBeLessThan(1e-6);
  expect(new Set(truth.executions.map(({ executionId }) => executionId)).size).toBe(
    truth.executions.length,
  );
  for (const order of truth.orders) {
    const own = truth.executions.filter(({ venueOrderId }) => venueOrderId === order.venueOrderId);
    const filled = own.reduce((sum, { signedLots }) => sum + Math.abs(signedLots), 0);
    expect(order.filledLots).toBe(filled);
    expect(filled).toBeLessThanOrEqual(order.qtyLots);
  }
}
