import type { VenueOrder, VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { needsPosition } from "#engine/orders/closes.ts";
import { isTerminal } from "#engine/orders/order-status.ts";
import type { ReconcileClass } from "./classes.ts";
import { type Finding, orderKey } from "./findings.ts";
import { type InFlight, isStuck } from "./in-flight.ts";
import { isUnresolved, type LocalBooks, type LocalOrder } from "./local-books.ts";
import { orderTermsDiffer } from "./order-terms-differ.ts";

/** Appends what is found about orders. Linear in the places, orders and positions. */
export function diffOrders(
  books: LocalBooks,
  cut: VenueSnapshot,
  inFlight: InFlight,
  findings: Finding[],
): void {
  const seen = new Set<number>();
  const held = new Set<number>();
  for (const { index } of cut.positions) held.add(index);
  for (const order of cut.orders) {
    if (order.requestId >= 0) seen.add(order.requestId);
    const kind = classOfThere(books, order, held, cut.beganAt, inFlight);
    if (kind !== "match" || hasOtherTerms(books, order)) {
      add(findings, kind, order, books.find(order.requestId));
    }
  }
  for (let index = 0; index < books.size; index++) {
    for (const order of books.working(index)) {
      if (seen.has(order.requestId)) continue;
      addMissing(findings, classOfHere(books, order, cut.beganAt, inFlight), books, order);
    }
  }
}

/** The class of an order that rests at the venue. */
function classOfThere(
  books: LocalBooks,
  order: VenueOrder,
  held: ReadonlySet<number>,
  beganAt: number,
  inFlight: InFlight,
): ReconcileClass {
  const { index, requestId, parentRequestId = -1 } = order;
  const isLate = index >= 0 && books.lastActivityAt(index) >= beganAt;
  const isFlat = index >= 0 && books.qtyLots(index) === 0 && !held.has(index);
  const hasNothingToClose = order.reduceOnly && isFlat;
  if (requestId < 0) {
    if (parentRequestId < 0) return "foreignOrder";
    if (!hasNothingToClose) return "match";
    return isLate ? "inFlight" : "orphanOrder";
  }
  const local = books.find(requestId);
  if (local === undefined || isTerminal(local.status)) return isLate ? "inFlight" : "orphanOrder";
  if (isUnresolved(local)) return isStuck(local, inFlight) ? "stuckUnknown" : "inFlight";
  if (hasNothingToClose && needsPosition(local)) return isLate ? "inFlight" : "orphanOrder";
  return isLate && orderTermsDiffer(local, order) ? "inFlight" : "match";
}

/** The class of an order that has not ended here and does not rest there; one that a look-up has found open is news. */
function classOfHere(
  books: LocalBooks,
  order: LocalOrder,
  beganAt: number,
  inFlight: InFlight,
): ReconcileClass {
  if (isUnresolved(order)) return isStuck(order, inFlight) ? "stuckUnknown" : "inFlight";
  if (books.lastActivityAt(order.symbol) >= beganAt) return "inFlight";
  return "missingOrder";
}

function hasOtherTerms(books: LocalBooks, order: VenueOrder): boolean {
  const local = order.requestId < 0 ? undefined : books.find(order.requestId);
  return local !== undefined && orderTermsDiffer(local, order);
}

function add(
  findings: Finding[],
  kind: ReconcileClass,
  order: VenueOrder,
  local: LocalOrder | undefined,
): void {
  const { index, symbol, requestId, venueOrderId } = order;
  const here = local === undefined ? "nothing" : textOf(local);
  findings.push({
    subject: "order",
    class: kind,
    key: orderKey(requestId, venueOrderId),
    index,
    symbol,
    requestId,
    order,
    content: `${here} here, ${textOf(order)} there`,
  });
}

function addMissing(
  findings: Finding[],
  kind: ReconcileClass,
  books: LocalBooks,
  order: LocalOrder,
): void {
  findings.push({
    subject: "order",
    class: kind,
    key: orderKey(order.requestId, ""),
    index: order.symbol,
    symbol: books.instrument(order.symbol).symbol,
    requestId: order.requestId,
    order: null,
    content: `${textOf(order)} here, nothing there`,
  });
}

function textOf(
  order: Pick<LocalOrder, "qtyLots" | "filledLots" | "priceTicks" | "triggerTicks">,
): string {
  const { qtyLots, filledLots, priceTicks, triggerTicks } = order;
  return `${filledLots} of ${qtyLots} at ${priceTicks} trigger ${triggerTicks}`;
}
