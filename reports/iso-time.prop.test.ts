import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isoTime } from "./iso-time.ts";

test("every whole millisecond is written as the Date writes it", () => {
  const time = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
  fc.assert(
    fc.property(fc.array(time), (times) => {
      for (const one of times) expect(isoTime(one)).toBe(new Date(one).toISOString());
    }),
  );
  for (const edge of [0, -1, 86_399_999, 86_400_000, 951_782_400_000]) {
    expect(isoTime(edge)).toBe(new Date(edge).toISOString());
  }
});
