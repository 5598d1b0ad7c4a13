import { must } from "#engine/assert.ts";
import { type GateRequest, RequestGate } from "../request-gate.ts";
import { VENUE_LIMITS, type VenueLimits } from "../venue-limits.ts";

/** What somebody wants to ask, and how long it travels there and back, ms. */
export interface Wish {
  readonly at: number;
  readonly group: "place" | "amend" | "cancel" | "orders" | "price";
  readonly isClose: boolean;
  /** Number of the order that it is about. */
  readonly order: number;
  readonly wait: number;
  readonly up: number;
  readonly down: number;
}

export interface RunRequest extends GateRequest {
  readonly number: number;
  readonly wish: Wish;
}

/** One request that left. */
export interface Left {
  readonly request: RunRequest;
  readonly at: number;
  /** Those that still waited then, without it. */
  readonly waiting: readonly RunRequest[];
}

export interface GateRun {
  readonly left: readonly Left[];
  readonly dropped: readonly { readonly request: RunRequest; readonly at: number }[];
}

/** A small venue: windows that a few requests fill. */
export const SMALL: VenueLimits = {
  ...VENUE_LIMITS.bybit,
  windows: {
    ...VENUE_LIMITS.bybit.windows,
    "order/create": { limit: 4, ms: 1_000, closes: 2, lookups: 0, excess: "refused" },
    "order/amend": { limit: 3, ms: 1_000, closes: 1, lookups: 0, excess: "refused" },
    "order/cancel": { limit: 3, ms: 1_000, closes: 0, lookups: 0, excess: "refused" },
    "order/realtime": { limit: 3, ms: 1_000, closes: 0, lookups: 0, excess: "refused" },
    address: { limit: 12, ms: 5_000, closes: 3, lookups: 3, excess: "banned" },
  },
};

/** Lets everybody ask what they wish, ms by ms, at a venue whose answers take as long as the wishes say. */
export function runGate(wishes: readonly Wish[], limits: VenueLimits = SMALL): GateRun {
  const gate = new RequestGate<RunRequest>(limits);
  const left: Left[] = [];
  const dropped: { request: RunRequest; at: number }[] = [];
  const waiting = new Set<RunRequest>();
  const answers: { at: number; request: RunRequest }[] = [];
  const due = wishes.map(requestOf).sort((a, b) => a.wish.at - b.wish.at || a.number - b.number);
  let now = 0;
  for (let steps = 0; steps < 100_000; steps++) {
    const next = Math.min(
      due[0]?.wish.at ?? Number.POSITIVE_INFINITY,
      ...answers.map(({ at }) => at),
      gate.nextAt(now),
    );
    if (next === Number.POSITIVE_INFINITY) break;
    now = next;
    while (due[0] !== undefined && due[0].wish.at <= now) {
      const request = must(due.shift(), "There is one");
      if (gate.add(request)) waiting.add(request);
    }
    for (const answer of answers.filter(({ at }) => at <= now)) {
      answers.splice(answers.indexOf(answer), 1);
      gate.answered(answer.request, now);
    }
    for (let request = gate.next(now); request !== null; request = gate.next(now)) {
      waiting.delete(request);
      left.push({ request, at: now, waiting: [...waiting] });
      answers.push({ at: now + request.wish.up + request.wish.down, request });
    }
    for (const request of gate.takeDropped(now)) {
      waiting.delete(request);
      dropped.push({ request, at: now });
    }
  }
  return { left, dropped };

  function requestOf(wish: Wish, number: number): RunRequest {
    const isRead = wish.group === "orders" || wish.group === "price";
    const urgency = wish.isClose || wish.group === "cancel" ? "close" : "rest";
    return {
      number,
      wish,
      costs: limits.costs[wish.group],
      urgency: isRead ? "lookup" : urgency,
      leaveBefore: wish.at + wish.wait,
      about: isRead ? "" : `order ${wish.order}`,
      isMaker: wish.group === "place",
      isWanted: () => true,
    };
  }
}

/** Most weight that any stretch of a window's length holds, of requests that count at these times. */
export function mostIn(
  counts: readonly { readonly at: number; readonly weight: number }[],
  ms: number,
): number {
  const sums = counts.map(({ at }) =>
    counts.reduce((sum, one) => (one.at > at - ms && one.at <= at ? sum + one.weight : sum), 0),
  );
  return Math.max(0, ...sums);
}
