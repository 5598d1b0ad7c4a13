import { JournalFailed } from "#data/journal/journal-errors.ts";
import { AssertionFailed, assert } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import type { TargetKey } from "#engine/model/target.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import type { AppendedRecord } from "#live/driver/live-driver.ts";
import type { EngineTerms } from "#live/driver/make-engine.ts";
import { Program, type Subject } from "#live/faults/program.ts";
import type { LifeEnd, SimulationObserver, Tamper } from "#live/faults/simulation-observer.ts";
import {
  CRASH_MOMENTS,
  Crash,
  type CrashPlan,
  crashesOf,
} from "#live/faults/world/crash-points.ts";
import { World, type WorldMaterial, type WorldTarget } from "#live/faults/world/world.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";
import type { VenuePort } from "#live/ports/venue-port.ts";
import type { Step } from "#live/steps/step.ts";

export interface SimulationParts {
  readonly plan: WorldPlan;
  readonly strategyOf: (target: WorldTarget) => Strategy;
  readonly risk?: RiskLimits | undefined;
  /** How the strategy is run; without it with no parameters and rules. */
  readonly subject?: Subject | undefined;
  readonly material?: WorldMaterial | undefined;
  /** What of an engine is otherwise than by the plan: parameters and rules of a strategy. */
  readonly terms?: Partial<EngineTerms> | undefined;
  /** Hears everything and says when to stop; see `checkers/watch.ts`. */
  readonly observe?: ((simulation: Simulation) => SimulationObserver) | undefined;
  /** Changes the program from outside; see `canaries/`. */
  readonly tamper?: Tamper | undefined;
}

/** From an end of the program to its next start, ms of virtual time. */
const RESTART_MS_LOW = 500;
const RESTART_MS_HIGH = 60_000;
/** Callbacks of one run; more than this is a loop. */
const STEPS_MAX = 5_000_000;

/** At quiet a moment is sought at which nothing is under way: so often, that far apart. */
const QUIET_TRIES = 60;
const QUIET_STEP_MS = 5_000;

/** A crash during recovery strikes at one of its first calls of a port; a recovery with fewer lives. */
const RECOVERY_CALLS_MAX = 60;

/** A crash is so many times as likely between a record that moves an aged position and the next: few tell of one. */
const AGED_WEIGHT = 100;

/** A restart loop: so many lives at most, each at most that long, ms. */
const LOOPS_MAX = 8;
const LOOP_LIFE_MS_MAX = 3_000;

/** Failures of the disk: the program says so and ends. */
const DISK_CODES: readonly string[] = ["E_JOURNAL_FAILED", "E_NOT_WRITABLE", "E_DISK_FULL"];

/** One simulated run: a world and the lives of the program in it. */
export class Simulation {
  readonly world: World;
  readonly lives: LifeEnd[] = [];
  readonly observer: SimulationObserver | null;
  readonly #parts: SimulationParts;
  #program: Program | null = null;
  #isQuiet = false;
  /** The newest record has moved an aged position. */
  #isAgedMoving = false;
  /** Restarts that are still to die young. */
  #loopsLeft = 0;
  /** The limits of an edited configuration; null: nobody has edited it. */
  #edited: RiskLimits | null = null;

  constructor(parts: SimulationParts) {
    this.#parts = parts;
    const deeds = {
      O7: () => this.#edit(),
      O9: () => this.#order(),
      P3: () => this.#loop(),
      P12: () => this.#kill(0, "of a lack of memory"),
      P13: () => this.#end({ kind: "stopped" }),
    };
    this.world = new World(parts.plan, deeds, parts.material);
    this.observer = parts.observe?.(this) ?? null;
    parts.tamper?.onWorld?.(this.world);
  }

  get program(): Program | null {
    return this.#program;
  }

