import { REJECT } from "#engine/model/order-terms.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import type { ReconcileClass } from "#engine/reconcile/classes.ts";
import { RECORD } from "#engine/records/record-log.ts";
import { agedHeldIn, agedRowsOf } from "#live/faults/checkers/aged-story.ts";
import type { Checker, SeenAnswer, SeenAsk } from "#live/faults/checkers/checker.ts";
import type { RunView } from "#live/faults/checkers/run-view.ts";
import { numberOf, type SeenRecord } from "#live/faults/checkers/seen-record.ts";
import type { TargetView } from "#live/faults/checkers/target-view.ts";
import { FAULT_CODES, type FaultCode } from "#live/faults/world/fault-codes.ts";

/** Situations that a batch of seeds must show: without them a rule that holds has not been tried. */
export const SOMETIMES = [
  "crash between durable attempt and send",
  "answer lost after accept, then fill before look-up",
  "retry scheduled, then late ack",
  "orphan and ghost in one cycle",
  "crash in aged detected",
  "crash in aged grace_pending",
  "crash in aged grace_active",
  "crash in aged progressive_active",
  "crash in aged error",
  "partial fill, then crash, then cancel",
  "cut older than a fill",
  "two targets failing at once",
  "fence passed, order found after all",
  "order dropped before it left",
] as const;
export type Sometimes = (typeof SOMETIMES)[number];

/** How often each situation came up in a run. */
export type SometimesCounts = Readonly<Record<Sometimes, number>>;

/** What is counted of one run. */
export interface RunCounters {
  readonly fired: Readonly<Partial<Record<FaultCode, number>>>;
  readonly sometimes: Readonly<Partial<Record<Sometimes, number>>>;
}

export function noCounts(): Record<Sometimes, number> {
  return Object.fromEntries(SOMETIMES.map((name) => [name, 0])) as Record<Sometimes, number>;
}

/** Faults that never struck and situations that never came up in all runs together. */
export function zeroCounters(batch: readonly RunCounters[]): readonly (FaultCode | Sometimes)[] {
  const codes = FAULT_CODES.filter((code) => batch.every(({ fired }) => (fired[code] ?? 0) === 0));
  const names = SOMETIMES.filter((name) =>
    batch.every(({ sometimes }) => (sometimes[name] ?? 0) === 0),
  );
  return [...codes, ...names];
}

/** Where a ledger row has the size of the position. */
const LOTS_AFTER = 8;

const FILLS: ReadonlySet<string> = new Set(["orderPartiallyFilled", "orderFilled"]);
const FOUND: ReadonlySet<string> = new Set([...FILLS, "orderAccepted", "orderFoundOpen"]);

/** Follows a run like a checker and tells each situation as it comes up. */
export function watchSometimes(run: RunView, tell: (name: Sometimes) => void): Checker {
  const watch = new SometimesWatch(run, tell);
  return {
    onRecord: (record) => watch.onRecord(record),
    onAsk: (asked) => watch.onAsk(asked),
    onAnswer: (answered) => watch.onAnswer(answered),
    onLifeEnd: () => watch.onLifeEnd(),
  };
}

class SometimesWatch {
  readonly #run: RunView;
  readonly #tell: (name: Sometimes) => void;
  /** Place requests that no port was asked for yet, by client id. */
  readonly #unsent = new Map<string, number>();
  readonly #filledAt = new Map<TargetView, number>();
  readonly #lost = new Set<TargetView>();
  /** Where aged positions stand, and where they stood within the last record of the account. */
  readonly #aged = new Map<TargetView, AgedStates>();
  /** Client ids of orders that were executed before anybody had answered. */
  readonly #filledUnanswered = new Set<string>();
  /** What cuts have raised, as `class key`. */
  readonly #raised = new Map<TargetView, ReadonlySet<string>>();
  #partial = new Set<string>();

  constructor(run: RunView, tell: (name: Sometimes) => void) {
    this.#run = run;
    this.#tell = tell;
  }

