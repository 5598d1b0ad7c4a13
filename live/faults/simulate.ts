import { JournalFailed } from "#data/journal/journal-errors.ts";
import { AssertionFailed } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { Program } from "#live/faults/program.ts";
import { Crash } from "#live/faults/world/crash-points.ts";
import { World, type WorldTarget } from "#live/faults/world/world.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

export interface SimulationParts {
  readonly plan: WorldPlan;
  readonly strategyOf: (target: WorldTarget) => Strategy;
}

/** From an end of the program to its next start, ms of virtual time. */
const RESTART_MS_LOW = 500;
const RESTART_MS_HIGH = 60_000;
/** Callbacks of one run; more than this is a loop. */
const STEPS_MAX = 5_000_000;

/** Failures of the disk: the program says so and ends. */
const DISK_CODES: readonly string[] = ["E_JOURNAL_FAILED", "E_NOT_WRITABLE", "E_DISK_FULL"];

/** What became of a life of the program. */
export type LifeEnd =
  | { readonly kind: "crashed"; readonly why: string }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "quarantined"; readonly why: string }
  | { readonly kind: "stopped" };

/** One simulated run: a world and the lives of the program in it. */
export class Simulation {
  readonly world: World;
  readonly lives: LifeEnd[] = [];
  readonly #parts: SimulationParts;
  #program: Program | null = null;

  constructor(parts: SimulationParts) {
    this.#parts = parts;
    this.world = new World(parts.plan, {
      O9: () => this.#order(),
      P13: () => this.#end({ kind: "stopped" }),
    });
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
    for (const target of this.#program?.driver.targets ?? []) target.order("resume", "healed");
    this.runUntil(time.now + quietMs(plan));
  }

  /** Lets virtual time pass; a crash ends a life and begins the next a little later. */
  runUntil(until: number): void {
    const { time } = this.world;
    for (;;) {
      try {
        const hasArrived = time.runUntil(until, STEPS_MAX);
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
    const { world } = this;
    const { strategyOf } = this.#parts;
    try {
      const program = new Program({
        world,
        strategyOf,
        onFailed: (error) => this.#onFailed(error),
      });
      this.#program = program;
      const started = program.start();
      if (started.kind === "quarantined") {
        this.#end({ kind: "quarantined", why: started.error.message });
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
    this.#program = null;
    const wait = this.world.streams.of("restarts").integer(RESTART_MS_LOW, RESTART_MS_HIGH);
    this.world.time.after(wait, () => this.startProgram());
  }
}

/** Three reconcile intervals, the fence, and the longest backoffs. */
export function quietMs(plan: WorldPlan): number {
  return 3 * plan.reconcileMs + 5_000 + 600_000;
}
