import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ALL_CANARIES } from "#live/faults/canaries/all-canaries.ts";
import { DIFFERENTIAL_CANARIES } from "#live/faults/canaries/differential-canaries.ts";
import { SEEDS_NEEDED } from "#live/faults/canaries/seeds-needed.ts";
import { ALL_CHECKERS } from "./all-checkers.ts";
import { INVARIANTS, type Judged } from "./invariant-table.ts";
import { invariantsDocument } from "./invariants-document.ts";

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

test("every invariant that a run judges has a planted bug, and no two canaries share a name", () => {
  const canaries = [...ALL_CANARIES, ...DIFFERENTIAL_CANARIES];
  const planted = new Set(canaries.map(({ invariant }) => invariant));
  const judged = INVARIANTS.filter(({ judged: { by } }) => by === "checker" || by === "function");
  expect(judged.map(({ invariant }) => invariant).filter((one) => !planted.has(one))).toEqual([]);
  expect(new Set(canaries.map(({ name }) => name)).size).toBe(canaries.length);
  expect(Object.keys(SEEDS_NEEDED).toSorted()).toEqual(canaries.map(({ name }) => name).toSorted());
});
