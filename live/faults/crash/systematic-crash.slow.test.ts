/** A crash at every call of a port, in five fixed stories; then pairs of crashes. */
import { expect, test } from "vitest";
import { explorePairs, exploreSingles } from "./explore-crashes.ts";
import { CRASH_SCENARIOS } from "./scenarios.ts";

/** Every so many-th call of each life meets its crash in the pairs: 1 runs all pairs, which takes an hour or more. */
const STRIDE = Number(process.env["DRYDOCK_CRASH_STRIDE"] ?? 23);
const MINUTES = STRIDE > 10 ? 2 : 240;

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
