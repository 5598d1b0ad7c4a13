import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { asDrydockError } from "#cli/output/as-drydock-error.ts";
import { DrydockError } from "#engine/errors.ts";

function caught(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

test("a system error becomes an error that a person can act upon", () => {
  const error = asDrydockError(caught(() => readFileSync("/no/such/file.csv")));
  expect(error?.code).toBe("E_FILE_MISSING");
  expect(error?.message).toBe('No such file or directory: "/no/such/file.csv"');
  expect(error?.cause).toBeInstanceOf(Error);
});

test("drydock's own errors pass through, an abort is an interruption, a bug is none of these", () => {
  const own = new DrydockError("E_REFUSED", "No");
  expect(asDrydockError(own)).toBe(own);
  expect(asDrydockError(new DOMException("x", "AbortError"))?.code).toBe("E_INTERRUPTED");
  expect(asDrydockError(new TypeError("x is undefined"))).toBeNull();
  expect(asDrydockError("thrown text")).toBeNull();
});
