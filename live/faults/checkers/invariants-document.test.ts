import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ALL_CANARIES } from "#live/faults/canaries/all-canaries.ts";
import { DIFFERENTIAL_CANARIES } from "#live/faults/canaries/differential-canaries.ts";
import { SEEDS_MAX } from "#live/faults/canaries/hunt-canary.ts";
import { SEEDS_NEEDED } from "#live/faults/canaries/seeds-needed.ts";
import { PROPERTY_CANARIES } from "#live/faults/canaries/testing/property-canaries.ts";
import { ALL_CHECKERS } from "./all-checkers.ts";
import { INVARIANTS, type Judged } from "./invariant-table.ts";
import { canariesOf, invariantsDocument } from "./testing/invariants-document.ts";

const root = new URL("../../../", import.meta.url);

/** Whether the file is there, and what it is to hold in it. */
function isThere(judged: Judged): boolean {
  if (judged.by === "later") return true;
  const folder = judged.by === "test" ? "" : "live/faults/checkers/";
  const path = new URL(`${folder}${judged.file}`, root);
  if (!existsSync(path)) return false;
  return judged.by === "checker" || readFileSync(path, "utf8").includes(judged.name);
}

test("docs/invariants.md says what the code does", () => {
  const text = readFileSync(new URL("docs/invariants.md", root), "utf8");
  expect(text).toBe(invariantsDocument(SEEDS_NEEDED));
});

test("every invariant from I1 to I62 is there, and every checker and test that is named exists", () => {
  const expected = Array.from({ length: 62 }, (_, at) => `I${at + 1}`);
  expect([...new Set(INVARIANTS.map(({ invariant }) => invariant))]).toEqual(expected);
  const missing = INVARIANTS.filter(({ judged }) => !isThere(judged));
  expect(missing.map(({ invariant }) => invariant)).toEqual([]);
  const judgedHere = INVARIANTS.filter(({ judged }) => judged.by === "checker");
  expect(judgedHere.map(({ invariant }) => invariant)).toEqual(
    ALL_CHECKERS.map(({ invariant }) => invariant),
  );
});

/** What is judged together with work that is not done yet. */
const LATER = ["I42", "I55", "I56"];

test("whoever judges an invariant sees a planted bug within 200 seeds, and no two of them share a name", () => {
  const blind = INVARIANTS.filter((row) => canariesOf(row).length === 0);
  expect(blind.map(({ invariant }) => invariant)).toEqual(LATER);
  expect(blind.map(({ judged }) => judged.by)).toEqual(LATER.map(() => "later"));
  const judged = INVARIANTS.flatMap((row) => canariesOf(row));
  const canaries = [...ALL_CANARIES, ...DIFFERENTIAL_CANARIES, ...PROPERTY_CANARIES];
  const names = canaries.map(({ name }) => name).toSorted();
  expect(judged.map(({ name }) => name).toSorted()).toEqual(names);
  expect(new Set(names).size).toBe(canaries.length);
  expect(Object.keys(SEEDS_NEEDED).toSorted()).toEqual(names);
  for (const seeds of Object.values(SEEDS_NEEDED)) {
    expect(seeds).toBeGreaterThanOrEqual(1);
    expect(seeds).toBeLessThanOrEqual(SEEDS_MAX);
  }
});
