import { CRASH_MOMENTS, type CrashMoment } from "#live/faults/world/crash-points.ts";
import { checkEnd } from "./check-end.ts";
import { checkIntents, checkRecovery, recordsOf } from "./check-journal.ts";
import { CrashRun, type EndKind, type PlannedCrash } from "./crash-run.ts";
import type { CrashScenario } from "./crash-scenario.ts";

/** After the story: two cuts, the fence and its grace. What is not as it must be by then gets more, slice by slice. */
const SETTLE_MS = 50_000;
const SLICE_MS = 20_000;
/** The longest that anything is looked for, an entry that is tried again, and some cuts. */
const SETTLE_MS_MAX = 150_000;
/**
 * From a crash to the next start: short enough for a request to be still on its way; long enough for a cut and news to
 * be missed; long enough for a candle. Two of the last kind would cost an entry more candles than a story waits for.
 */
const RESTARTS_MS = [15, 1_000, 11_000] as const;

/** A run that did not end as it must. */
export interface CrashFailure {
  readonly scenario: string;
  readonly crashes: readonly PlannedCrash[];
  readonly said: readonly string[];
}

export interface Exploration {
  readonly scenario: string;
  /** Calls of ports in the part of the story that is crashed. */
  readonly calls: number;
  readonly runs: number;
  readonly failures: readonly CrashFailure[];
}

/** Runs a scenario to its end and says what is not as it must be. */
export function judge(
  scenario: CrashScenario,
  crashes: readonly PlannedCrash[],
): readonly string[] {
  const run = new CrashRun({ scenario, crashes, restartMs: restartAfter(crashes) });
  const { world } = run;
  let said: readonly string[] = [];
  try {
    run.start();
    const end = scenario.plan.start + scenario.plan.durationMs;
    for (let settle = SETTLE_MS; settle <= SETTLE_MS_MAX; settle += SLICE_MS) {
      run.runUntil(end + settle);
      said = [...run.failures, ...checkEnd(world, run.program), ...scenario.check(world)];
      if (said.length === 0) break;
    }
  } catch (error) {
    return [`threw ${String(error)}`, ...run.failures];
  }
  const lives = run.lives === crashes.length + 1 ? [] : [`${run.lives} lives were lived`];
  const kept = run.program?.driver.targets[0]?.kept();
  run.stop();
  return [
    ...said,
    ...lives,
    ...checkIntents(world, recordsOf(world)),
    ...(kept === undefined ? [] : checkRecovery(world, kept)),
  ];
}

/** Calls of ports of the last life, while the story goes on. */
function callsOf(scenario: CrashScenario, crashes: readonly PlannedCrash[]): readonly string[] {
  const run = new CrashRun({ scenario, crashes, restartMs: restartAfter(crashes) });
  const calls: string[] = [];
  run.world.points.onCall = (_, call) => {
    if (run.lives === Math.max(1, crashes.length)) calls.push(call);
  };
  run.start();
  run.runUntil(scenario.plan.start + scenario.plan.durationMs);
  return calls;
}

/**
 * One crash at every call of a port: before it, during it where it has a half-way, and after it; the process killed,
 * and, where nothing has been done yet, the power of its machine failing as well.
 */
export function exploreSingles(scenario: CrashScenario): Exploration {
  const calls = callsOf(scenario, []);
  const failures: CrashFailure[] = [];
  let runs = 0;
  calls.forEach((call, at) => {
    for (const { moment, how } of waysToDie(call)) {
      const crashes = [{ life: 1, call: at + 1, moment, how }];
      runs += 1;
      const said = judge(scenario, crashes);
      if (said.length > 0) failures.push({ scenario: scenario.name, crashes, said });
    }
  });
  return { scenario: scenario.name, calls: calls.length, runs, failures };
}

/** The same with a second crash at calls of the second life, every `stride`-th of all pairs. */
export function explorePairs(scenario: CrashScenario, stride: number, from = 0): Exploration {
  const calls = callsOf(scenario, []);
  const failures: CrashFailure[] = [];
  let runs = 0;
  let pair = 0;
  calls.forEach((name, at) => {
    const ways = waysToDie(name);
    const first = { life: 1, call: at + 1, ...(ways[at % ways.length] as Way) };
    callsOf(scenario, [first, NEVER]).forEach((call, then) => {
      pair += 1;
      if (pair % stride !== from % stride) return;
      const others = waysToDie(call);
      const second = { life: 2, call: then + 1, ...(others[(at + then) % others.length] as Way) };
      runs += 1;
      const crashes = [first, second];
      const said = judge(scenario, crashes);
      if (said.length > 0) failures.push({ scenario: scenario.name, crashes, said });
    });
  });
  return { scenario: scenario.name, calls: calls.length, runs, failures };
}

/** By the call, so that every pause is met with every part of a story. */
function restartAfter(crashes: readonly PlannedCrash[]): number {
  const choice = crashes.length > 1 ? RESTARTS_MS.length - 1 : RESTARTS_MS.length;
  return RESTARTS_MS[(crashes[0]?.call ?? 0) % choice] as number;
}

/** The second crash of a pair that is still to be chosen. */
const NEVER: PlannedCrash = { life: 2, call: 0, moment: "before", how: "kill" };

interface Way {
  readonly moment: CrashMoment;
  readonly how: Exclude<EndKind, "stop">;
}

/** Only a write has a half-way: in every other call `during` is the same as `before`. */
function waysToDie(call: string): readonly Way[] {
  const moments = CRASH_MOMENTS.filter((moment) => moment !== "during" || call === "disk.write");
  return [
    ...moments.map((moment) => ({ moment, how: "kill" as const })),
    { moment: "before", how: "power" },
  ];
}
