import { expect, test } from "vitest";
import { ALL_CANARIES } from "./all-canaries.ts";
import { DIFFERENTIAL_CANARIES } from "./differential-canaries.ts";
import { huntCanary, runCanary } from "./hunt-canary.ts";
import { SEEDS_NEEDED } from "./seeds-needed.ts";
import { PROPERTY_CANARIES } from "./testing/property-canaries.ts";
import { huntProperty, runProperty } from "./testing/property-canary.ts";

const ALL = [...ALL_CANARIES, ...DIFFERENTIAL_CANARIES];

/** What docs/invariants.md says of these. */
function needed(canaries: readonly { readonly name: string }[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(canaries.map(({ name }) => [name, SEEDS_NEEDED[name]]));
}

test("every planted bug is seen, with as many seeds as docs/invariants.md says", {
  timeout: 300_000,
}, () => {
  const found = ALL.map(({ name }) => {
    const { violation, seeds } = huntCanary(name);
    return [name, violation === null ? "never" : seeds] as const;
  });
  expect(Object.fromEntries(found)).toEqual(needed(ALL));
});

test("every bug planted in a part is seen by the property of that part, and the part without it is clean", {
  timeout: 300_000,
}, async () => {
  const found: Record<string, number | string> = {};
  for (const canary of PROPERTY_CANARIES) {
    const { violation, seeds } = await huntProperty(canary);
    found[canary.name] = violation === null ? "never" : seeds;
    expect([canary.name, await runProperty(canary, seeds, false)]).toEqual([canary.name, null]);
  }
  expect(found).toEqual(needed(PROPERTY_CANARIES));
});

test("the same runs without the bug are clean", { timeout: 300_000 }, () => {
  for (const canary of ALL_CANARIES) {
    const seed = SEEDS_NEEDED[canary.name] ?? 1;
    expect([canary.name, runCanary(canary, String(seed), false)]).toEqual([canary.name, null]);
  }
});
