import * as fc from "fast-check";
import { test } from "vitest";
import { reportedNumbers } from "#reports/testing/reported-numbers.ts";

test("I37: what a run reports is what its records fold to", () => {
  fc.assert(reportedNumbers, { numRuns: 200 });
});
