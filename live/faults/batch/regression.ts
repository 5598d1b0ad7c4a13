import { DrydockError } from "#engine/errors.ts";
import { seedPlan } from "#live/faults/batch/seed-plan.ts";
import { MINUTES, TIE_BREAK } from "#live/faults/batch/seed-terms.ts";
import { PROFILES, type Profile } from "#live/faults/world/profile.ts";
import { parseSeed } from "#live/faults/world/seed.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/** A failure that was mended and must not come back: runs with every batch, for ever. */
export interface Regression {
  readonly name: string;
  readonly invariant: string;
  readonly why: string;
  readonly plan: WorldPlan;
}

const KEYS = ["seed", "profile", "minutes", "tieBreak", "plan", "invariant", "why"];

/**
 * Reads a file of `live/faults/regressions`: `{seed, profile, minutes?, tieBreak?, invariant, why}`, or with a whole
 * `plan` in place of the seed, as `drydock sim shrink` makes it. `minutes`: null for as long as the seed draws it.
 *
 * @throws E_SCENARIO naming the file and what is wrong in it
 */
export function parseRegression(name: string, text: string): Regression {
  const fail = (why: string): never => {
    throw new DrydockError("E_SCENARIO", `Regression "${name}": ${why}`, {
      hint: `Write {"seed": "17", "profile": "swarm", "invariant": "I15", "why": "…"}`,
    });
  };
  const value = parsed(text) ?? fail("it is no JSON object");
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) fail(`unknown key "${unknown}"`);
  const { invariant, why, plan } = value;
  if (typeof invariant !== "string" || typeof why !== "string") {
    return fail("invariant and why must be texts");
  }
  if (plan !== undefined) {
    if (!isPlan(plan)) return fail("the plan is none");
    return { name, invariant, why, plan };
  }
  return { name, invariant, why, plan: drawnPlan(value, fail) };
}

function drawnPlan(
  { seed, profile, minutes, tieBreak }: Readonly<Record<string, unknown>>,
  fail: (why: string) => never,
): WorldPlan {
  if (typeof seed !== "string") return fail("the seed must be a text");
  parseSeed(seed);
  if (!isProfile(profile)) return fail(`the profile must be one of ${PROFILES.join(", ")}`);
  const isLength = minutes === undefined || minutes === null || Number(minutes) > 0;
  if (!isLength) return fail("minutes must be a number above 0, or null");
  return seedPlan(seed, {
    profile,
    minutes: minutes === undefined ? MINUTES : (minutes as number | null),
    tieBreak: typeof tieBreak === "string" ? tieBreak : TIE_BREAK,
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function isProfile(value: unknown): value is Profile {
  return PROFILES.some((profile) => profile === value);
}

/** Deep enough to tell a plan from something else; what is in it was written by drydock. */
function isPlan(value: unknown): value is WorldPlan {
  if (typeof value !== "object" || value === null) return false;
  const plan = value as Partial<WorldPlan>;
  return typeof plan.seed === "string" && Array.isArray(plan.targets) && plan.rates !== undefined;
}
