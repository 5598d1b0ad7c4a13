import { expect, test } from "vitest";
import { parseRegression } from "./regression.ts";
import { seedPlan } from "./seed-plan.ts";
import { MINUTES, TIE_BREAK } from "./seed-terms.ts";

const GOOD = { seed: "17", profile: "swarm", invariant: "I15", why: "A row was left" };
const read = (value: unknown): ReturnType<typeof parseRegression> =>
  parseRegression("row", typeof value === "string" ? value : JSON.stringify(value));

test("a seed stands for its plan, with the cap of a batch unless it says another", () => {
  const terms = { profile: "swarm", tieBreak: TIE_BREAK } as const;
  expect(read(GOOD).plan).toEqual(seedPlan("17", { ...terms, minutes: MINUTES }));
  expect(read({ ...GOOD, minutes: null }).plan).toEqual(
    seedPlan("17", { ...terms, minutes: null }),
  );
  const other = read({ ...GOOD, minutes: 20, tieBreak: "other" });
  expect(other.plan).toEqual(seedPlan("17", { profile: "swarm", minutes: 20, tieBreak: "other" }));
});

test("a whole plan stands for itself", () => {
  const { plan } = read(GOOD);
  const { seed: _seed, profile: _profile, ...rest } = GOOD;
  expect(read({ ...rest, plan })).toMatchObject({ name: "row", invariant: "I15", plan });
});

test.each([
  ["no JSON", "{", "no JSON object"],
  ["a list", "[]", "no JSON object"],
  ["an unknown key", { ...GOOD, sed: "1" }, 'unknown key "sed"'],
  ["no reason", { ...GOOD, why: undefined }, "invariant and why"],
  ["a number for a seed", { ...GOOD, seed: 17 }, "the seed must be a text"],
  ["an unknown profile", { ...GOOD, profile: "storm" }, "swarm, lite, crash"],
  ["no time", { ...GOOD, minutes: 0 }, "minutes must be"],
  ["a plan that is none", { invariant: "I1", why: "x", plan: { seed: "1" } }, "the plan is none"],
])("%s is told with the name of the file", (_case, value, message) => {
  expect(() => read(value)).toThrow(message);
  expect(() => read(value)).toThrow('"row"');
});

test("a seed that is none is told", () => {
  expect(() => read({ ...GOOD, seed: "-1" })).toThrow('"-1" is no seed');
});