  /** Runs through both phases; a fault of the program itself is thrown. */
  run(): void {
    const { plan, time } = { plan: this.world.plan, time: this.world.time };
    this.startProgram();
    this.runUntil(plan.start + plan.durationMs);
    this.world.heal();
    this.#loopsLeft = 0;
    this.#isQuiet = true;
    for (const target of this.#program?.driver.targets ?? []) target.order("resume", "healed");
    this.runUntil(time.now + quietMs(plan));
    // What the rules of the engine do meanwhile may be under way at one moment, not at all of them.
    for (let tries = 0; tries < QUIET_TRIES && this.observer?.isQuiet() === false; tries++) {
      this.runUntil(time.now + QUIET_STEP_MS);
    }
    this.observer?.onEnd();
  }

  /** Lets virtual time pass; a crash ends a life and begins the next a little later. */
  runUntil(until: number): void {
    const { time } = this.world;
    for (;;) {
      try {
        if (this.observer !== null) this.#observeUntil(until, this.observer);
        const hasArrived = this.observer?.isDone === true || time.runUntil(until, STEPS_MAX);
        if (hasArrived) return;
        throw new AssertionFailed(`At most ${STEPS_MAX} steps until ${until}`);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        this.world.crash();
        this.#ended({ kind: "crashed", why: error.message });
      }
    }
  }

  startProgram(): void {
    this.world.startProcess();
    const { world, observer } = this;
    const { tamper, risk, terms } = this.#parts;
    try {
      world.points.plan = this.#recoveryCrash();
      const program = new Program({
        world,
        risk: this.#edited ?? risk,
        subject: this.#parts.subject,
        terms,
        strategyOf: (target) => this.#strategyOf(target),
        onFailed: (error) => this.#onFailed(error),
        onRecord: (record) => {
          this.#isAgedMoving = movesAged(record);
          observer?.onRecord(record);
        },
        portOf: (key) => this.#portOf(key),
      });
      this.#program = program;
      observer?.onLife(program);
      const started = program.start();
      tamper?.onProgram?.(program, world);
      world.points.plan = crashesOf(world.faults, () => (this.#isAgedMoving ? AGED_WEIGHT : 1));
      observer?.onStarted(started);
      if (started.kind === "quarantined") {
        this.#end({ kind: "quarantined", why: started.error.message });
      } else if (this.#loopsLeft > 0) {
        this.#loopsLeft -= 1;
        this.#kill(world.faults.delay("P3", 0, LOOP_LIFE_MS_MAX), "in a restart loop");
      }
    } catch (error) {
      if (error instanceof Crash) {
        this.world.crash();
        this.#ended({ kind: "crashed", why: error.message });
        return;
      }
      this.#onFailed(error);
    }
  }

  #observeUntil(until: number, observer: SimulationObserver): void {
    const { time } = this.world;
    for (let steps = 0; !observer.isDone && time.nextTime <= until; steps++) {
      assert(steps < STEPS_MAX, () => `At most ${STEPS_MAX} steps until ${until}`);
      time.step();
      observer.afterCallback();
    }
  }

  /** Strategies are silent once the world is healed. */
  #strategyOf(target: WorldTarget): Strategy {
    const strategy = this.#parts.strategyOf(target);
    const silent = <T>(decide: (ctx: T) => void) => {
      return (ctx: T): void => {
        if (!this.#isQuiet) decide(ctx);
      };
    };
    return { ...strategy, onBar: silent(strategy.onBar), onBars: silent(strategy.onBars) };
  }

  /** One recovery in so many dies at one of its calls: at every call by chance, none would ever end. */
  #recoveryCrash(): CrashPlan {
    const { faults, points } = this.world;
    if (!faults.strikes("P2")) return () => null;
    const at = points.count + faults.of("P2").integer(1, RECOVERY_CALLS_MAX);
    const moment = faults.of("P2").pick(CRASH_MOMENTS);
    return (point) => (point === at ? moment : null);
  }

  #portOf(key: TargetKey): VenuePort {
    const { tamper } = this.#parts;
    const port = this.world.port(key);
    const observed = this.observer?.portOf(key, port) ?? port;
    return tamper?.portOf?.(key, observed) ?? observed;
  }

  /** It dies some moments after its start, several times in a row. */
  #loop(): boolean {
    this.#loopsLeft = this.world.faults.of("P3").integer(2, LOOPS_MAX);
    return this.#kill(0, "in a restart loop");
  }

  #kill(afterMs: number, how: string): boolean {
    if (!this.world.process.isAlive) return false;
    const { generation } = this.world.process;
    this.world.time.after(afterMs, () => {
      const { process } = this.world;
      if (process.isAlive && process.generation === generation) throw new Crash(how);
    });
    return true;
  }

  /** Somebody changes the limits, and stops and starts the program: what is open was allowed by others. */
  #edit(): boolean {
    const stream = this.world.faults.of("O7");
    const limits: RiskLimits = {
      maxOpenPositions: stream.integer(1, 4),
      maxOrdersPerMinute: stream.integer(1, 30),
      maxNotionalPerSymbol: stream.integer(1, 20) * 1_000,
      maxPriceAgeSeconds: stream.integer(30, 600),
    };
    this.#edited = stream.chance(0.3) ? {} : limits;
    return this.#end({ kind: "stopped" });
  }

  #order(): boolean {
    const driver = this.#program?.driver;
    if (driver === undefined) return false;
    driver.order("halt", "a person");
    this.world.time.after(60_000, () => this.#program?.driver.order("resume", "a person"));
    return true;
  }

  /** What the world does to it ends a life; everything else is a fault of the program. */
  #onFailed(error: unknown): void {
    const isDisk = error instanceof DrydockError && DISK_CODES.includes(error.code);
    if (!isDisk && !(error instanceof JournalFailed)) throw error;
    this.#end({ kind: "failed", error });
  }

  /** The program ends by itself or is told to. */
  #end(how: LifeEnd): boolean {
    if (!this.world.process.isAlive) return false;
    if (how.kind === "stopped") this.#program?.driver.stop();
    this.world.process.stop();
    this.#ended(how);
    return true;
  }

  #ended(how: LifeEnd): void {
    this.lives.push(how);
    this.observer?.onLifeEnd(how);
    this.#program = null;
    // Nobody trades before a person has decided.
    if (how.kind === "quarantined") return;
    const wait = this.world.streams.of("restarts").integer(RESTART_MS_LOW, RESTART_MS_HIGH);
    this.world.time.after(wait, () => this.startProgram());
  }
}

function movesAged({ data }: AppendedRecord): boolean {
  const { records } = data as Partial<Step>;
  return records?.some(([kind]) => kind === RECORD.aged) === true;
}

/** Three reconcile intervals, the fence, and the longest backoffs. */
export function quietMs(plan: WorldPlan): number {
  return 3 * plan.reconcileMs + 5_000 + 600_000;
}
