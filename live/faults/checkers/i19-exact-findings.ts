import { must } from "#engine/assert.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import type { RowChange } from "#engine/reconcile/active-positions.ts";
import { positionKey } from "#engine/reconcile/findings.ts";
import type { FindingNote } from "#engine/reconcile/reconcile-desk.ts";
import type { CheckerTerms } from "./checker.ts";
import type { TargetView } from "./target-view.ts";

/**
 * I19: a finding is raised once and cleared once, a ghost or an orphan never while one order of unknown outcome would
 * explain all of it; at quiet exactly those positions are raised on which both sides differ.
 */
export const exactFindings: CheckerTerms = {
  invariant: "I19",
  make: (run, tell) => {
    const open = new Map<string, FindingNote>();
    return {
      onRecord: ({ target, step }) => {
        for (const note of step?.notes ?? []) {
          if (!isFinding(note)) continue;
          const key = `${target.key} ${note.key}`;
          const isOpen = open.has(key);
          if (isOpen === (note.kind === "raised")) {
            tell(`"${note.key}" is raised and cleared in turn: it is ${note.kind} again`);
          }
          if (note.kind === "raised") open.set(key, note);
          else open.delete(key);
          if (note.kind === "raised" && note.index >= 0) judgeExplained(target, note, tell);
        }
      },
      atQuiet: () => {
        for (const target of run.targets) compare(target, open, tell);
      },
    };
  },
};

const POSITIONS: ReadonlySet<string> = new Set(["ghostPosition", "orphanPosition", "sizeDrift"]);

function judgeExplained(
  target: TargetView,
  { class: name, index, key }: FindingNote,
  tell: (message: string) => void,
): void {
  if (!POSITIONS.has(name)) return;
  const missing = target.trueLots(index) - (target.lots[index] ?? 0);
  for (const order of target.orders.values()) {
    if (order.symbol !== index || order.status !== STATUS.unknown || order.reduceOnly) continue;
    if (order.side * missing !== order.qtyLots - order.filledLots) continue;
    tell(`What an order may have done is no ${name}: ${key}, order ${order.requestId}`);
  }
}

function isFinding(note: FindingNote | RowChange): note is FindingNote {
  return "kind" in note;
}

function compare(
  target: TargetView,
  open: ReadonlyMap<string, FindingNote>,
  tell: (message: string) => void,
): void {
  const engine = must(target.engine, "The program runs");
  const { matcher } = target.world.server;
  for (const place of matcher.slots) {
    const { symbol, slot, sim } = place;
    const index = target.indexOf(symbol, slot);
    const { qtyLots, qty } = sim.position;
    const here = index < 0 ? 0 : (engine.ledger.positions[index]?.qtyLots ?? 0);
    const finding = open.get(`${target.key} ${positionKey(symbol, slot)}`);
    const isDust = here === 0 && isTooSmall(qty, matcher.priceOf(place), sim.instrument);
    const what = `${target.key} ${positionKey(symbol, slot)}: ${qtyLots} there, ${here} here`;
    const isProtection = finding?.class.endsWith("Protection") === true;
    if (qtyLots === here && finding !== undefined && !isProtection) {
      tell(`A finding is cleared once both sides agree: "${finding.class}" of ${what}`);
    }
    if (qtyLots !== here && finding === undefined && !isDust) {
      tell(`A difference is raised: nothing is of ${what}`);
    }
    const known = engine.reconcile?.openFindings.some(
      ({ key }) => key === positionKey(symbol, slot),
    );
    if (known !== (finding !== undefined)) tell(`What is raised is told: ${what}`);
  }
}

/** What the venue lets nobody close by itself is told as dust and not raised. */
function isTooSmall(qty: number, price: number, { minQty, minNotional }: Instrument): boolean {
  return Math.abs(qty) < minQty || Math.abs(qty) * price < minNotional;
}
