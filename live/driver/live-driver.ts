import type { Disk } from "#data/journal/disk.ts";
import type { JournalHeader } from "#data/journal/header.ts";
import type { Journal, JournalLimits } from "#data/journal/journal.ts";
import type { JournalDamage } from "#data/journal/journal-errors.ts";
import { openJournal, type Recovery } from "#data/journal/open-journal.ts";
import type { JournalRecord } from "#data/journal/read-records.ts";
import { DrydockError } from "#engine/errors.ts";
import type { OperatorOrder } from "#engine/model/event.ts";
import { type TargetKey, targetKey } from "#engine/model/target.ts";
import { ActivePositions } from "#engine/reconcile/active-positions.ts";
import { targetsToReconcile } from "#engine/reconcile/targets.ts";
import { EngineClock } from "#live/driver/engine-clock.ts";
import { type EngineTerms, makeEngine } from "#live/driver/make-engine.ts";
import type { EngineSlot } from "#live/driver/requests.ts";
import { TargetDriver } from "#live/driver/target-driver.ts";
import type { VenueLimits } from "#live/gateway/venue-limits.ts";
import type { DriverClock, Scheduled } from "#live/ports/driver-clock.ts";
import type { VenuePort } from "#live/ports/venue-port.ts";
import { JournalFold, type KeptStates } from "#live/steps/journal-fold.ts";

/** One account with what runs on it and the way to it. */
export interface DriverTarget {
  readonly terms: EngineTerms;
  readonly port: (slots: readonly EngineSlot[]) => VenuePort;
  /** What the venue lets one account and address ask. */
  readonly limits: VenueLimits;
}

export interface DriverParts {
  readonly journalFolder: string;
  readonly disk: Disk;
  readonly header: JournalHeader;
  readonly limits?: Partial<JournalLimits> | undefined;
  /** The deployment: part of every intent's identity. */
  readonly runKey: string;
  readonly clock: DriverClock;
  readonly targets: readonly DriverTarget[];
  /** From sending a request to the time after which a venue refuses it, ms. */
  readonly fenceMs: number;
  /** Records after which the state is kept as a snapshot. */
  readonly snapshotEvery: number;
  /** Something failed for good: nothing leaves any more. */
  readonly onFailed: (error: unknown) => void;
  /** Hears of every record as it is appended, before it lasts. */
  readonly onRecord?: ((record: AppendedRecord) => void) | undefined;
}

/** A record that waits to be written. Its data is not changed any more. */
export type AppendedRecord = Omit<JournalRecord, "ts">;

export type DriverStart =
  | { readonly kind: "started"; readonly recovery: Recovery }
  /** The journal is damaged before intact records: nobody trades, nothing was changed. */
  | { readonly kind: "quarantined"; readonly damage: JournalDamage; readonly error: DrydockError };

/** Records that nobody waits for last after at most this long. */
const GROUP_COMMIT_MS = 30;

