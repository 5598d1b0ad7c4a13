import type { Instrument } from "#engine/model/instrument.ts";
import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import type {
  PositionSlot,
  VenueOrder,
  VenuePosition,
  VenueSnapshot,
} from "#engine/model/venue-snapshot.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import type { ReconcileClass } from "./classes.ts";
import { type Finding, positionKey } from "./findings.ts";
import { type InFlight, isExplained, isStuck, reachOf } from "./in-flight.ts";
import { entryDiffers } from "./is-same.ts";
import {
  isUnresolved,
  type LocalBooks,
  type LocalOrder,
  type LocalProtection,
} from "./local-books.ts";
import { protectionState } from "./protection-rests.ts";

/** Appends what is found about positions. Linear in the places, positions and orders. */
export function diffPositions(
  books: LocalBooks,
  cut: VenueSnapshot,
  inFlight: InFlight,
  findings: Finding[],
): void {
  const rowOf = new Int32Array(books.size);
  for (let row = 0; row < cut.positions.length; row++) {
    const position = cut.positions[row] as VenuePosition;
    if (position.index >= 0) rowOf[position.index] = row + 1;
    else addForeign(books, position, findings);
  }
  let resting: ReadonlyMap<number, VenueOrder> | null = null;
  for (let index = 0; index < books.size; index++) {
    const row = rowOf[index] as number;
    const position = row === 0 ? null : (cut.positions[row - 1] as VenuePosition);
    const here = books.qtyLots(index);
    if (here === 0 && position === null) continue;
    const isEqual =
      position !== null &&
      position.qtyLots === here &&
      !entryDiffers(books, index, position.entryPrice);
    if (!isEqual) {
      const kind = classOfDifference(books, index, here, position, inFlight);
      add(findings, kind, books, index, position, contentOf(books, index, here, position));
      continue;
    }
    const wanted = books.protection(index);
    if (wanted === null) continue;
    resting ??= ordersById(cut);
    const state = protectionClass(books, index, here, wanted, resting, inFlight, cut.beganAt);
    if (state === "match") continue;
    const content = `${contentOf(books, index, here, position)}, ${protectionText(wanted, resting)}`;
    add(findings, state, books, index, position, content);
  }
}

/** The class of two sides that differ, in the order of `PRECEDENCE.position`. */
function classOfDifference(
  books: LocalBooks,
  index: number,
  here: number,
  position: VenuePosition | null,
  inFlight: InFlight,
): ReconcileClass {
  const there = position === null ? 0 : position.qtyLots;
  const fills = inFlight.newerFills(index);
  if (here === there) {
    // Only the entry price differs: fills that the cut does not have yet move it.
    return fills.length > 0 ? "inFlight" : "sizeDrift";
  }
  const reach = reachOf(books, index, inFlight, "without");
  if (isExplained(here, there, reach, fills)) return "inFlight";
  if (books.working(index).some((order) => isStuck(order, inFlight))) {
    const all = reachOf(books, index, inFlight, "with");
    if (isExplained(here, there, all, fills)) return "stuckUnknown";
  }
  if (here === 0 && position !== null) {
    return isDust(position, books.instrument(index)) ? "dust" : "orphanPosition";
  }
  if (there === 0) return "ghostPosition";
  return here > 0 === there > 0 ? "sizeDrift" : "sideFlip";
}

function addForeign(books: LocalBooks, position: VenuePosition, findings: Finding[]): void {
  const { symbol, slot, qty, entryPrice } = position;
  findings.push({
    subject: "position",
    class: isDust(position, books.instrumentOf(symbol)) ? "dust" : "orphanPosition",
    key: positionKey(symbol, slot),
    index: -1,
    symbol,
    slot,
    position,
    content: `0 here, ${qty} of ${entryPrice} there`,
  });
}

