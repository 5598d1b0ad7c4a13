/** Throws when something the code relies on does not hold: a fault of drydock, never of its input. */
export function assert(condition: boolean, why: () => string): asserts condition {
  if (!condition) throw new AssertionFailed(why());
}

/** Marks a branch that no value can reach; a new union member fails to compile here. */
export function assertNever(value: never, what: string): never {
  throw new AssertionFailed(`Unexpected ${what}: ${String(value)}`);
}

/** Returns the value, or stops with the reason when it is missing. */
export function must<T>(value: T | null | undefined, why: string): T {
  if (value === null || value === undefined) throw new AssertionFailed(why);
  return value;
}

export class AssertionFailed extends Error {
  override readonly name = "AssertionFailed";
}
