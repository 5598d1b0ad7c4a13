import { must } from "#engine/assert.ts";
import type { TargetKey } from "#engine/model/target.ts";
import type { AppendedRecord, DriverStart } from "#live/driver/live-driver.ts";
import type { Program } from "#live/faults/program.ts";
import type { Simulation } from "#live/faults/simulate.ts";
import type { LifeEnd, SimulationObserver } from "#live/faults/simulation-observer.ts";
import { noCounts, type Sometimes, watchSometimes } from "#live/faults/sometimes.ts";
import type { VenuePort } from "#live/ports/venue-port.ts";
import { ALL_CHECKERS } from "./all-checkers.ts";
import type { Checker, CheckerTerms, Moment, SeenAsk, Violation } from "./checker.ts";
import { type KeptRecord, RunView } from "./run-view.ts";
import type { SeenRecord } from "./seen-record.ts";

/** Records that a report shows. */
const RECORDS_SHOWN = 40;

/** Follows a run with one checker per invariant; the run ends at the first violation of one that holds always. */
export class Watch implements SimulationObserver {
  readonly violations: Violation[] = [];
  /** How often each rare situation came up. */
  readonly sometimes: Record<Sometimes, number> = noCounts();
  readonly #simulation: Simulation;
  readonly #terms: readonly CheckerTerms[];
  #run: RunView;
  #judges: readonly Checker[] = [];
  #readers: readonly Checker[] = [];
  #lookers: readonly Checker[] = [];
  /** The journal as it would be read now: what a crash took is not in it. */
  #records: KeptRecord[] = [];
  #seen: SeenRecord[] = [];
  #moment: Moment = "A";
  #isReplay = false;
  #isFresh = false;
  #syncedSeq = 0;
  #pending: readonly Violation[] = [];

  constructor(simulation: Simulation, terms: readonly CheckerTerms[] = ALL_CHECKERS) {
    this.#simulation = simulation;
    this.#terms = terms;
    this.#run = this.#begin();
  }

  get isDone(): boolean {
    return this.violations.length > 0;
  }

  get records(): readonly KeptRecord[] {
    return this.#records;
  }

  /** The last records, the newest last, as lines of JSON. */
  get lastRecords(): readonly string[] {
    return this.#records.slice(-RECORDS_SHOWN).map((record) => JSON.stringify(record));
  }

  onLife(_program: Program): void {
    this.#isFresh = true;
  }

  onStarted(started: DriverStart): void {
    if (started.kind !== "started") return;
    this.#run.recoveredSeq = started.recovery.lastSeq;
    for (const checker of this.#judges) checker.onStarted?.();
  }

  onRecord(record: AppendedRecord): void {
    const kept = { ...record, time: this.#simulation.world.time.now };
    if (this.#isFresh) {
      this.#rewind(record.seq);
      this.#run.syncedBefore = this.#syncedSeq;
      this.#syncedSeq = Math.min(this.#syncedSeq, record.seq - 1);
    }
    this.#isFresh = false;
    this.#records.push(kept);
    this.#take(kept);
  }

  portOf(key: TargetKey, port: VenuePort): VenuePort {
    return {
      ask: (ask, done) => {
        const target = this.#run.target(key);
        const asked: SeenAsk = { target, ask, time: this.#simulation.world.time.now };
        for (const checker of this.#judges) checker.onAsk?.(asked);
        port.ask(ask, (answer) => {
          const seen = { ...asked, target: this.#run.target(key), answer };
          for (const checker of this.#judges) checker.onAnswer?.(seen);
          this.#seen = [];
          done(answer);
          const made = this.#seen;
          for (const checker of this.#judges) checker.onHandled?.(seen, made);
        });
      },
      connect: (listener) => port.connect(listener),
      close: () => port.close(),
    };
  }

  afterCallback(): void {
    for (const checker of this.#lookers) checker.onCallback?.();
    this.#seen = [];
  }

  onLifeEnd(_how: LifeEnd): void {
    this.#syncedSeq = this.#simulation.program?.driver.journal?.syncedSeq ?? this.#syncedSeq;
    for (const checker of this.#judges) checker.onLifeEnd?.();
  }

  isQuiet(): boolean {
    if (this.isDone || this.#isQuarantined) return true;
    this.#moment = "Q";
    const program = this.#simulation.program;
    for (const checker of this.#judges) if (program !== null) checker.atQuiet?.();
    this.#moment = "A";
    // It may hold at the next moment: what is pending is a violation at the end alone.
    this.#pending = this.violations.splice(0);
    return program !== null && this.#pending.length === 0;
  }

  onEnd(): void {
    if (this.isDone) return;
    this.violations.push(...this.#pending);
    this.#moment = "E";
    for (const checker of this.#judges) checker.atEnd?.();
  }

  get #isQuarantined(): boolean {
    return this.#simulation.lives.at(-1)?.kind === "quarantined";
  }

  #begin(): RunView {
    this.#run = new RunView(this.#simulation);
    const checkers = this.#terms.map(({ invariant, make }) =>
      make(this.#run, (message) => this.#violate(invariant, message)),
    );
    const situations = watchSometimes(this.#run, (name) => {
      if (!this.#isReplay) this.sometimes[name] += 1;
    });
    this.#judges = [...checkers, situations];
    // A run has many records and callbacks: only those are asked that listen.
    this.#readers = this.#judges.filter((judge) => judge.onRecord !== undefined);
    this.#lookers = this.#judges.filter((judge) => judge.onCallback !== undefined);
    return this.#run;
  }

  /** The first record of a life has this number: those that had it or a later one before are lost. */
  #rewind(seq: number): void {
    const last = this.#records.at(-1)?.seq ?? 0;
    if (last < seq) return;
    this.#records = this.#records.filter((record) => record.seq < seq);
    this.#begin();
    this.#isReplay = true;
    for (const record of this.#records) this.#take(record);
    this.#isReplay = false;
  }

  #take(record: KeptRecord): void {
    const seen = this.#run.see(record, this.#isReplay);
    if (!this.#isReplay) this.#seen.push(seen);
    for (const checker of this.#readers) checker.onRecord?.(seen);
  }

  #violate(invariant: string, message: string): void {
    if (this.#isReplay) return;
    const { now } = this.#simulation.world.time;
    const seq = this.#records.at(-1)?.seq ?? 0;
    this.violations.push({ invariant, moment: this.#moment, time: now, seq, message });
  }
}

/** The watch of a simulation that was made with one. */
export function watchOf(simulation: Simulation): Watch {
  const { observer } = simulation;
  return must(observer instanceof Watch ? observer : null, "The simulation is watched");
}
