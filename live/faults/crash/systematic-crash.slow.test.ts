/** A crash at every call of a port, in five fixed stories; then pairs of crashes. */
import { expect, test } from "vitest";
import { ACCOUNT } from "./crash-scenario.ts";
import { explorePairs, exploreSingles, tell } from "./explore-crashes.ts";
import { CRASH_SCENARIOS } from "./scenarios.ts";

/** Every so many-th call of each life meets its crash in the pairs: 1 runs all pairs, which takes an hour or more. */
const STRIDE = Number(process.env["DRYDOCK_CRASH_STRIDE"] ?? 23);
const MINUTES = STRIDE > 10 ? 2 : 240;

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

test.each(CRASH_SCENARIOS)(
  "$name: whatever call the program dies at, all ends as it must",
  {
    timeout: 120_000,
  },
  (scenario) => {
    const { calls, runs, failures } = exploreSingles(scenario);
    console.log(`${scenario.name}: ${calls} calls, ${runs} crashes, ${failures.length} failures`);
    expect(failures).toEqual([]);
    expect(runs).toBeGreaterThan(3 * calls);
    expect(calls).toBeGreaterThan(100);
  },
);

test.each(CRASH_SCENARIOS)(
  "$name: and when it dies again in its next life",
  {
    timeout: MINUTES * 60_000,
  },
  (scenario) => {
    const { runs, failures } = explorePairs(scenario, STRIDE);
    console.log(`${scenario.name}: ${runs} pairs of crashes, ${failures.length} failures`);
    expect(failures).toEqual([]);
    expect(runs).toBeGreaterThan(5);
  },
);
