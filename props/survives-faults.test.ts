import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import { runPlan } from "#live/faults/batch/run-plan.ts";
import type { Program } from "#live/faults/program.ts";
import { faultPlans } from "#props/arbitraries/fault-plans.ts";
import { type RunWorld, survivesFaults } from "#props/survives-faults.ts";
import { brokenBy } from "./testing/broken-by.ts";
import {
  idles,
  readsTheClock,
  sound,
  throwsDice,
  throwsInTrade,
} from "./testing/planted-strategies.ts";

test("a sound strategy survives lite worlds, and the faults that struck are told", {
  timeout: 60_000,
}, () => {
  const report = survivesFaults(sound, { seeds: 4, minutes: 30 });
  expect(report.seeds).toBe(4);
  expect(report.orders).toBeGreaterThan(4);
  expect(Object.keys(report.fired).length).toBeGreaterThan(2);
});

test("a strategy that sends nothing shows nothing, and says so unless it may idle", () => {
  expect(() => survivesFaults(idles, { seeds: 1, minutes: 5 })).toThrow(
    /sent no order in 1 worlds/,
  );
  expect(survivesFaults(idles, { seeds: 1, minutes: 5, mayIdle: true }).orders).toBe(0);
});

test.each([
  {
    strategy: throwsDice,
    invariant: "deterministic",
    message: /throws-dice left two journals in world 1/,
  },
  {
    strategy: readsTheClock,
    invariant: "deterministic",
    message: /reads-the-clock left two journals/,
  },
  {
    strategy: throwsInTrade,
    invariant: "runsToItsEnd",
    message: /The strategy threw Error: No plan for a position/,
  },
])("$strategy.name breaks $invariant in a simulated world", ({ strategy, invariant, message }) => {
  const broken = brokenBy(() => survivesFaults(strategy, { seeds: 6, minutes: 20 }));
  expect(broken.message).toMatch(message);
  expect(broken.invariant).toBe(invariant);
});

/** A driver that takes every execution for two. */
const doubling: RunWorld = (plan, options) => {
  const onProgram = (program: Program): void => {
    for (const { engine } of program.driver.targets) {
      const handle = engine.process.bind(engine);
      engine.process = (event) => {
        handle(event);
        if (event.kind !== EVENT.orderFilled && event.kind !== EVENT.orderPartiallyFilled) return;
        const executionId = event.executionId + 1_000_000;
        handle(Object.assign(new EngineEvent(), event, { executionId }));
      };
    }
  };
  return runPlan(plan, { ...options, tamper: { onProgram } });
};

test("what breaks is told with the seed, the faults of a small world, and the last records", {
  timeout: 60_000,
}, () => {
  const { message } = brokenBy(() =>
    survivesFaults(sound, { seeds: [1, 2, 3], minutes: 30 }, doubling),
  );
  expect(message).toMatch(
    /^sound breaks survivesFaults: after a bad day .*\nI\d+ at 2024-.*, record \d+: /,
  );
  expect(message).toMatch(
    /Again: survivesFaults\(strategy, \{ …, seeds: \[\d+\] \}\); \d+ minutes are enough/,
  );
  expect(message).toMatch(/The last records:\n +\d+ /);
});

test("plans are drawn whole, and the same plan runs the same way", () => {
  const property = fc.property(faultPlans({ maxMinutes: 3, maxTargets: 2 }), (plan) => {
    const one = runPlan(plan);
    expect(one.hash).toBe(runPlan(plan).hash);
    expect(one.virtualMs).toBeGreaterThanOrEqual(plan.durationMs);
  });
  fc.assert(property, { numRuns: 5 });
});