/** Whether the venue would refuse to close it for its size; not when nobody has told the minimum. */
function isDust(position: VenuePosition, instrument: Instrument | null): boolean {
  if (instrument === null) return false;
  const qty = Math.abs(position.qty);
  const { markPrice, entryPrice } = position;
  const price = markPrice === markPrice ? markPrice : entryPrice;
  return qty < instrument.minQty || qty * price < instrument.minNotional;
}

/** The class of a position on which both sides agree. */
function protectionClass(
  books: LocalBooks,
  index: number,
  held: number,
  wanted: LocalProtection,
  resting: ReadonlyMap<number, VenueOrder>,
  inFlight: InFlight,
  beganAt: number,
): "missingProtection" | "staleProtection" | "inFlight" | "stuckUnknown" | "match" {
  const stop = resting.get(wanted.stopRequestId);
  const target = resting.get(wanted.targetRequestId);
  const state = protectionState(wanted, held, stop, target);
  if (state === "match") return state;
  let isLate = books.lastActivityAt(index) >= beganAt;
  for (const requestId of [wanted.stopRequestId, wanted.targetRequestId]) {
    const order = requestId < 0 ? undefined : books.find(requestId);
    if (order === undefined || !isUnresolved(order)) continue;
    if (isStuck(order, inFlight)) return "stuckUnknown";
    isLate = true;
  }
  // What closes at the market and has not met a price yet, on its way or in a gap of the market, is on its way out.
  const there = [...resting.values()].filter((order) => order.index === index);
  const here = books.working(index).filter(({ status }) => status !== STATUS.unknown);
  if (isClosedBy(there, held) || isClosedBy(here, held)) return "inFlight";
  if (isLate) return "inFlight";
  return state === "missing" ? "missingProtection" : "staleProtection";
}

/** Whether market orders that only reduce take all of a position. */
function isClosedBy(orders: readonly (VenueOrder | LocalOrder)[], held: number): boolean {
  let closing = 0;
  for (const { type, reduceOnly, side, qtyLots, filledLots } of orders) {
    if (type === ORDER_TYPE.market && reduceOnly && side * held < 0)
      closing += qtyLots - filledLots;
  }
  return closing >= Math.abs(held);
}

function ordersById(cut: VenueSnapshot): ReadonlyMap<number, VenueOrder> {
  const orders = new Map<number, VenueOrder>();
  for (const order of cut.orders) if (order.requestId >= 0) orders.set(order.requestId, order);
  return orders;
}

function protectionText(wanted: LocalProtection, resting: ReadonlyMap<number, VenueOrder>): string {
  const stop = ofOrder(resting.get(wanted.stopRequestId));
  const target = ofOrder(resting.get(wanted.targetRequestId));
  const { stopLots, stopTicks, targetLots, targetTicks } = wanted;
  return `stop ${stopLots} at ${stopTicks} rests as ${stop}, target ${targetLots} at ${targetTicks} as ${target}`;
}

function ofOrder(order: VenueOrder | undefined): string {
  if (order === undefined) return "none";
  const { qtyLots, filledLots, priceTicks, triggerTicks } = order;
  return `${qtyLots - filledLots} at ${priceTicks} trigger ${triggerTicks}`;
}

function contentOf(
  books: LocalBooks,
  index: number,
  here: number,
  position: VenuePosition | null,
): string {
  const local = here === 0 ? "0" : `${here} of ${books.entryPrice(index)}`;
  const there = position === null ? "0" : `${position.qtyLots} of ${position.entryPrice}`;
  return `${local} here, ${there} there`;
}

function add(
  findings: Finding[],
  kind: ReconcileClass,
  books: LocalBooks,
  index: number,
  position: VenuePosition | null,
  content: string,
): void {
  const slot: PositionSlot = books.slot(index);
  const { symbol } = books.instrument(index);
  findings.push({
    subject: "position",
    class: kind,
    key: positionKey(symbol, slot),
    index,
    symbol,
    slot,
    position,
    content,
  });
}
