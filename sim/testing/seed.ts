import type { Parameters as PropertyParameters } from "fast-check";

/** The seed of all property runs unless `FC_SEED` names another; fast-check prints it with every failure. */
const DEFAULT_SEED = 20_240_101;

/** Parameters of a property run: a fixed seed, so that a failure comes again. */
export function runs(numRuns: number): PropertyParameters<unknown> {
  const given = process.env["FC_SEED"];
  return { seed: given === undefined ? DEFAULT_SEED : Number(given), numRuns };
}