  onRecord(record: SeenRecord): void {
    const { kind, target, requests, seq } = record;
    for (const request of requests) {
      if (request.kind === "place") this.#unsent.set(request.requestId, seq);
    }
    const before = this.#aged.get(target)?.held ?? [];
    const held = agedHeldIn(record)?.map(({ status }) => status) ?? before;
    this.#aged.set(target, { held, passed: agedRowsOf(record).map(({ status }) => status) });
    const newest = target.attempts.get(numberOf(record, "requestId", 0))?.at(-1) ?? "";
    const isBusy = numberOf(record, "reason", 0) === REJECT.venueBusy;
    if (kind === "orderRejected" && isBusy && this.#unsent.has(newest)) {
      this.#tell("order dropped before it left");
    }
    tellOrders(record, this.#tell);
    this.#onOrders(record);
    if (kind === "snapshot") this.#onCut(record);
    if (FILLS.has(kind)) this.#filledAt.set(target, record.at);
    if (kind === "started" || kind === "connectionRestored") this.#lost.delete(target);
    if (kind !== "connectionLost" && kind !== "snapshotFailed") return;
    this.#lost.add(target);
    if (this.#lost.size > 1) this.#tell("two targets failing at once");
  }

  onAsk({ ask }: SeenAsk): void {
    if (ask.kind === "place") this.#unsent.delete(ask.clientId);
  }

  onAnswer({ ask, answer }: SeenAnswer): void {
    if (ask.kind !== "place" || answer.kind !== "unknown") return;
    if (this.#filledUnanswered.delete(ask.clientId))
      this.#tell("answer lost after accept, then fill before look-up");
  }

  onLifeEnd(): void {
    if (this.#run.simulation.lives.at(-1)?.kind === "crashed") this.#onCrash();
    this.#unsent.clear();
  }

  #onCrash(): void {
    const synced = this.#run.simulation.program?.driver.journal?.syncedSeq ?? 0;
    if ([...this.#unsent.values()].some((seq) => seq <= synced)) {
      this.#tell("crash between durable attempt and send");
    }
    for (const { held, passed } of this.#aged.values()) {
      for (const state of new Set([...held, ...passed])) {
        const name = SOMETIMES.find((one) => one === `crash in aged ${state}`);
        if (name !== undefined) this.#tell(name);
      }
    }
    this.#partial = new Set(this.#run.targets.flatMap(partialOrders));
  }

  #onOrders(record: SeenRecord): void {
    const { kind, target, orders } = record;
    const filled = FILLS.has(kind) ? unanswered(record) : null;
    if (filled?.isLost === true) this.#tell("answer lost after accept, then fill before look-up");
    else if (filled !== null) this.#filledUnanswered.add(filled.clientId);
    for (const { after } of orders) {
      const isCancelled = after.status === STATUS.cancelled;
      if (isCancelled && this.#partial.delete(`${target.key} ${after.requestId}`)) {
        this.#tell("partial fill, then crash, then cancel");
      }
    }
  }

  #onCut(record: SeenRecord): void {
    const { target, event } = record;
    const { beganAt } = event["snapshot"] as unknown as { readonly beganAt: number };
    if (beganAt <= (this.#filledAt.get(target) ?? 0)) this.#tell("cut older than a fill");
    const raised = raisedAfter(record, this.#raised.get(target) ?? new Set());
    this.#raised.set(target, raised);
    const has = (name: ReconcileClass): boolean =>
      [...raised].some((one) => one.startsWith(`${name} `));
    const isGhost = has("ghostPosition") || closesGhost(record);
    if (isGhost && has("orphanPosition")) this.#tell("orphan and ghost in one cycle");
  }
}

interface AgedStates {
  readonly held: readonly string[];
  readonly passed: readonly string[];
}

function partialOrders(target: TargetView): readonly string[] {
  const orders = [...target.orders.values()];
  return orders
    .filter(({ status, filledLots }) => !isTerminal(status) && filledLots > 0)
    .map(({ requestId }) => `${target.key} ${requestId}`);
}

function tellOrders(record: SeenRecord, tell: (name: Sometimes) => void): void {
  const { kind, orders, at } = record;
  for (const { before, after } of orders) {
    if (before?.status !== STATUS.unknown || before.isAccepted) continue;
    if (numberOf(record, "requestId", 0) !== after.requestId) continue;
    // Look-ups tell without the venue's time of the news.
    const isLate = kind === "orderAccepted" && numberOf(record, "asOf", 0) > 0;
    if (isLate) tell("retry scheduled, then late ack");
    if (FOUND.has(kind) && at > before.fenceAt) tell("fence passed, order found after all");
  }
}

/** Whether a cut brings the execution that somebody else has ended a position of ours with: it never gets to be raised. */
function closesGhost({ rows }: SeenRecord): boolean {
  return rows.some(({ kind }, at) => {
    // The row of the ledger follows that of its execution.
    const lotsAfter = rows[at + 1]?.values[LOTS_AFTER];
    return kind === RECORD.external && lotsAfter === 0;
  });
}

/** What a cut leaves raised, as `class key`. */
function raisedAfter({ step }: SeenRecord, before: ReadonlySet<string>): Set<string> {
  const after = new Set(before);
  for (const note of step?.notes ?? []) {
    if (!("kind" in note)) continue;
    const name = `${note.class} ${note.key}`;
    if (note.kind === "raised") after.add(name);
    else after.delete(name);
  }
  return after;
}

/** An order that executes before anybody has looked for it, and while its answer is lost or still to come; or null. */
function unanswered(record: SeenRecord): { clientId: string; isLost: boolean } | null {
  const requestId = numberOf(record, "requestId", 0);
  const before = record.orders.find(({ after }) => after.requestId === requestId)?.before ?? null;
  if (before === null || before.isAccepted || before.lookups > 0) return null;
  const isLost = before.status === STATUS.unknown;
  if (!isLost && before.status !== STATUS.sent) return null;
  return { clientId: record.target.attempts.get(requestId)?.at(-1) ?? "", isLost };
}
