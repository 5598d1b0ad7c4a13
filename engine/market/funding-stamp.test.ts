import { expect, test } from "vitest";
import { fundingStamp } from "./funding-stamp.ts";

const EIGHT = Date.UTC(2024, 0, 1, 8);

test.each([0, 1, 900, 54_999, -1, -2, -5_000])(
  "%i ms beside the minute mean the minute",
  (late) => {
    expect(fundingStamp(EIGHT + late)).toBe(EIGHT);
  },
);

test.each([-5_001, 55_000])("%i ms beside it mean another one", (late) => {
  expect(fundingStamp(EIGHT + late)).not.toBe(EIGHT);
});
