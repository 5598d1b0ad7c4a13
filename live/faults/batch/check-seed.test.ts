import { expect, test } from "vitest";
import type { Violation } from "#live/faults/checkers/checker.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";
import { checkSeed } from "./check-seed.ts";
import type { RunReport } from "./run-plan.ts";
import { seedPlan } from "./seed-plan.ts";
import { OTHER_TIE_BREAK } from "./seed-terms.ts";
import { TotalsCount, zerosOf } from "./totals.ts";

const PLAN = seedPlan("5", { profile: "swarm", minutes: 10, tieBreak: "sched" });
const BROKEN: Violation = { invariant: "I15", moment: "Q", time: 9, seq: 7, message: "differs" };

function reportOf(plan: WorldPlan, changes: Partial<RunReport> = {}): RunReport {
  return {
    seed: plan.seed,
    tieBreak: plan.tieBreak,
    events: 100,
    virtualMs: 1_000,
    records: 10,
    ends: { crashed: 1 },
    fired: { N1: 2 },
    sometimes: { rare: 1, never: 0 },
    violations: [],
    hash: "a",
    tail: [],
    strikes: [],
    ...changes,
  };
}

test("a sound seed is run twice in one order and once in another", () => {
  const orders: string[] = [];
  const report = checkSeed(PLAN, "thorough", (plan) => {
    orders.push(plan.tieBreak);
    return reportOf(plan);
  });
  expect(orders).toEqual(["sched", "sched", OTHER_TIE_BREAK]);
  expect(report).toMatchObject({
    runs: 3,
    events: 300,
    virtualMs: 3_000,
    failure: null,
    fired: { N1: 2 },
  });
});

test("single: once", () => {
  expect(checkSeed(PLAN, "single", (plan) => reportOf(plan))).toMatchObject({
    runs: 1,
    events: 100,
  });
});

test("two journals of one seed are a failure of their own", () => {
  let runs = 0;
  const report = checkSeed(PLAN, "thorough", (plan) => reportOf(plan, { hash: `${runs++}` }));
  expect(report).toMatchObject({ runs: 2, failure: { invariant: "I38", moment: "D" } });
});

test("what breaks in the other order alone fails the seed with that order", () => {
  const report = checkSeed(PLAN, "thorough", (plan) =>
    reportOf(plan, plan.tieBreak === OTHER_TIE_BREAK ? { violations: [BROKEN, BROKEN] } : {}),
  );
  expect(report.failure).toMatchObject({
    ...BROKEN,
    tieBreak: OTHER_TIE_BREAK,
    others: 1,
    seed: "5",
  });
});

test("a failure ends it: the rest would tell nothing", () => {
  const report = checkSeed(PLAN, "thorough", (plan) => reportOf(plan, { violations: [BROKEN] }));
  expect(report).toMatchObject({ runs: 1, failure: { invariant: "I15", seq: 7, others: 0 } });
});

test("totals add up, and what never came up is named", () => {
  const count = new TotalsCount();
  count.add(checkSeed(PLAN, "single", (plan) => reportOf(plan)));
  count.add(checkSeed(PLAN, "single", (plan) => reportOf(plan, { violations: [BROKEN] })));
  const { totals } = count;
  expect(totals).toMatchObject({
    seeds: 2,
    failed: 1,
    runs: 2,
    events: 200,
    ends: { crashed: 2 },
    sometimes: { rare: 2, never: 0 },
  });
  expect(totals.fired.N1).toBe(4);
  const zeros = zerosOf(totals);
  expect(zeros).toContain("N2");
  expect(zeros).toContain("never");
  expect(zeros).not.toContain("N1");
  expect(zeros).not.toContain("rare");
});
