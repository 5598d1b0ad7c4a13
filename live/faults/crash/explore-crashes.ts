import { CRASH_MOMENTS, type CrashMoment } from "#live/faults/world/crash-points.ts";
import type { World } from "#live/faults/world/world.ts";
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

/** Runs a scenario with crashes to its end; `said`: what is not as it must be then. */
export function tell(
  scenario: CrashScenario,
  crashes: readonly PlannedCrash[],
): { readonly world: World; readonly said: readonly string[] } {
  const run = new CrashRun({ scenario, crashes, restartMs: restartAfter(crashes) });
  const { world } = run;
  const said: string[] = [];
  try {
    said.push(...settle(run, scenario));
    if (run.lives !== crashes.length + 1) said.push(`${run.lives} lives were lived`);
    const kept = run.program?.driver.targets[0]?.kept();
    run.stop();
    said.push(...checkIntents(world, recordsOf(world)));
    if (kept !== undefined) said.push(...checkRecovery(world, kept));
  } catch (error) {
    said.push(`threw ${String(error)}`);
  }
  return { world, said };
}

/** Lets it run until all is as it must be, and says what is not. */
function settle(run: CrashRun, scenario: CrashScenario): readonly string[] {
  const end = scenario.plan.start + scenario.plan.durationMs;
  let said: readonly string[] = [];
  run.start();
  for (let wait = SETTLE_MS; wait <= SETTLE_MS_MAX; wait += SLICE_MS) {
    run.runUntil(end + wait);
    said = [...run.failures, ...checkEnd(run.world, run.program), ...scenario.check(run.world)];
    if (said.length === 0) return said;
  }
  return said;
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
      const said = tell(scenario, crashes).said;
      if (said.length > 0) failures.push({ scenario: scenario.name, crashes, said });
    }
  });
  return { scenario: scenario.name, calls: calls.length, runs, failures };
}

/** Two crashes: at every `stride`-th call of the first life, and then at every `stride`-th of the second. 1 is all pairs. */
export function explorePairs(scenario: CrashScenario, stride: number): Exploration {
  const calls = callsOf(scenario, []);
  const failures: CrashFailure[] = [];
  let runs = 0;
  for (let at = 0; at < calls.length; at += stride) {
    const first = crashAt(1, at, calls, at);
    const later = callsOf(scenario, [first, NEVER]);
    // Not always the same calls of the second life: those of its start come anew in every run.
    for (let then = (at / stride) % stride; then < later.length; then += stride) {
      runs += 1;
      const crashes = [first, crashAt(2, then, later, at + then)];
      const said = tell(scenario, crashes).said;
      if (said.length > 0) failures.push({ scenario: scenario.name, crashes, said });
    }
  }
  return { scenario: scenario.name, calls: calls.length, runs, failures };
}

/** One of the ways to die at a call, in turn. */
function crashAt(life: number, at: number, calls: readonly string[], turn: number): PlannedCrash {
  const ways = waysToDie(calls[at] as string);
  return { life, call: at + 1, ...(ways[turn % ways.length] as Way) };
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
