import * as fc from "fast-check";
import { expect, test } from "vitest";
import { PROFILES } from "./profile.ts";
import { drawPlan } from "./profiles.ts";
import { planOf, TARGET } from "./testing/bench-port.ts";
import { MINUTE } from "./testing/bench-world.ts";
import { Monkey, runMonkey } from "./testing/monkey.ts";
import {
  anyPlan,
  expectAnswers,
  expectRepetition,
  expectSoundBooks,
} from "./testing/world-properties.ts";

/** More of each in `world.slow.test.ts`. */
const FEW = { numRuns: 8 };

test("Whatever goes wrong, every ask is answered once, and never within the call that asks", () => {
  fc.assert(fc.property(anyPlan, expectAnswers), FEW);
});

test("The same plan is the same world, to the last answer and the last draw", () => {
  fc.assert(fc.property(anyPlan, expectRepetition), { numRuns: 4 });
});

test("The venue's books add up, whatever goes wrong", () => {
  fc.assert(fc.property(anyPlan, expectSoundBooks), FEW);
});

test("Another tie-break is another order of what is ready, and without faults the same truth", () => {
  const plans = ["sched", "other"].map((tieBreak) =>
    planOf({
      tieBreak,
      latencyMs: [20, 20],
      targets: [TARGET, { ...TARGET, key: "hyperliquid:paper", symbols: ["BTC"] }],
    }),
  );
  const [one, other] = plans.map(runMonkey) as [Monkey, Monkey];
  expect(one.trace).not.toEqual(other.trace);
  for (const { key } of one.world.targets) {
    expect(one.world.truth(key)).toEqual(other.world.truth(key));
    expect(one.world.truth(key).executions.length).toBeGreaterThan(5);
  }
});

test("The profiles differ in what goes wrong", () => {
  const counts = PROFILES.map((profile) => {
    let on = 0;
    for (let seed = 0; seed < 40; seed++) {
      on += Object.keys(drawPlan(String(seed), profile).rates).length;
    }
    return on / 40;
  });
  const [swarm, lite, crash, parity] = counts as [number, number, number, number];
  expect(Math.abs(swarm - 33)).toBeLessThan(4);
  expect(lite).toBeLessThan(16);
  expect(crash).toBeGreaterThan(lite);
  expect(parity).toBe(2);
  expect(drawPlan("7", "swarm")).toEqual(JSON.parse(JSON.stringify(drawPlan("7", "swarm"))));
});

test("A day of one-minute bars on two accounts with thousands of asks is within 120,000 steps", () => {
  const target = { ...TARGET, symbols: ["BTCUSDT"] };
  const plan = planOf({
    durationMs: 1_440 * MINUTE,
    targets: [target, { ...target, key: "hyperliquid:paper", symbols: ["BTC"] }],
  });
  const monkey = new Monkey(plan);
  monkey.world.time.runUntil(plan.start + plan.durationMs);
  expect(monkey.asked).toBeGreaterThan(3_000);
  expect(monkey.world.time.steps).toBeLessThan(120_000);
});
