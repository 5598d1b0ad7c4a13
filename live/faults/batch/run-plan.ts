import { sha256Hex } from "#data/hashes/sha256.ts";
import { must } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import type { EngineTerms } from "#live/driver/make-engine.ts";
import { lastRecords, lastSeqOf, segmentsOf } from "#live/faults/batch/journal-text.ts";
import { RunStopped, stopAt } from "#live/faults/batch/stop-at.ts";
import { ALL_CANARIES } from "#live/faults/canaries/all-canaries.ts";
import type { Canary } from "#live/faults/canaries/canary.ts";
import { ALL_CHECKERS } from "#live/faults/checkers/all-checkers.ts";
import type { Violation } from "#live/faults/checkers/checker.ts";
import { Watch } from "#live/faults/checkers/watch.ts";
import type { Subject } from "#live/faults/program.ts";
import { Simulation } from "#live/faults/simulate.ts";
import type { SimulationObserver, Tamper } from "#live/faults/simulation-observer.ts";
import { workloadOf } from "#live/faults/workload.ts";
import type { FaultCode } from "#live/faults/world/fault-codes.ts";
import type { ScriptedStrike } from "#live/faults/world/scripted-strike.ts";
import type { WorldMaterial, WorldTarget } from "#live/faults/world/world.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/** What one run of a plan came to; plain data, the same for the same plan and build. */
export interface RunReport {
  readonly seed: string;
  readonly tieBreak: string;
  /** Callbacks that ran. */
  readonly events: number;
  /** Virtual time from the start to the end, ms. */
  readonly virtualMs: number;
  /** The last record of the journal. */
  readonly records: number;
  /** Lives of the program that ended before the run did, by what ended them. */
  readonly ends: Readonly<Record<string, number>>;
  /** How often each fault struck; those that never did are left out. */
  readonly fired: Readonly<Partial<Record<FaultCode, number>>>;
  /** How often each of the rare situations came up. */
  readonly sometimes: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  /** SHA-256 over the segments of the journal as they lie on the disk at the end. */
  readonly hash: string;
  /** The last records up to the first violation, as lines for people; empty without one. */
  readonly tail: readonly string[];
  /** Every strike, where it was asked for. */
  readonly strikes: readonly ScriptedStrike[];
}

/** What is run in place of the workload, and on which candles. */
export interface StrategyRun {
  readonly strategy: Strategy;
  readonly subject?: Subject | undefined;
  readonly risk?: RiskLimits | undefined;
  readonly material?: WorldMaterial | undefined;
}

export interface RunOptions {
  /** Somebody's strategy; without it the workload of the plan. */
  readonly strategy?: StrategyRun | undefined;
  /** Looks on besides the checkers, through an observer around theirs. */
  readonly around?: ((watch: Watch, simulation: Simulation) => SimulationObserver) | undefined;
  /** Ends the run once the journal has this record. */
  readonly until?: number | undefined;
  /** Keeps every strike of a fault. */
  readonly hasStrikes?: boolean | undefined;
  /** Plants the bug of that name and lets the checker of its invariant alone judge; see `live/faults/canaries`. */
  readonly canary?: string | undefined;
  /** Plants a bug; for tests. */
  readonly tamper?: Tamper | undefined;
  /** What of an engine is otherwise than by the plan. */
  readonly terms?: Partial<EngineTerms> | undefined;
  /** Sees the simulation when it is over. */
  readonly look?: ((simulation: Simulation) => void) | undefined;
}

/** Stands for an invariant where the program threw what is no fault of the world. */
export const THROWN = "throws";
/** Records that are shown of a failure. */
export const TAIL_RECORDS = 40;

/** Runs a plan to its end. What the program does wrong is a violation of the report and is not thrown. */
export function runPlan(plan: WorldPlan, options: RunOptions = {}): RunReport {
  if (options.canary === undefined) return watchedRun(plan, options, null);
  const canary = canaryOf(options.canary);
  const bug = canary.plant();
  try {
    return watchedRun(plan, { ...options, tamper: bug }, canary);
  } finally {
    bug.undo?.();
  }
}

/** @throws E_USAGE for a name that no planted bug has */
export function canaryOf(name: string): Canary {
  const found = ALL_CANARIES.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new DrydockError("E_USAGE", `There is no planted bug "${name}"`, {
    hint: `One of ${ALL_CANARIES.map((one) => one.name).join(", ")}`,
  });
}

function watchedRun(plan: WorldPlan, options: RunOptions, canary: Canary | null): RunReport {
  const { tamper, strategy: given, terms, around } = options;
  const risk = canary?.risk ?? given?.risk;
  const checkers =
    canary === null
      ? ALL_CHECKERS
      : ALL_CHECKERS.filter(({ invariant }) => invariant === canary.invariant);
  const strategyOf = ({ key }: WorldTarget): Strategy => {
    const strategy = given?.strategy ?? workloadOf(plan, key);
    return canary?.strategyOf?.(strategy) ?? strategy;
  };
  const watches: Watch[] = [];
  const observe = (watched: Simulation): SimulationObserver => {
    const watch = new Watch(watched, checkers);
    watches.push(watch);
    return around?.(watch, watched) ?? watch;
  };
  const { subject, material } = given ?? {};
  const simulation = new Simulation({
    plan,
    strategyOf,
    risk,
    subject,
    material,
    terms,
    tamper,
    observe,
  });
  const watch = must(watches[0], "A simulation is watched from its start");
  const { world, lives } = simulation;
  if (options.until !== undefined) stopAt(simulation, options.until);
  if (options.hasStrikes === true) world.faults.log = [];
  const violations = violationsOf(simulation, watch);
  options.look?.(simulation);
  const [first] = violations;
  const { fired, log } = world.faults;
  return {
    seed: plan.seed,
    tieBreak: plan.tieBreak,
    events: world.time.steps,
    virtualMs: world.time.now - plan.start,
    records: lastSeqOf(world.disk),
    ends: countBy(lives.map(({ kind }) => kind)),
    fired: Object.fromEntries(Object.entries(fired).filter(([, count]) => count > 0)),
    sometimes: watch.sometimes,
    violations,
    hash: sha256Hex(segmentsOf(world.disk).map(sha256Hex).join("\n")),
    tail: first === undefined ? [] : lastRecords(world.disk, first.seq || Infinity, TAIL_RECORDS),
    strikes: log ?? [],
  };
}

function violationsOf(simulation: Simulation, watch: Watch): readonly Violation[] {
  const { world } = simulation;
  try {
    simulation.run();
    return watch.violations;
  } catch (error) {
    if (error instanceof RunStopped) return watch.violations;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const seq = simulation.program?.driver.journal?.lastSeq ?? lastSeqOf(world.disk);
    return [{ invariant: THROWN, moment: "A", time: world.time.now, seq, message }];
  }
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