/** Runs the engines of all accounts on one journal: recovers, connects, keeps what happens, stops. */
export class LiveDriver {
  readonly #parts: DriverParts;
  readonly #targets: TargetDriver[] = [];
  /** The engine's time, from the recovery on. */
  #clock: DriverClock;
  #journal: Journal | null = null;
  #flush: Scheduled | null = null;
  #snapshotSeq = 0;
  #isStopped = false;
  #isFullTold = false;

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.#clock = parts.clock;
  }

  get targets(): readonly TargetDriver[] {
    return this.#targets;
  }

  get journal(): Journal | null {
    return this.#journal;
  }

  /**
   * @throws E_JOURNAL_NEWER, E_NOT_WRITABLE, E_DISK_FULL, E_JOURNAL_FAILED; E_CONFIG when a target at which something is
   * open is not to be run
   */
  start(): DriverStart {
    const { journalFolder: folder, disk, header, limits } = this.#parts;
    const now = (): number => Math.floor(this.#clock.now());
    const opened = openJournal({ folder, disk, header, now, limits });
    if (opened.kind === "quarantined") return opened;
    this.#journal = opened.journal;
    const { fold, lastAt } = foldOf(opened.recovery);
    this.#clock = new EngineClock(this.#parts.clock, lastAt);
    this.#refuseToLeaveOut(fold);
    const mirror = new ActivePositions(fold.positions());
    for (const target of this.#parts.targets) this.#begin(target, fold, mirror);
    this.#keepSnapshot();
    for (const target of this.#targets) target.connect();
    return { kind: "started", recovery: opened.recovery };
  }

  /** An account at which something of ours is open is run on, whatever the configuration says: it is never forgotten. */
  #refuseToLeaveOut(fold: JournalFold): void {
    const enabled = this.#parts.targets.map(({ terms }) => targetKey(terms.target));
    const needed = targetsToReconcile({ enabled, ...fold.openUses() }).map(targetKey);
    const left = needed.filter((key) => !enabled.includes(key));
    if (left.length === 0) return;
    this.#journal?.close();
    throw new DrydockError(
      "E_CONFIG",
      `The journal holds positions or orders of ${left.map((key) => `"${key}"`).join(", ")}`,
      { hint: "Keep such a target in the configuration until it is flat" },
    );
  }

  /** A person says so, to one account or to all. */
  order(order: OperatorOrder, reason: string, key?: TargetKey): void {
    for (const target of this.#targets) {
      if (key === undefined || target.key === key) target.order(order, reason);
    }
  }

  /** Keeps what there is to keep and lets go. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#flush?.cancel();
    for (const target of this.#targets) target.stop();
    this.#journal?.close();
  }

  #begin({ terms, port, limits }: DriverTarget, fold: JournalFold, mirror: ActivePositions): void {
    const made = makeEngine(terms, mirror);
    const { runKey, fenceMs } = this.#parts;
    const clock = this.#clock;
    const driver = new TargetDriver({
      made,
      target: terms.target,
      runKey,
      port: port(made.slots),
      limits,
      clock,
      fenceMs,
      journal: {
        append: (kind, target, data) => this.#append(kind, target, data),
        sync: () => this.#sync(),
      },
      onFailed: (error) => this.#fail(error),
    });
    this.#targets.push(driver);
    const key = targetKey(terms.target);
    driver.start(fold.stateOf(key), fold.haltOf(key));
  }

  #append(kind: string, target: string | null, data: unknown): number {
    const journal = this.#journal as Journal;
    const seq = journal.append(kind, target, data);
    this.#parts.onRecord?.({ seq, kind, target, data });
    this.#flush ??= this.#clock.at(this.#clock.now() + GROUP_COMMIT_MS, () => {
      this.#flush = null;
      try {
        this.#sync();
      } catch (error) {
        this.#fail(error);
      }
    });
    return seq;
  }

  #sync(): void {
    const journal = this.#journal as Journal;
    journal.sync();
    this.#flush?.cancel();
    this.#flush = null;
    if (journal.isFull && !this.#isFullTold) {
      this.#isFullTold = true;
      // After the step at hand: its requests are durable and leave.
      this.#clock.at(this.#clock.now(), () => this.order("halt", "the disk is full"));
    }
    if (journal.lastSeq - this.#snapshotSeq >= this.#parts.snapshotEvery) this.#scheduleSnapshot();
  }

  /** Between two steps, when state and journal say the same. */
  #scheduleSnapshot(): void {
    this.#snapshotSeq = (this.#journal as Journal).lastSeq;
    this.#clock.at(this.#clock.now(), () => this.#keepSnapshot());
  }

  #keepSnapshot(): void {
    const journal = this.#journal as Journal;
    try {
      const states = this.#targets.map((target) => [target.key, target.told()] as const);
      const kept: KeptStates = { at: this.#clock.now(), targets: Object.fromEntries(states) };
      journal.writeSnapshot(kept, journal.lastSeq);
      this.#snapshotSeq = journal.lastSeq;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#parts.onFailed(error);
    this.#flush?.cancel();
    for (const target of this.#targets) target.stop();
  }
}

function foldOf(recovery: Recovery): { readonly fold: JournalFold; readonly lastAt: number } {
  const fold = new JournalFold();
  let lastAt = Number.NEGATIVE_INFINITY;
  if (recovery.snapshot !== null) lastAt = fold.resume(recovery.snapshot.state as KeptStates);
  for (const record of recovery.records()) {
    fold.apply(record);
    lastAt = Math.max(lastAt, record.ts);
  }
  return { fold, lastAt };
}
