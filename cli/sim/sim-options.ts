import { availableParallelism } from "node:os";

import { DrydockError } from "#engine/errors.ts";
import { MINUTES, type SeedTerms, TIE_BREAK } from "#live/faults/batch/seed-terms.ts";
import { PROFILES, type Profile } from "#live/faults/world/profile.ts";

/** What decides, besides the seed, what is run. */
export const planOptions = {
  profile: {
    kind: "choice",
    choices: PROFILES,
    default: "swarm",
    describe: "What goes wrong and how often",
  },
  minutes: {
    kind: "number",
    min: 0,
    max: 100_000,
    shownDefault: `${MINUTES}, for a strategy a day`,
    describe: "Longest time with faults, virtual; 0: as drawn",
  },
  order: {
    kind: "text",
    default: TIE_BREAK,
    describe: "Name of the order of what is ready at one time",
  },
  canary: { kind: "text", describe: "Plant this known bug, to see that it is found" },
} as const;

export interface PlanArgs {
  readonly profile: Profile;
  readonly minutes: number | undefined;
  readonly order: string;
  readonly canary: string | undefined;
}

export function seedTerms({ profile, minutes, order }: PlanArgs): SeedTerms {
  const longest = minutes === 0 ? null : (minutes ?? MINUTES);
  return { profile, minutes: longest, tieBreak: order };
}

/** The options that a command needs to run the same plan again; those with their defaults are left out. */
export function planWords({ profile, minutes, tieBreak }: SeedTerms): readonly string[] {
  return [
    ...(profile === "swarm" ? [] : ["--profile", profile]),
    ...(minutes === MINUTES ? [] : ["--minutes", String(minutes ?? 0)]),
    ...(tieBreak === TIE_BREAK ? [] : ["--order", tieBreak]),
  ];
}

/** Threads to use: as many as there are processors unless told. */
export function jobsOf(wanted: number | undefined): number {
  return wanted ?? availableParallelism();
}

export interface SeedAtBuild {
  readonly seed: string;
  /** Null where none was given. */
  readonly build: string | null;
}

/** Reads `<seed>@<build>`. @throws E_USAGE */
export function parseSeedAtBuild(text: string): SeedAtBuild {
  const match = /^(\d{1,20})(?:@([0-9a-f]{4,64}))?$/.exec(text);
  if (match !== null) return { seed: match[1] as string, build: match[2] ?? null };
  throw new DrydockError("E_USAGE", `"${text}" names no seed of a build`, {
    hint: "Write <seed>@<build> as a failure prints it, such as 17@1a2b3c4d5e6f",
  });
}

/** A day, or so many candles where they take longer. */
const STRATEGY_MS = 86_400_000;
const STRATEGY_CANDLES = 48;

/** How long a strategy is tried; without a limit as long as there are candles. */
export function strategyMs(minutes: number | undefined, candleMs: number): number {
  if (minutes === undefined) return Math.max(STRATEGY_MS, STRATEGY_CANDLES * candleMs);
  return minutes === 0 ? Number.MAX_SAFE_INTEGER : minutes * 60_000;
}
