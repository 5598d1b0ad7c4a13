import { expect, test } from "vitest";
import type { Violation } from "#live/faults/checkers/checker.ts";
import type { ScriptedStrike } from "#live/faults/world/scripted-strike.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";
import type { RunReport } from "./run-plan.ts";
import { eventLines, scenarioFile } from "./scenario-file.ts";
import { seedPlan } from "./seed-plan.ts";
import { eventsOf, shrinkPlan } from "./shrink-plan.ts";

/** A seed with several targets, symbols and much to do. */
const PLAN = seedPlan("4", { profile: "swarm", minutes: 60, tieBreak: "sched" });
const STATE = [1, 2, 3, 4] as const;
const STRIKES: readonly ScriptedStrike[] = Array.from({ length: 60 }, (_, at) => ({
  code: at % 3 === 0 ? "N1" : at % 3 === 1 ? "X2" : "O2",
  at: at + 1,
  state: STATE,
}));

/** A world in which it is known what breaks the invariant. */
function runOf(isBroken: (plan: WorldPlan, strikes: readonly ScriptedStrike[]) => boolean) {
  return (plan: WorldPlan): RunReport => {
    const strikes = (plan.script ?? STRIKES).filter(({ code }) => (plan.rates[code] ?? 0) > 0);
    const violation: Violation = {
      invariant: "I1",
      moment: "A",
      time: plan.start + 5 * plan.candleMs - 1,
      seq: 12,
      message: "Two orders of one intent\nand more",
    };
    return {
      seed: plan.seed,
      tieBreak: plan.tieBreak,
      events: 1,
      virtualMs: 1,
      records: 12,
      ends: {},
      fired: {},
      sometimes: {},
      violations: isBroken(plan, strikes) ? [violation] : [],
      hash: "h",
      tail: [],
      strikes,
    };
  };
}

const WITH = { ...PLAN, rates: { ...PLAN.rates, N1: 0.1, X2: 0.1, O2: 1, X6: 1 } };

test("leaves the two faults, the account and the step that matter, and the time until it fails", () => {
  const account = WITH.targets[0]?.key;
  const run = runOf((plan, strikes) => {
    const [target] = plan.targets.filter(({ key }) => key === account);
    const steps = plan.workload.steps;
    return (
      target !== undefined &&
      strikes.some(({ code, at }) => code === "X2" && at === 2) &&
      strikes.some(({ code, at }) => code === "O2" && at === 33) &&
      (steps === undefined || steps.some((step) => step.account === account)) &&
      plan.durationMs >= 5 * plan.candleMs
    );
  });
  const shrunk = shrinkPlan(WITH, { tries: 2_000, run });
  const small = shrunk?.plan;
  expect(small?.script?.map(({ code, at }) => `${code} ${at}`)).toEqual(["X2 2", "O2 33"]);
  expect(small?.workload.steps).toHaveLength(1);
  expect(small?.targets).toHaveLength(1);
  expect(small?.targets[0]).toMatchObject({ key: account, foreignSymbol: null });
  expect(small?.targets[0]?.symbols).toHaveLength(1);
  expect(Object.keys(small?.rates ?? {}).sort()).toEqual(["O2", "X2"]);
  expect(small?.durationMs).toBe(5 * WITH.candleMs);
  expect(small && eventsOf(small)).toBe(3);
  expect(small?.features).toMatchObject({ hasAged: false, hasProtection: false });
});

test("a failure without any fault leaves none", () => {
  const shrunk = shrinkPlan(WITH, { tries: 500, run: runOf(() => true) });
  expect(shrunk && eventsOf(shrunk.plan)).toBe(0);
});

test("what holds is not made small", () => {
  expect(shrinkPlan(WITH, { tries: 500, run: runOf(() => false) })).toBeNull();
});

test("the number of runs is a limit, and whoever is told of them can end it", () => {
  let runs = 0;
  const run = runOf((_plan, strikes) => strikes.some(({ at }) => at === 40));
  const counted = (plan: WorldPlan): RunReport => {
    runs += 1;
    return run(plan);
  };
  const shrunk = shrinkPlan(WITH, { tries: 30, run: counted });
  expect(shrunk?.tries).toBe(30);
  expect(runs).toBe(30);
  runs = 0;
  shrinkPlan(WITH, { tries: 30, run: counted, onTry: ({ tries }) => tries < 7 });
  expect(runs).toBe(7);
});

test("another invariant is another failure: it is not followed", () => {
  const run = runOf((_plan, strikes) => strikes.length > 10);
  const shrunk = shrinkPlan(WITH, {
    tries: 800,
    run: (plan) => {
      const report = run(plan);
      const other = report.strikes.length < 30;
      const violations = report.violations.map((one) => ({
        ...one,
        invariant: other ? "I2" : "I1",
      }));
      return { ...report, violations };
    },
  });
  expect(shrunk?.violation.invariant).toBe("I1");
  expect(shrunk?.report.strikes.length).toBe(30);
});

test("the test file holds the plan, says what happens and what broke", () => {
  const run = runOf((_plan, strikes) => strikes.some(({ at }) => at === 3));
  const shrunk = shrinkPlan(WITH, { tries: 1_000, run });
  if (shrunk === null) throw new Error("It fails");
  const text = scenarioFile(shrunk, { seed: "4", build: "abc", canary: "rebinds-ids" });
  expect(text).toContain("Seed 4 of build abc made small");
  expect(text).toContain("Two orders of one intent");
  expect(text).not.toContain("and more");
  expect(text).toContain('{ canary: "rebinds-ids" }');
  const json = /const PLAN: WorldPlan = (\{[\s\S]*?\n\});/.exec(text)?.[1] ?? "";
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(shrunk.plan)));
  expect(eventLines(shrunk.plan)).toHaveLength(eventsOf(shrunk.plan) ?? -1);
});
