import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isoTime } from "./iso-time.ts";

test("isoTime() writes what Date writes, for every year of four digits", () => {
  const from = Date.UTC(1000, 0, 1);
  const to = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  const property = fc.property(fc.integer({ min: from, max: to }), (ms) => {
    expect(isoTime(ms)).toBe(new Date(ms).toISOString());
  });
  fc.assert(property, { numRuns: 2_000 });
  for (const ms of [0, -1, Date.UTC(2024, 1, 29), Date.UTC(2000, 1, 29), Date.UTC(2100, 1, 28)]) {
    expect(isoTime(ms)).toBe(new Date(ms).toISOString());
  }
});
