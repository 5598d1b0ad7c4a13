import { expect, test } from "vitest";
import { ACCOUNT, type CrashScenario } from "./crash-scenario.ts";
import { explorePairs, tell } from "./explore-crashes.ts";
import { CRASH_SCENARIOS } from "./scenarios.ts";

test("Each story goes as its name says while nothing crashes", () => {
  const stories = CRASH_SCENARIOS.map((scenario) => {
    const { world, said } = tell(scenario, []);
    const { orders, executions } = world.truth(ACCOUNT.key);
    const ours = orders.filter(({ origin }) => origin === "client");
    const lots = executions.map(({ signedLots }) => signedLots);
    return { name: scenario.name, said, orders: ours.map(({ status }) => status), lots };
  });
  expect(stories).toEqual([
    { name: "entry", said: [], orders: ["filled", "open", "open"], lots: [500] },
    { name: "partial fill and cancel", said: [], orders: ["cancelled"], lots: [152, 161] },
    {
      name: "ghost",
      said: [],
      orders: ["filled", "cancelled", "cancelled", "rejected"],
      lots: [500, -500],
    },
    { name: "orphan with adoption", said: [], orders: ["open"], lots: [500] },
    { name: "aged close with retries", said: [], orders: ["filled", "filled"], lots: [500, -500] },
  ]);
});

test("A crash ends a life at its call, and the next one goes on", () => {
  const [entry] = CRASH_SCENARIOS as readonly [CrashScenario];
  for (const how of ["kill", "power"] as const) {
    const crash = { life: 1, call: 80, moment: "before", how } as const;
    expect(tell(entry, [crash]).said).toEqual([]);
    expect(tell(entry, [crash, { ...crash, life: 2, call: 7 }]).said).toEqual([]);
    // A call that never comes crashes nothing, which is told.
    expect(tell(entry, [{ ...crash, call: 100_000 }]).said).toEqual(["1 lives were lived"]);
  }
});

test("What is not as it must be is told with the crashes that led to it", () => {
  const [entry] = CRASH_SCENARIOS as readonly [CrashScenario];
  const plan = { ...entry.plan, durationMs: 5_000 };
  const { runs, failures } = explorePairs({ ...entry, plan, check: () => ["wrong"] }, 30);
  expect(runs).toBeGreaterThan(3);
  expect(failures).toHaveLength(runs);
  for (const { scenario, crashes, said } of failures) {
    expect([scenario, crashes.map(({ life }) => life), said]).toEqual(["entry", [1, 2], ["wrong"]]);
  }
});
