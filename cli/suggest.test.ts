import { expect, test } from "vitest";

import { didYouMean, suggest } from "#cli/suggest.ts";

test.each([
  { word: "symbl", candidates: ["symbol", "seed"], expected: "symbol" },
  { word: "nextopen", candidates: ["nextOpen", "close"], expected: "nextOpen" },
  { word: "cvs", candidates: ["csv", "json"], expected: "csv" },
  { word: "inter", candidates: ["interval", "intrabar"], expected: "interval" },
  { word: "xyz", candidates: ["symbol", "seed"], expected: null },
  { word: "", candidates: ["a"], expected: null },
  { word: "a", candidates: [], expected: null },
])("suggest($word) → $expected", ({ word, candidates, expected }) => {
  expect(suggest(word, candidates)).toBe(expected);
});

test("didYouMean() falls back", () => {
  expect(didYouMean("sed", ["seed"], "x")).toBe('Did you mean "seed"?');
  expect(didYouMean("qqqq", ["seed"], "x")).toBe("x");
});
