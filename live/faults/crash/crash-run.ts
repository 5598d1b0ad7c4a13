import { AssertionFailed } from "#engine/assert.ts";
import { Program } from "#live/faults/program.ts";
import { Crash, type CrashMoment } from "#live/faults/world/crash-points.ts";
import { World } from "#live/faults/world/world.ts";
import type { CrashScenario } from "./crash-scenario.ts";

/** How a life of the program ends from outside: told to stop, killed, or its machine loses power. */
export type EndKind = "stop" | "kill" | "power";

/** The program dies at the `call`-th call of a port of its `life`-th life; both count from 1. */
export interface PlannedCrash {
  readonly life: number;
  readonly call: number;
  readonly moment: CrashMoment;
  readonly how: Exclude<EndKind, "stop">;
}

export interface CrashRunTerms {
  readonly scenario: CrashScenario;
  readonly crashes: readonly PlannedCrash[];
  /** From an end of the program to its next start, ms of virtual time. */
  readonly restartMs: number;
}

/** Callbacks of one run; more than this is a loop. */
const STEPS_MAX = 200_000;

/** One run of a scenario: the world and the lives of the program in it. */
export class CrashRun {
  readonly world: World;
  /** What went wrong with the program itself; a crash that was planned is none. */
  readonly failures: string[] = [];
  /** Calls of ports in each life, in the order of the lives; what a dying program still closes counts. */
  readonly calls: number[] = [];
  readonly #terms: CrashRunTerms;
  #program: Program | null = null;
  /** Calls before the life of now. */
  #callsBefore = 0;
  #crash: PlannedCrash | null = null;

  constructor(terms: CrashRunTerms) {
    this.#terms = terms;
    const { scenario } = terms;
    this.world = new World(scenario.plan);
    this.world.points.plan = (point) => this.#momentOf(point);
    scenario.deeds(this.world);
  }

  get program(): Program | null {
    return this.#program;
  }

  /** How many times the program was started. */
  get lives(): number {
    return this.calls.length;
  }

  start(): void {
    const { world } = this;
    const { scenario } = this.#terms;
    this.#callsBefore = world.points.count;
    this.calls.push(0);
    world.startProcess();
    this.#guard(() => {
      this.#program = new Program({
        world,
        strategyOf: scenario.strategy,
        terms: scenario.terms,
        onFailed: (error) => this.#onFailed(error),
      });
      const started = this.#program.start();
      if (started.kind === "quarantined") this.failures.push(started.error.message);
    });
  }

  /** Lets virtual time pass; `afterEach` is called after every callback. */
  runUntil(until: number, afterEach: () => void = () => {}): void {
    const { time } = this.world;
    const last = time.steps + STEPS_MAX;
    while (time.nextTime <= until) {
      if (time.steps >= last)
        throw new AssertionFailed(`At most ${STEPS_MAX} steps until ${until}`);
      this.#guard(() => {
        time.step();
        this.calls[this.calls.length - 1] = this.world.points.count - this.#callsBefore;
      });
      afterEach();
    }
    time.runUntil(until);
  }

  /** The program is told to stop, for good. */
  stop(): void {
    this.#program?.driver.stop();
    this.world.process.stop();
  }

  /** Ends the life of now and begins the next one after a while; 0 begins it before anything else happens. */
  end(how: EndKind, restartMs: number): void {
    const { world } = this;
    if (how === "stop") this.#program?.driver.stop();
    world.process.stop();
    if (how === "power") world.disk.losePower();
    this.#program = null;
    if (restartMs === 0) this.start();
    else world.time.after(restartMs, () => this.start());
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      const how = this.#crash?.how ?? "kill";
      this.#crash = null;
      this.calls[this.calls.length - 1] = this.world.points.count - this.#callsBefore;
      this.end(how, this.#terms.restartMs);
    }
  }

  #momentOf(point: number): CrashMoment | null {
    // What unwinds after a crash is no life any more.
    if (this.#crash !== null) return null;
    const call = point - this.#callsBefore;
    const due = this.#terms.crashes.find((one) => one.life === this.lives && one.call === call);
    if (due === undefined) return null;
    this.#crash = due;
    return due.moment;
  }

  #onFailed(error: unknown): void {
    if (error instanceof Crash) throw error;
    this.failures.push(`the program failed: ${String(error)}`);
    throw error;
  }
}
