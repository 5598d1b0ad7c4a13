import { expect, test } from "vitest";
import { ALL_CANARIES } from "./all-canaries.ts";
import { DIFFERENTIAL_CANARIES } from "./differential-canaries.ts";
import { huntCanary, runCanary } from "./hunt-canary.ts";
import { SEEDS_NEEDED } from "./seeds-needed.ts";

const ALL = [...ALL_CANARIES, ...DIFFERENTIAL_CANARIES];

test("every planted bug is seen, with as many seeds as docs/invariants.md says", {
  timeout: 300_000,
}, () => {
  const found = ALL.map(({ name }) => {
    const { violation, seeds } = huntCanary(name);
    return [name, violation === null ? "never" : seeds] as const;
  });
  expect(Object.fromEntries(found)).toEqual(SEEDS_NEEDED);
});

test("the same runs without the bug are clean", { timeout: 300_000 }, () => {
  for (const canary of ALL_CANARIES) {
    const seed = SEEDS_NEEDED[canary.name] ?? 1;
    expect([canary.name, runCanary(canary, String(seed), false)]).toEqual([canary.name, null]);
  }
});
