import { expect, test } from "vitest";
import { parseScenarioFile } from "#cli/scenario/parse-scenario.ts";
import { holdsInvariants } from "#props/holds-invariants.ts";
import { brokenBy } from "#props/testing/broken-by.ts";
import { flips, lateStop, throwsDice } from "#props/testing/planted-strategies.ts";
import { runScenario } from "#sim/scenario/run-scenario.ts";
import type { Scenario } from "#sim/scenario/scenario.ts";

test.each([
  { strategy: flips, options: { neverFlips: true } },
  { strategy: lateStop, options: { isProtected: true } },
  { strategy: flips, options: { neverFlips: true, market: { symbols: 2 } } },
  { strategy: throwsDice, options: {} },
])(
  "the scenario in a failure of $strategy.name ($options) is one, and comes out as the run did",
  {
    timeout: 30_000,
  },
  ({ strategy, options }) => {
    const { message } = brokenBy(() => holdsInvariants(strategy, options));
    const text = message.slice(message.indexOf("\nname: ") + 1);
    const [scenario] = parseScenarioFile(text, "broken.yaml") as [Scenario, ...Scenario[]];
    const { passed, differences } = runScenario(scenario);
    expect(differences).toEqual([]);
    expect(passed).toBe(true);
  },
);
