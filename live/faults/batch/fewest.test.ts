import { expect, test } from "vitest";
import { fewest } from "./fewest.ts";

const NUMBERS = Array.from({ length: 100 }, (_, at) => at);

test.each([
  { needed: [] },
  { needed: [0] },
  { needed: [99] },
  { needed: [3, 4, 77] },
  { needed: [0, 20, 40, 60, 80, 99] },
])("finds $needed among a hundred", ({ needed }) => {
  let asked = 0;
  const found = fewest(NUMBERS, (part) => {
    asked += 1;
    return needed.every((one) => part.includes(one));
  });
  expect(found).toEqual(needed);
  expect(asked).toBeLessThan(250);
});

test("what passes only whole stays whole", () => {
  expect(fewest([1, 2, 3, 4], (part) => part.length === 4)).toEqual([1, 2, 3, 4]);
});

test("no single item can be left out of what it finds", () => {
  // Passes with two of the multiples of seven, whichever: not only one subset does.
  const passes = (part: readonly number[]): boolean =>
    part.filter((one) => one % 7 === 0).length >= 2;
  const found = fewest(NUMBERS, passes);
  expect(found).toHaveLength(2);
  expect(passes(found)).toBe(true);
});
