import { CUT_KIND, cutReason } from "#data/journal/cut-record.ts";
import type { TargetKey } from "#engine/model/target.ts";
import type { ActivePosition } from "#engine/reconcile/active-positions.ts";
import type { TargetUse } from "#engine/reconcile/targets.ts";
import { type StartRecord, StepFold } from "#live/steps/fold-steps.ts";
import type { Step } from "#live/steps/step.ts";

/** What a journal keeps as a snapshot: the state of every account. */
export interface KeptStates {
  /** The engine's time, epoch ms. */
  readonly at: number;
  readonly targets: Readonly<Record<string, StartRecord>>;
}

/** A record of a journal, as far as the fold reads it. */
export interface FoldedRecord {
  readonly kind: string;
  readonly target: string | null;
  readonly data: unknown;
}

/** State of all accounts as the fold of a journal: of a snapshot and the records after it, or of all of them. */
export class JournalFold {
  readonly #targets = new Map<string, StepFold>();
  /** Why every account is to begin halted; null: no repair cut the journal. */
  #cut: string | null = null;
  /** Accounts that began since. */
  readonly #begunSinceCut = new Set<string>();

  /** Begins from a snapshot; returns its time. */
  resume({ at, targets }: KeptStates): number {
    for (const [key, kept] of Object.entries(targets)) this.#of(key).start(kept);
    return at;
  }

  apply({ kind, target, data }: FoldedRecord): void {
    if (target === null && kind === CUT_KIND) {
      this.#cut = cutReason(data);
      this.#begunSinceCut.clear();
    }
    if (target === null || kind === "data.anomaly") return;
    const fold = this.#of(target);
    if (kind === "started") {
      fold.start(data as StartRecord);
      this.#begunSinceCut.add(target);
    } else if (kind === "bound") {
      const { requestId, venueOrderId } = data as Bound;
      fold.bind(requestId, venueOrderId);
    } else if (kind === "banned") fold.ban((data as Ban).until);
    else fold.apply(data as Step);
  }

  stateOf(key: TargetKey): StartRecord | null {
    return this.#targets.get(key)?.result() ?? null;
  }

  /** Why an account is to begin halted: a repair took records away, and it has not begun since. */
  haltOf(key: TargetKey): string | null {
    return this.#begunSinceCut.has(key) ? null : this.#cut;
  }

  /** Where something of ours may still be open, whether or not it is to be run: sorted by key. */
  openUses(): Omit<TargetUse, "enabled"> {
    const kept = [...this.#targets].flatMap(([key, fold]) => {
      const result = fold.result();
      return result === null ? [] : [{ key, ...result }];
    });
    const keysOf = (isOpen: (one: StartRecord) => boolean): readonly string[] =>
      kept.filter(isOpen).map(({ key }) => key);
    return {
      notFlat: keysOf(
        ({ state, positions }) =>
          positions.length > 0 || state.symbols.some(({ books }) => books.qtyLots !== 0),
      ),
      openIntents: keysOf(({ state }) => state.orders.working.length > 0),
      aged: keysOf(({ state }) => (state.control.aged?.held ?? []).some(({ record }) => record)),
    };
  }

  /** Rows of `active_positions` of all accounts. */
  positions(): readonly ActivePosition[] {
    return [...this.#targets.values()].flatMap((fold) => fold.result()?.positions ?? []);
  }

  #of(key: string): StepFold {
    let fold = this.#targets.get(key);
    if (fold === undefined) {
      fold = new StepFold();
      this.#targets.set(key, fold);
    }
    return fold;
  }
}

interface Ban {
  readonly until: number;
}

interface Bound {
  readonly requestId: string;
  readonly venueOrderId: string;
}
