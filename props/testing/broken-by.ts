import { InvariantBroken } from "#props/invariants/invariant-broken.ts";

/** What a call breaks; a call that breaks nothing is a fault of the test. */
export function brokenBy(call: () => void): InvariantBroken {
  try {
    call();
  } catch (error) {
    if (error instanceof InvariantBroken) return error;
    throw error;
  }
  throw new Error("Something is broken");
}
