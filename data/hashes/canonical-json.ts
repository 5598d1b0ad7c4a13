import canonicalize from "canonicalize";
import { assert } from "#engine/assert.ts";

/**
 * The one JSON text of a value (RFC 8785): keys sorted by code units, shortest numbers, no spaces. Undefined
 * members are left out. A value that JSON cannot hold (NaN, Infinity, bigint, a function) is refused.
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  assert(text !== undefined, () => "A value that is hashed can be written as JSON");
  return text;
}
