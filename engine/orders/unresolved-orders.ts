import type { Order } from "#engine/orders/order-store.ts";

/** How long an outcome may stay open before it is looked for, and what proves that there is none. */
export interface ResolveTerms {
  /** From an unknown outcome to the first look-up; doubled after each, and anew from where one that misses counts. */
  readonly firstLookupMs: number;
  readonly lastLookupMs: number;
  /**
   * After the fence: what the venue took at the last moment may take so long to show up in its lists. Neither venue
   * tells a limit; it is above the largest lag that the fault simulator draws (4 s).
   */
  readonly visibilityGraceMs: number;
  /** Look-ups in a row, each begun after fence and grace, that find nothing anywhere. */
  readonly missesNeeded: number;
  /** From sending a request to the time after which the venue refuses it. */
  readonly fenceMs: number;
}

/** Bybit: `recv_window` 5,000 ms by default; Hyperliquid: `expiresAfter` is ours to choose. */
export const RESOLVE_TERMS: ResolveTerms = {
  firstLookupMs: 500,
  lastLookupMs: 30_000,
  visibilityGraceMs: 5_000,
  missesNeeded: 3,
  fenceMs: 5_000,
};

/**
 * Orders of which the engine does not know what the venue did, or whether they still rest: each is looked for until
 * there is evidence. Time alone proves nothing.
 */
export class UnresolvedOrders {
  /** When the next look-up is due, epoch ms; Infinity while there is none. */
  nextTimerAt = Number.POSITIVE_INFINITY;
  readonly #terms: ResolveTerms;
  readonly #orders: Order[] = [];

  constructor(terms: ResolveTerms) {
    this.#terms = terms;
  }

  get orders(): readonly Order[] {
    return this.#orders;
  }

  /** Begins to look for an order; `fenceAt` is the time after which the venue takes the request no more. */
  begin(order: Order, fenceAt: number, now: number): void {
    if (order.nextLookupAt !== Number.POSITIVE_INFINITY) {
      order.fenceAt = Math.max(order.fenceAt, fenceAt);
      return;
    }
    order.fenceAt = fenceAt;
    order.misses = 0;
    order.lookups = 0;
    order.nextLookupAt = now + this.#terms.firstLookupMs;
    this.#orders.push(order);
    if (order.nextLookupAt < this.nextTimerAt) this.nextTimerAt = order.nextLookupAt;
  }

  /** The venue has told: the order is looked for no more. */
  end(order: Order): void {
    if (order.nextLookupAt === Number.POSITIVE_INFINITY) return;
    order.nextLookupAt = Number.POSITIVE_INFINITY;
    const at = this.#orders.indexOf(order);
    if (at >= 0) this.#orders.splice(at, 1);
    this.#schedule();
  }

  /** Asks for each order whose look-up is due. */
  onTime(now: number, ask: (order: Order) => void): void {
    if (now < this.nextTimerAt) return;
    const { firstLookupMs, lastLookupMs, visibilityGraceMs } = this.#terms;
    for (const order of this.#orders) {
      if (now < order.nextLookupAt) continue;
      // From here on a miss counts: what was waited for before says nothing of how soon to ask again.
      const settledAt = order.fenceAt + visibilityGraceMs;
      if (order.nextLookupAt === settledAt) order.lookups = 0;
      const wait = Math.min(lastLookupMs, firstLookupMs * 2 ** Math.min(order.lookups + 1, 30));
      order.lookups += 1;
      order.nextLookupAt = now < settledAt ? Math.min(now + wait, settledAt) : now + wait;
      ask(order);
    }
    this.#schedule();
  }

  /** A complete look-up, begun at `begunAt`, found nothing. Returns whether that proves that there is nothing. */
  isProvenAbsent(order: Order, begunAt: number): boolean {
    if (order.nextLookupAt === Number.POSITIVE_INFINITY) return false;
    if (begunAt < order.fenceAt + this.#terms.visibilityGraceMs) return false;
    order.misses += 1;
    return order.misses >= this.#terms.missesNeeded;
  }

  /** Whether the venue takes what was asked last no more, and its lists have had time to show it. */
  isPastFence(order: Order, now: number): boolean {
    return now > order.fenceAt + this.#terms.visibilityGraceMs;
  }

  /** An order that still rests long after the venue has taken its cancel over: the cancel did not do it. */
  isCancelLost(order: Order, now: number): boolean {
    const isLooked = order.nextLookupAt !== Number.POSITIVE_INFINITY;
    return isLooked && now > order.fenceAt && order.lookups >= this.#terms.missesNeeded;
  }

  /** Takes up an order after a restart, with the fence that it had. */
  restore(order: Order): void {
    if (order.nextLookupAt === Number.POSITIVE_INFINITY) return;
    this.#orders.push(order);
    this.#schedule();
  }

  #schedule(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { nextLookupAt } of this.#orders) if (nextLookupAt < next) next = nextLookupAt;
    this.nextTimerAt = next;
  }
}
