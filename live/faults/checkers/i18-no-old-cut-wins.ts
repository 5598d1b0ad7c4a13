import { isTerminal } from "#engine/orders/order-status.ts";
import { RECONCILER_DEFAULTS } from "#engine/reconcile/reconciler-config.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { CheckerTerms, Tell } from "./checker.ts";
import type { SeenRecord } from "./seen-record.ts";
import type { TargetView } from "./target-view.ts";

/** The part of a cut that is compared. */
interface Cut {
  readonly beganAt: number;
  /** Signed lots by index. */
  readonly lots: ReadonlyMap<number, number>;
  /** Working orders of ours. */
  readonly orders: ReadonlySet<number>;
}

/** A cut with what was known when it was compared. */
interface Compared extends Cut {
  readonly activeAt: ReadonlyMap<number, number>;
  readonly held: ReadonlyMap<number, number>;
}

interface Story {
  /** The engine's time of the last request or execution by index. */
  readonly activeAt: Map<number, number>;
  /** Signed lots in the books by index. */
  readonly held: Map<number, number>;
  last: Compared | null;
}

/**
 * I18: what a cut takes off the books without executions, and each order that it ends, was so in the cut before as well:
 * the same here and the same there, each cut begun after the activity that was known then, and the second by the grace
 * time after all of it. A request between the two does not begin anew: on a busy symbol nothing would ever be found.
 */
export const noOldCutWins: CheckerTerms = {
  invariant: "I18",
  make: (run, tell) => {
    const stories = new Map<TargetView, Story>(
      run.targets.map((target) => [target, { activeAt: new Map(), held: new Map(), last: null }]),
    );
    return {
      onRecord: (record) => {
        const story = stories.get(record.target) as Story;
        if (record.kind === "snapshot") {
          const cut = cutOf(record);
          judge(record, cut, story, tell);
          // One that was not whole, or too old, says nothing.
          if (isApplied(record, cut)) story.last = compared(cut, story);
        }
        for (const index of touched(record)) story.activeAt.set(index, record.at);
        for (const { kind, values } of record.rows)
          if (kind === RECORD.ledger) story.held.set(values[2] as number, values[8] as number);
      },
    };
  },
};

function compared(cut: Cut, { activeAt, held }: Story): Compared {
  return { ...cut, activeAt: new Map(activeAt), held: new Map(held) };
}

function judge(record: SeenRecord, cut: Cut, story: Story, tell: Tell): void {
  const { activeAt, last } = story;
  const check = (what: string, index: number, agrees: (other: Cut) => boolean): void => {
    const since = activeAt.get(index) ?? Number.NEGATIVE_INFINITY;
    const isConfirmed =
      last !== null &&
      last.beganAt > (last.activeAt.get(index) ?? Number.NEGATIVE_INFINITY) &&
      last.held.get(index) === story.held.get(index) &&
      agrees(last);
    const isSettled = cut.beganAt - since >= RECONCILER_DEFAULTS.graceMs;
    if (isConfirmed && isSettled) return;
    tell(
      `Two cuts convict, after the last activity: ${what} was active at ${since}, the cuts began at ` +
        `${last?.beganAt ?? "never"} (${isConfirmed ? "agrees" : "does not agree"}) and ${cut.beganAt}`,
    );
  };
  for (const { kind, values } of record.rows) {
    if (kind !== RECORD.external || values[8] !== 1) continue;
    const index = values[2] as number;
    const there = cut.lots.get(index) ?? 0;
    check(`index ${index}`, index, (other) => (other.lots.get(index) ?? 0) === there);
  }
  for (const { before, after } of record.orders) {
    if (before === null || isTerminal(before.status) || !isTerminal(after.status)) continue;
    // An execution in the cut ends it as well.
    if (after.filledLots !== before.filledLots) continue;
    const { requestId, symbol } = after;
    check(`order ${requestId}`, symbol, (other) => !other.orders.has(requestId));
  }
}

function touched({ rows, requests, target }: SeenRecord): ReadonlySet<number> {
  const indexes = new Set<number>();
  for (const { kind, values } of rows) {
    const isActivity =
      kind === RECORD.fill || kind === RECORD.external || kind === RECORD.liquidation;
    if (isActivity) indexes.add(values[2] as number);
  }
  for (const { order, symbol } of requests) {
    const known = target.orders.get(order);
    if (known !== undefined) indexes.add(known.symbol);
    else target.slots.forEach((slot, index) => slot.symbol === symbol && indexes.add(index));
  }
  return indexes;
}

interface SaidCut {
  readonly beganAt: number;
  readonly positions: readonly { readonly index: number; readonly qtyLots: number }[];
  readonly orders: readonly { readonly requestId: number }[];
}

function isApplied({ step }: SeenRecord, { beganAt }: Cut): boolean {
  return step?.control?.reconcile?.lastBeganAt === beganAt;
}

function cutOf({ event }: SeenRecord): Cut {
  const { beganAt, positions, orders } = event["snapshot"] as unknown as SaidCut;
  return {
    beganAt,
    lots: new Map(positions.map(({ index, qtyLots }) => [index, qtyLots])),
    orders: new Set(orders.map(({ requestId }) => requestId)),
  };
}
