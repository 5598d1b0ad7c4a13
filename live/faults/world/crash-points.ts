import type { Faults } from "./faults.ts";

/** The process dies here: nothing of it goes on. Only the harness catches it. */
export class Crash extends Error {
  override readonly name = "Crash";

  /** @param how such as `before call 17 (sync)` */
  constructor(how: string) {
    super(`The process dies ${how}`);
  }
}

/** Where in a call of a port the process dies. */
export type CrashMoment = "before" | "during" | "after";
export const CRASH_MOMENTS: readonly CrashMoment[] = ["before", "during", "after"];

/** Decides at each numbered call whether the process dies there; null: it lives. */
export type CrashPlan = (point: number, call: string) => CrashMoment | null;

/** P1: dies at any call; `weight`: how many times the chance of the fault a call has now. */
export function crashesOf(faults: Faults, weight: () => number = () => 1): CrashPlan {
  return () => (faults.strikes("P1", weight()) ? faults.of("P1").pick(CRASH_MOMENTS) : null);
}

const NEVER: CrashPlan = () => null;

/**
 * Numbers every call of a port from 1 on, over all generations of the process, and lets the plan end the process at
 * one of them: before it does anything, half-way, or when it is done but its caller does not know.
 */
export class CrashPoints {
  #count = 0;
  #plan: CrashPlan;
  /** Told of every call, in order; null: nobody listens. */
  onCall: ((point: number, call: string) => void) | null = null;

  constructor(plan: CrashPlan = NEVER) {
    this.#plan = plan;
  }

  /** How many calls there were. */
  get count(): number {
    return this.#count;
  }

  set plan(plan: CrashPlan) {
    this.#plan = plan;
  }

  /** A call that has no half-way: `during` is before it or after it, whatever it does then. */
  around<T>(call: string, whole: () => T, half: () => void = () => {}): T {
    this.#count += 1;
    const point = this.#count;
    this.onCall?.(point, call);
    const moment = this.#plan(point, call);
    if (moment === null) return whole();
    if (moment === "after") whole();
    if (moment === "during") half();
    throw new Crash(`${moment} call ${point} (${call})`);
  }
}
