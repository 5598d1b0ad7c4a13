import type { VenueOrder, VenuePosition } from "#engine/model/venue-snapshot.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import { PRECEDENCE, type ReconcileClass } from "#engine/reconcile/classes.ts";
import type { LocalOrder } from "#engine/reconcile/local-books.ts";
import { BEGAN_AT, type Pairing } from "./arbitraries.ts";

/**
 * The oracle of `diff`: one predicate for every class as the taxonomy words it, asked in the order of precedence.
 * Outcomes are tried one by one instead of reasoned about.
 */
type Predicates<Pair> = Readonly<Partial<Record<ReconcileClass, (pair: Pair) => boolean>>>;

function firstOf<Pair>(
  subject: keyof typeof PRECEDENCE,
  predicates: Predicates<Pair>,
  pair: Pair,
): ReconcileClass {
  for (const name of PRECEDENCE[subject]) if (predicates[name]?.(pair) === true) return name;
  throw new Error("A pair without a class");
}

const isLost = ({ status }: LocalOrder): boolean =>
  status === STATUS.sent || status === STATUS.amending || status === STATUS.unknown;

function isStuck(order: LocalOrder, { inFlight }: Pairing): boolean {
  return order.status === STATUS.unknown && inFlight.now - order.fenceAt > inFlight.stuckGraceMs;
}

/** Every size that the venue may have, by trying each subset of fills and each outcome in each order. */
function reachable(pairing: Pairing, index: number, withStuck: boolean): ReadonlySet<number> {
  const { books, inFlight } = pairing;
  let bases = new Set([books.qtyLots(index)]);
  for (const lots of inFlight.newerFills(index)) {
    bases = new Set([...bases].flatMap((base) => [base, base - lots]));
  }
  const intents = books
    .working(index)
    .filter((order) => isLost(order) && (withStuck || !isStuck(order, pairing)));
  const sizes = new Set<number>();
  for (const base of bases) tryAll(base, intents, sizes);
  return sizes;
}

function tryAll(size: number, intents: readonly LocalOrder[], sizes: Set<number>): void {
  sizes.add(size);
  intents.forEach((intent, at) => {
    const rest = intents.filter((_, other) => other !== at);
    for (let lots = 0; lots <= intent.qtyLots - intent.filledLots; lots++) {
      const after = size + intent.side * lots;
      const flips = intent.reduceOnly && lots > 0 && (size * intent.side >= 0 || after * size < 0);
      if (!flips) tryAll(after, rest, sizes);
    }
  });
}

interface PositionPair {
  readonly pairing: Pairing;
  readonly index: number;
  readonly there: VenuePosition | undefined;
}

const hereOf = ({ pairing, index }: PositionPair): number =>
  index < 0 ? 0 : pairing.books.qtyLots(index);
const thereOf = ({ index, there }: PositionPair): number => {
  if (there === undefined) return 0;
  return index < 0 ? there.qty : there.qtyLots;
};

function isEntryApart({ pairing, index, there }: PositionPair): boolean {
  return there !== undefined && Math.abs(there.entryPrice - pairing.books.entryPrice(index)) > 0.5;
}

function isEqual(pair: PositionPair): boolean {
  return hereOf(pair) === thereOf(pair) && (hereOf(pair) === 0 || !isEntryApart(pair));
}

function stopOf({ pairing, index }: PositionPair): "none" | "rests" | "missing" | "stale" {
  const { books, cut } = pairing;
  const wanted = index < 0 ? null : books.protection(index);
  if (wanted === null) return "none";
  const order = cut.orders.find(
    ({ requestId }) => requestId >= 0 && requestId === wanted.stopRequestId,
  );
  if (order === undefined) return "missing";
  const fits =
    order.reduceOnly &&
    order.side === (books.qtyLots(index) > 0 ? -1 : 1) &&
    order.triggerTicks === wanted.stopTicks &&
    order.qtyLots >= wanted.stopLots;
  return fits ? "rests" : "stale";
}

function stopOrder({ pairing, index }: PositionPair): LocalOrder | undefined {
  const wanted = pairing.books.protection(index);
  return wanted === null ? undefined : pairing.books.find(wanted.stopRequestId);
}

function needsStop(pair: PositionPair): boolean {
  const state = stopOf(pair);
  return isEqual(pair) && (state === "missing" || state === "stale");
}

const POSITION: Predicates<PositionPair> = {
  inFlight: (pair) => {
    const { pairing, index } = pair;
    if (index < 0) return false;
    if (needsStop(pair)) {
      const stop = stopOrder(pair);
      if (stop !== undefined && isLost(stop)) return !isStuck(stop, pairing);
      return pairing.books.lastActivityAt(index) >= BEGAN_AT;
    }
    if (isEqual(pair)) return false;
    if (hereOf(pair) === thereOf(pair)) return pairing.inFlight.newerFills(index).length > 0;
    return reachable(pairing, index, false).has(thereOf(pair));
  },
  stuckUnknown: (pair) => {
    const { pairing, index } = pair;
    if (index < 0 || isEqual(pair)) {
      const stop = needsStop(pair) ? stopOrder(pair) : undefined;
      return stop !== undefined && isStuck(stop, pairing);
    }
    if (hereOf(pair) === thereOf(pair)) return false;
    return reachable(pairing, index, true).has(thereOf(pair));
  },
  // Every instrument of the model has a minimum of 1 base unit.
  dust: (pair) => hereOf(pair) === 0 && pair.there !== undefined && Math.abs(pair.there.qty) < 1,
  orphanPosition: (pair) => hereOf(pair) === 0 && thereOf(pair) !== 0,
  ghostPosition: (pair) => hereOf(pair) !== 0 && thereOf(pair) === 0,
  sideFlip: (pair) => hereOf(pair) * thereOf(pair) < 0,
  sizeDrift: (pair) => !isEqual(pair),
  missingProtection: (pair) => stopOf(pair) === "missing",
  staleProtection: (pair) => stopOf(pair) === "stale",
  match: () => true,
};

