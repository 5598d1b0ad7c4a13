import * as fc from "fast-check";
import { must } from "#engine/assert.ts";
import { type Hunt, SEEDS_MAX } from "#live/faults/canaries/hunt-canary.ts";

/** A planted bug in a part that a property of its own judges, without a simulated run. */
export interface PropertyCanary {
  readonly name: string;
  readonly invariant: string;
  /** The bug in words. */
  readonly says: string;
  /** The test that asks the same of the part as it is. */
  readonly file: string;
  /** The property, of the part as it is or of one with the bug. */
  readonly property: (isPlanted: boolean) => fc.IRawProperty<unknown>;
  /** For a bug in a shared prototype: puts it there and returns how to take it back. */
  readonly plant?: () => () => void;
}

/** Where hunts begin: every run of it is one seed. */
const SEED = 1;

/** Runs the property over the part with the bug until it fails; `seeds` is the run that did. */
export async function huntProperty(canary: PropertyCanary): Promise<Hunt> {
  const { name, invariant } = canary;
  const failure = await runProperty(canary, SEEDS_MAX, true);
  const violation =
    failure === null
      ? null
      : { invariant, moment: "D" as const, time: 0, seq: 0, message: failure.message };
  return { canary: name, invariant, seeds: failure?.run ?? SEEDS_MAX, violation };
}

/** The first of so many runs that fails; null when none does. */
export async function runProperty(
  { property, plant }: PropertyCanary,
  runs: number,
  isPlanted: boolean,
): Promise<{ readonly run: number; readonly message: string } | null> {
  const undo = isPlanted ? plant?.() : undefined;
  try {
    const parameters = { seed: SEED, numRuns: runs, endOnFailure: true };
    const { failed, numRuns, errorInstance } = await fc.check(property(isPlanted), parameters);
    if (!failed) return null;
    const error = must(errorInstance, "A run that fails says why");
    return { run: numRuns, message: error instanceof Error ? error.message : "no error" };
  } finally {
    undo?.();
  }
}
