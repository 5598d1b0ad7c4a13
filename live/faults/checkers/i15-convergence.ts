import { must } from "#engine/assert.ts";
import { fromUnits } from "#engine/model/grid.ts";
import { isResting, statusName } from "#engine/orders/order-status.ts";
import type { ActivePosition } from "#engine/reconcile/active-positions.ts";
import { positionKey } from "#engine/reconcile/findings.ts";
import type { VenueSlot } from "#live/faults/world/venue-matcher.ts";
import type { CheckerTerms, Tell } from "./checker.ts";
import type { TargetView } from "./target-view.ts";

/**
 * I15: at quiet the mirror has the venue's positions by key, size exact and entry within a tick, those that nobody here
 * trades too; the books have those of the keys that are traded, but for a position that is shown as untracked, which
 * the policy leaves to its owner; and what works here rests there, and the other way round.
 */
export const convergence: CheckerTerms = {
  invariant: "I15",
  make: (run, tell) => ({
    atQuiet: () => {
      for (const target of run.targets) {
        comparePositions(target, tell);
        compareOrders(target, tell);
      }
    },
  }),
};

export function rowsOf(target: TargetView): ReadonlyMap<string, ActivePosition> {
  const { reconcile } = must(target.engine, "The program runs");
  return new Map(
    (reconcile?.positions() ?? []).map((row) => [positionKey(row.symbol, row.slot), row]),
  );
}

function comparePositions(target: TargetView, tell: Tell): void {
  const rows = rowsOf(target);
  const engine = must(target.engine, "The program runs");
  const seen = new Set<string>();
  for (const place of target.world.server.matcher.slots) {
    const { symbol, slot, sim } = place;
    const key = positionKey(symbol, slot);
    seen.add(key);
    const row = rows.get(key);
    compareRow(target, place, row, tell);
    const index = target.indexOf(symbol, slot);
    if (index < 0) continue;
    const there = sim.position.qtyLots;
    const here = must(engine.ledger.positions[index], "An index has a position").qtyLots;
    const isLeft = row?.isUntracked === true && here === 0;
    if (here !== there && !isLeft) {
      tell(`The books of ${target.key} have ${there} lots as ${key}: they have ${here}`);
    }
  }
  for (const key of rows.keys()) {
    if (!seen.has(key)) tell(`The mirror of ${target.key} has what the venue has: not ${key}`);
  }
}

function compareRow(
  target: TargetView,
  { symbol, slot, sim }: VenueSlot,
  row: ActivePosition | undefined,
  tell: Tell,
): void {
  const { qty, entryPrice } = sim.position;
  const signed = row === undefined ? 0 : row.side === "long" ? row.size : -row.size;
  const what = `${target.key} ${positionKey(symbol, slot)}`;
  if (Math.abs(signed - qty) > 1e-9 * Math.abs(qty)) {
    tell(`The mirror has ${qty} as ${what}: it has ${signed}`);
    return;
  }
  if (row === undefined || qty === 0) return;
  const tick = fromUnits(target.instrumentOf(symbol).tick, 1);
  const entry = row.entryPrice ?? Number.NaN;
  if (!(Math.abs(entry - entryPrice) <= tick)) {
    tell(`The mirror has the entry ${entryPrice} of ${what}: it has ${entry}`);
  }
}

function compareOrders(target: TargetView, tell: Tell): void {
  const engine = must(target.engine, "The program runs");
  const ours = new Set<string>();
  for (let index = 0; index < target.slots.length; index++) {
    for (const { requestId, status } of engine.orderManager.store.working(index)) {
      const clientId = target.attempts.get(requestId)?.at(-1) ?? "";
      const there = target.trueOrder(clientId);
      ours.add(clientId);
      const what = `order ${requestId} of ${target.key} ("${clientId}", ${statusName(status)})`;
      if (!isResting(status)) tell(`At quiet nothing is under way: ${what} is`);
      else if (there?.isLive !== true) {
        tell(`What works here rests there: ${what} is ${there?.status ?? "nowhere"}`);
      }
    }
  }
  for (const order of target.world.server.books.orders) {
    const { clientId, origin } = order.terms;
    if (!order.isLive || origin !== "client" || ours.has(clientId)) continue;
    tell(`What rests there works here: "${clientId}" of ${target.key} is ${order.status} there`);
  }
}
