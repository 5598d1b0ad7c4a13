import { setTimeout } from "node:timers/promises";
import { DrydockError } from "#engine/errors.ts";

/** Runs that end together enter the state tables one after the other, in some hundredths of a second each. */
const WAIT_MS = 3_000;
const RETRY_MS = 50;

/** Repeats the work while another process holds the file, for three seconds at most; then throws what it threw last. */
export async function whileLocked<T>(work: () => Promise<T>, waitMs = WAIT_MS): Promise<T> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isLocked(error) || Date.now() >= deadline) throw error;
    }
    await setTimeout(RETRY_MS);
  }
}

export function isLocked(error: unknown): error is DrydockError {
  return error instanceof DrydockError && error.code === "E_STORE_LOCKED";
}
