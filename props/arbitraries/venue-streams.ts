import * as fc from "fast-check";

/** An order as the venue took it, and what truly became of it. */
export interface StreamOrder {
  readonly id: number;
  readonly lots: number;
  /** Sizes of its executions, oldest first. */
  readonly fills: readonly number[];
  /** How it ended; `open`: it still rests. A cancel that lost its race ends as filled. */
  readonly end: "open" | "filled" | "cancelled" | "expired" | "rejected";
  /** Whether a cancel was asked for, whatever came of it. */
  readonly isCancelAsked: boolean;
}

/** One message of a venue. The same event that is told again bears the same number. */
export interface StreamEvent {
  readonly order: number;
  readonly kind: "accepted" | "rejected" | "executed" | "cancelled" | "expired" | "cancelRejected";
  /** Executed: unique per execution; otherwise −1. */
  readonly executionId: number;
  /** Executed: of this execution. */
  readonly lots: number;
  /** Place in the venue's own history, from 0. */
  readonly asOf: number;
}

/** A true history, and how its news arrive. */
export interface VenueStream {
  readonly orders: readonly StreamOrder[];
  /** Each event once, in the venue's order. */
  readonly history: readonly StreamEvent[];
  /** As a client hears it: reordered, some of it twice. */
  readonly arrivals: readonly StreamEvent[];
}

export interface StreamTerms {
  /** Orders at most; default 5. */
  readonly maxOrders?: number | undefined;
  /** News at most that are told again; default 5. */
  readonly maxDuplicates?: number | undefined;
  /** How many places a message may come too late; default 6, 0 keeps the venue's order. */
  readonly maxDelay?: number | undefined;
}

const LOTS_MAX = 100;
const PARTS_MAX = 4;

interface OrderDraft {
  readonly lots: number;
  /** Shares of the size, each cut off what is left. */
  readonly parts: readonly number[];
  readonly fate: "rests" | "fills" | "cancelled" | "expires" | "rejected";
  readonly isRaced: boolean;
}

/** Resting is the plainest fate, a fill the next: orders shrink to those. */
const draft: fc.Arbitrary<OrderDraft> = fc.record({
  lots: fc.integer({ min: 1, max: LOTS_MAX }),
  parts: fc.array(fc.integer({ min: 1, max: LOTS_MAX }), { maxLength: PARTS_MAX }),
  fate: fc.constantFrom("rests", "fills", "cancelled", "cancelled", "expires", "rejected"),
  isRaced: fc.boolean(),
});

/**
 * News of orders and executions as a venue's streams bring them: acceptances that come after the fills, executions
 * twice and in any order, fills that are told after the cancel, cancels that lost their race. All of it agrees with one
 * true history, in which no order is filled beyond its size and nothing follows its end.
 */
export function venueStreams(terms: StreamTerms = {}): fc.Arbitrary<VenueStream> {
  const { maxOrders = 5, maxDuplicates = 5, maxDelay = 6 } = terms;
  return fc
    .record({
      drafts: fc.array(draft, { minLength: 1, maxLength: maxOrders }),
      /** Which order goes on next in the venue's history. */
      turns: fc.infiniteStream(fc.nat(LOTS_MAX)),
      delays: fc.infiniteStream(fc.nat(maxDelay)),
      duplicates: fc.array(fc.tuple(fc.nat(LOTS_MAX), fc.nat(2 * maxDelay)), {
        maxLength: maxDuplicates,
      }),
    })
    .map(({ drafts, turns, delays, duplicates }) => {
      const orders = drafts.map(orderOf);
      const history = woven(orders, turns);
      const late = history.map((event) => ({ event, at: event.asOf + next(delays) }));
      for (const [which, delay] of duplicates) {
        const event = history[which % history.length] as StreamEvent;
        late.push({ event, at: event.asOf + delay });
      }
      late.sort((a, b) => a.at - b.at || a.event.asOf - b.event.asOf);
      return { orders, history, arrivals: late.map(({ event }) => event) };
    });
}

function orderOf({ lots, parts, fate, isRaced }: OrderDraft, id: number): StreamOrder {
  if (fate === "rejected") return { id, lots, fills: [], end: fate, isCancelAsked: false };
  const fills: number[] = [];
  let left = lots;
  for (const part of parts) {
    const size = Math.min(part, left);
    if (size > 0) fills.push(size);
    left -= size;
  }
  if (fate === "fills" && left > 0) {
    fills.push(left);
    left = 0;
  }
  // What is filled whole can end in no other way: the cancel comes too late.
  const end = left === 0 ? "filled" : ENDS[fate];
  return { id, lots, fills, end, isCancelAsked: end === "cancelled" || (isRaced && left === 0) };
}

const ENDS = {
  rests: "open",
  fills: "filled",
  cancelled: "cancelled",
  expires: "expired",
} as const;

/** The news of every order in their own order, woven into one history. */
function woven(orders: readonly StreamOrder[], turns: Iterator<number>): readonly StreamEvent[] {
  let executionId = 0;
  const queues = orders.map((order) => newsOf(order, () => executionId++));
  const history: StreamEvent[] = [];
  for (;;) {
    const waiting = queues.filter((queue) => queue.length > 0);
    const queue = waiting[next(turns) % Math.max(1, waiting.length)];
    const event = queue?.shift();
    if (event === undefined) return history;
    history.push({ ...event, asOf: history.length });
  }
}

function newsOf(order: StreamOrder, executionId: () => number): Omit<StreamEvent, "asOf">[] {
  const { id, fills, end, isCancelAsked } = order;
  const plain = { order: id, executionId: -1, lots: 0 };
  if (end === "rejected") return [{ ...plain, kind: end }];
  const news: Omit<StreamEvent, "asOf">[] = [{ ...plain, kind: "accepted" }];
  for (const lots of fills) {
    news.push({ order: id, kind: "executed", executionId: executionId(), lots });
  }
  if (end === "cancelled" || end === "expired") news.push({ ...plain, kind: end });
  else if (isCancelAsked) news.push({ ...plain, kind: "cancelRejected" });
  return news;
}

function next(numbers: Iterator<number>): number {
  const { value, done } = numbers.next();
  return done === true ? 0 : value;
}

/** What a client must hold once it has heard everything, whatever came when and how often. */
export interface StreamState {
  readonly filledLots: number;
  readonly status: "open" | "filled" | "cancelled" | "expired" | "rejected";
}

/** The state of each order by its id, as the set of all news says it: the oracle for books of any kind. */
export function foldVenueStream(stream: VenueStream): ReadonlyMap<number, StreamState> {
  return new Map(
    stream.orders.map(({ id, fills, end }) => [
      id,
      { filledLots: fills.reduce((sum, lots) => sum + lots, 0), status: end },
    ]),
  );
}
