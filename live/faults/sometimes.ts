import { REJECT } from "#engine/model/order-terms.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import type { FindingNote } from "#engine/reconcile/reconcile-desk.ts";
import { agedHeldIn } from "#live/faults/checkers/aged-story.ts";
import type { Checker } from "#live/faults/checkers/checker.ts";
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

const FILLS: ReadonlySet<string> = new Set(["orderPartiallyFilled", "orderFilled"]);
const FOUND: ReadonlySet<string> = new Set([...FILLS, "orderAccepted", "orderFoundOpen"]);

/** Follows a run like a checker and tells each situation as it comes up. */
export function watchSometimes(run: RunView, tell: (name: Sometimes) => void): Checker {
  /** Place requests that no port was asked for yet, by client id. */
  const unsent = new Map<string, number>();
  const filledAt = new Map<TargetView, number>();
  const lost = new Set<TargetView>();
  const aged = new Map<TargetView, readonly string[]>();
  let partial = new Set<string>();
  const onCrash = (): void => {
    const synced = run.simulation.program?.driver.journal?.syncedSeq ?? 0;
    if ([...unsent.values()].some((seq) => seq <= synced)) {
      tell("crash between durable attempt and send");
    }
    for (const states of aged.values()) {
      for (const state of states) {
        const name = SOMETIMES.find((one) => one === `crash in aged ${state}`);
        if (name !== undefined) tell(name);
      }
    }
    partial = new Set(run.targets.flatMap(partialOrders));
  };
  return {
    onRecord: (record) => {
      const { kind, target, requests, seq, orders } = record;
      if (kind === "started") lost.delete(target);
      for (const request of requests) {
        if (request.kind === "place") unsent.set(request.requestId, seq);
      }
      const held = agedHeldIn(record);
      if (held !== null)
        aged.set(
          target,
          held.map(({ status }) => status),
        );
      const newest = target.attempts.get(numberOf(record, "requestId", 0))?.at(-1) ?? "";
      const isBusy = numberOf(record, "reason", 0) === REJECT.venueBusy;
      if (kind === "orderRejected" && isBusy && unsent.has(newest)) {
        tell("order dropped before it left");
      }
      tellOrders(record, tell);
      for (const { after } of orders) {
        const isCancelled = after.status === STATUS.cancelled;
        if (isCancelled && partial.delete(`${target.key} ${after.requestId}`)) {
          tell("partial fill, then crash, then cancel");
        }
      }
      if (kind === "snapshot") tellCut(record, filledAt.get(target) ?? 0, tell);
      if (FILLS.has(kind)) filledAt.set(target, record.at);
      if (kind === "connectionRestored") lost.delete(target);
      if (kind !== "connectionLost" && kind !== "snapshotFailed") return;
      lost.add(target);
      if (lost.size > 1) tell("two targets failing at once");
    },
    onAsk: ({ ask }) => {
      if (ask.kind === "place") unsent.delete(ask.clientId);
    },
    onLifeEnd: () => {
      if (run.simulation.lives.at(-1)?.kind === "crashed") onCrash();
      unsent.clear();
    },
  };
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
    if (FILLS.has(kind) && before.lookups === 0) {
      tell("answer lost after accept, then fill before look-up");
    }
    // Look-ups tell without the venue's time of the news.
    const isLate = kind === "orderAccepted" && numberOf(record, "asOf", 0) > 0;
    if (isLate) tell("retry scheduled, then late ack");
    if (FOUND.has(kind) && at > before.fenceAt) tell("fence passed, order found after all");
  }
}

function tellCut(record: SeenRecord, filledAt: number, tell: (name: Sometimes) => void): void {
  const { beganAt } = record.event["snapshot"] as unknown as { readonly beganAt: number };
  if (beganAt <= filledAt) tell("cut older than a fill");
  const raised = new Set(
    (record.step?.notes ?? [])
      .filter((note): note is FindingNote => "kind" in note && note.kind === "raised")
      .map(({ class: name }) => name),
  );
  if (raised.has("orphanPosition") && raised.has("ghostPosition")) {
    tell("orphan and ghost in one cycle");
  }
}
