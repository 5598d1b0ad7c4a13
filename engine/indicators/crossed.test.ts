import { expect, test } from "vitest";
import { type Crossable, crossedAbove, crossedBelow } from "./crossed.ts";

/** A series whose last entry is the current value. */
const series = (...values: readonly number[]): Crossable => ({
  value: values.at(-1) as number,
  at: (ago) => values[values.length - 1 - ago] ?? Number.NaN,
});

test.each([
  ["rises through", series(1, 3), series(2, 2), true, false],
  ["falls through", series(3, 1), series(2, 2), false, true],
  ["leaves upwards from a tie", series(2, 3), series(2, 2), true, false],
  ["leaves downwards from a tie", series(2, 1), series(2, 2), false, true],
  ["arrives at a tie", series(1, 2), series(2, 2), false, false],
  ["stays equal", series(2, 2), series(2, 2), false, false],
  ["stays above", series(3, 4), series(2, 2), false, false],
  ["is overtaken while rising", series(3, 4), series(2, 5), false, true],
  ["has no value before", series(3), series(2, 2), false, false],
  ["has no value now", series(1, Number.NaN), series(2, 2), false, false],
  ["rises through a level", series(29, 31), 30, true, false],
  ["falls through a level", series(31, 29), 30, false, true],
  ["is a level that a series falls through", 30, series(31, 29), true, false],
])("a series that %s", (_, a, b, above, below) => {
  expect(crossedAbove(a, b)).toBe(above);
  expect(crossedBelow(a, b)).toBe(below);
});