interface OrderPair {
  readonly pairing: Pairing;
  readonly here: LocalOrder | undefined;
  readonly there: VenueOrder | undefined;
}

const indexOf = ({ here, there }: OrderPair): number => there?.index ?? here?.symbol ?? -1;
const isOpenHere = ({ here }: OrderPair): boolean => here !== undefined && !isTerminal(here.status);
const isLate = (pair: OrderPair): boolean => {
  const index = indexOf(pair);
  return index >= 0 && pair.pairing.books.lastActivityAt(index) >= BEGAN_AT;
};
const isOurs = ({ there }: OrderPair): boolean =>
  there === undefined || there.requestId >= 0 || (there.parentRequestId ?? -1) >= 0;

export function hasOtherTerms({ here, there }: OrderPair): boolean {
  if (here === undefined || there === undefined) return false;
  return here.qtyLots !== there.qtyLots || here.triggerTicks !== there.triggerTicks;
}

function isWithoutPosition(pair: OrderPair): boolean {
  const { pairing, there } = pair;
  const index = indexOf(pair);
  if (there === undefined || !there.reduceOnly || index < 0) return false;
  const isHeld = pairing.cut.positions.some((position) => position.index === index);
  return !isHeld && pairing.books.qtyLots(index) === 0;
}

const ORDER: Predicates<OrderPair> = {
  inFlight: (pair) => {
    const { here, pairing } = pair;
    if (here !== undefined && isLost(here)) return !isStuck(here, pairing);
    const differs =
      ORDER.missingOrder?.(pair) ||
      ORDER.orphanOrder?.(pair) ||
      (isOpenHere(pair) && hasOtherTerms(pair));
    return differs === true && isLate(pair);
  },
  stuckUnknown: ({ here, pairing }) => here !== undefined && isStuck(here, pairing),
  missingOrder: (pair) => isOpenHere(pair) && pair.there === undefined,
  orphanOrder: (pair) => {
    if (pair.there === undefined || !isOurs(pair)) return false;
    return (pair.there.requestId >= 0 && !isOpenHere(pair)) || isWithoutPosition(pair);
  },
  foreignOrder: (pair) => !isOurs(pair),
  match: () => true,
};

/** The class of every pair by its key. */
export function classifySlowly(pairing: Pairing): ReadonlyMap<string, ReconcileClass> {
  const { books, cut } = pairing;
  const classes = new Map<string, ReconcileClass>();
  const indexes = [...Array.from({ length: books.size }, (_, index) => index), -1];
  for (const index of indexes) {
    const there = cut.positions.find((position) => position.index === index);
    if (index < 0 && there === undefined) continue;
    const symbol = index < 0 ? (there?.symbol ?? "") : books.instrument(index).symbol;
    const slot = index < 0 ? "net" : books.slot(index);
    classes.set(
      `position ${symbol} ${slot}`,
      firstOf("position", POSITION, { pairing, index, there }),
    );
  }
  const ids = new Set([
    ...[...books.orders.values()].filter((o) => !isTerminal(o.status)).map((o) => o.requestId),
    ...cut.orders.map(({ requestId }) => requestId),
  ]);
  ids.delete(-1);
  for (const requestId of ids) {
    const here = books.find(requestId);
    const there = cut.orders.find((order) => order.requestId === requestId);
    classes.set(`order ${requestId}`, firstOf("order", ORDER, { pairing, here, there }));
  }
  for (const there of cut.orders.filter(({ requestId }) => requestId < 0)) {
    const pair = { pairing, here: undefined, there };
    classes.set(`order at venue ${there.venueOrderId}`, firstOf("order", ORDER, pair));
  }
  classifyAccount(pairing, classes);
  return classes;
}

function classifyAccount({ books, cut }: Pairing, classes: Map<string, ReconcileClass>): void {
  const moving = ["inFlight", "stuckUnknown", "ghostPosition", "sideFlip", "sizeDrift"];
  const isMoving =
    books.lastMoneyAt >= BEGAN_AT ||
    [...books.orders.values()].some(isLost) ||
    [...classes.values()].some((found) => moving.includes(found));
  const wallet: Predicates<number> = {
    inFlight: (apart) => apart > 0.01 && isMoving,
    balanceDrift: (apart) => apart > 0.01,
    match: () => true,
  };
  classes.set("wallet", firstOf("account", wallet, Math.abs(cut.wallet - books.wallet)));
  for (const { index, leverage } of cut.settings) {
    const isLater = books.lastActivityAt(index) >= BEGAN_AT;
    const settings: Predicates<number> = {
      inFlight: (there) => there === 5 && isLater,
      settingsDrift: (there) => there === 5,
      match: () => true,
    };
    const key = `settings ${books.instrument(index).symbol} ${books.slot(index)}`;
    classes.set(key, firstOf("account", settings, leverage));
  }
}
