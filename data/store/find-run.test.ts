import { expect, test } from "vitest";
import { findRunByName, sortRuns } from "./find-run.ts";

const runs = [
  { id: "sma-aaaa1111-1", startedAt: 100, tags: [] },
  { id: "sma-aaaa1111-2", startedAt: 300, tags: ["best", "sma-b"] },
  { id: "sma-bbbb2222-1", startedAt: 200, tags: ["old"] },
  { id: "rsi-cccc3333-1", startedAt: 50, tags: ["old"] },
];

test("sortRuns() puts the newest first, and runs of one moment by id", () => {
  const twins = ["a-00000000-2", "a-00000000-1", "a-00000000-3"].map((id) => ({
    id,
    startedAt: 1,
    tags: [],
  }));
  expect(sortRuns(twins).map(({ id }) => id)).toEqual([
    "a-00000000-3",
    "a-00000000-2",
    "a-00000000-1",
  ]);
  expect(sortRuns(runs).map(({ startedAt }) => startedAt)).toEqual([300, 200, 100, 50]);
});

test.each([
  ["sma-aaaa1111-1", "sma-aaaa1111-1"],
  ["@last", "sma-aaaa1111-2"],
  ["@-1", "sma-aaaa1111-2"],
  ["@-2", "sma-bbbb2222-1"],
  ["@-4", "rsi-cccc3333-1"],
  ["best", "sma-aaaa1111-2"],
  ["sma-bb", "sma-bbbb2222-1"],
  ["r", "rsi-cccc3333-1"],
  // A tag goes before the beginning of an id.
  ["sma-b", "sma-aaaa1111-2"],
])("%s means %s", (word, id) => {
  expect(findRunByName(runs, word).id).toBe(id);
});

test.each([
  ["sma", '"sma" means 3 runs: sma-aaaa1111-2, sma-bbbb2222-1, sma-aaaa1111-1'],
  ["old", '"old" means 2 runs: sma-bbbb2222-1, rsi-cccc3333-1'],
  ["macd", 'There is no run "macd"'],
  ["", 'There is no run ""'],
  ["@-5", '"@-5" goes back too far: there are 4 runs'],
  ["@-0", 'There is no run "@-0"'],
  ["@first", 'There is no run "@first"'],
])("%j is refused: %s", (word, message) => {
  expect(() => findRunByName(runs, word)).toThrow(
    expect.objectContaining({ code: "E_UNKNOWN_RUN", message }),
  );
});

test("without any run, it says so", () => {
  expect(() => findRunByName([], "@last")).toThrow("There are no runs yet");
  expect(() => findRunByName([], "sma")).toThrow(/there are no runs yet/);
});
