import { expect, test } from "vitest";
import { isExplained, type Reach } from "./in-flight.ts";

const still: Reach = { buyOpen: 0, buyClose: 0, sellOpen: 0, sellClose: 0 };

test.each<[string, number, number, Partial<Reach>, readonly number[], boolean]>([
  ["nothing on its way", 0, 0, {}, [], true],
  ["nothing on its way explains nothing", 0, 1, {}, [], false],
  ["a buy that filled whole", 0, 5, { buyOpen: 5 }, [], true],
  ["a buy that filled in part", 2, 5, { buyOpen: 5 }, [], true],
  ["more than was asked for", 0, 6, { buyOpen: 5 }, [], false],
  ["the other way", 0, -1, { buyOpen: 5 }, [], false],
  ["a close that filled", 5, 0, { sellClose: 5 }, [], true],
  ["a close does not turn around", 5, -1, { sellClose: 9 }, [], false],
  ["a close does not open", 0, -1, { sellClose: 9 }, [], false],
  ["a close after a fill that the cut lacks", 5, 3, { sellClose: 9 }, [5], true],
  ["a close of a short", -5, -2, { buyClose: 5 }, [], true],
  ["a close, then an entry on the other side", 5, -3, { sellClose: 5, sellOpen: 3 }, [], true],
  ["a fill that the cut lacks", 5, 0, {}, [5], true],
  ["one of two fills", 5, 2, {}, [2, 3], true],
  ["a sum that no subset makes", 5, 4, {}, [2, 3], false],
  ["a fill and a partial intent", 5, 1, { sellOpen: 2 }, [3], true],
])("%s", (_, here, there, reach, fills, isTrue) => {
  expect(isExplained(here, there, { ...still, ...reach }, fills)).toBe(isTrue);
});

test("of more than 12 fills every size in their range counts", () => {
  const twos = Array.from({ length: 13 }, () => 2);
  expect(isExplained(26, 5, still, twos.slice(0, 12))).toBe(false);
  expect(isExplained(26, 5, still, twos)).toBe(true);
  expect(isExplained(26, -1, still, twos)).toBe(false);
  expect(isExplained(26, 27, still, twos)).toBe(false);
});
