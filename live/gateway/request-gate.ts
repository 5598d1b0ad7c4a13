import { must } from "#engine/assert.ts";
import { RateWindow, URGENCIES, type Urgency } from "./rate-window.ts";
import type { RequestCost, VenueLimits } from "./venue-limits.ts";

/** A request that wants to leave. */
export interface GateRequest {
  readonly costs: readonly RequestCost[];
  readonly urgency: Urgency;
  /** It leaves then at the latest, or never. */
  readonly leaveBefore: number;
  /** What it is about: requests about one thing leave in the order in which they came; empty: nothing of the kind. */
  readonly about: string;
  /** Whether it makes what it is about: without it the later ones are about nothing. */
  readonly isMaker: boolean;
  /** Whether it is wanted still; one that waits is asked again before it leaves. */
  readonly isWanted: () => boolean;
}

/** More than this wait only if they close or cancel: a program that asks for so much at once is not well. */
const WAITING_MAX = 1_000;

/**
 * Decides which requests to one account leave when, without a clock or a wire: time comes in with its calls, ms that
 * never jump.
 *
 * Conditions:
 * 1. No window of the venue holds more than its limit; see `rate-window.ts`.
 * 2. During a ban nothing leaves; after a refusal for the rate nothing of that window does, until the time that the
 *    venue named.
 * 3. Closes and cancels go first, then look-ups and cuts, then everything else; among equals the one that came first.
 *    What waits for room is not overtaken there by an equal nor by an entry, and what each of the first two has reserved
 *    is left to it.
 * 4. Requests about one order leave in their order; when the one that makes the order is dropped, so are those behind it.
 * 5. Nothing leaves after its time, nor what is not wanted any more: it is dropped, and has never left.
 */
export class RequestGate<R extends GateRequest> {
  readonly #windows: ReadonlyMap<string, RateWindow>;
  /** In the order of coming. */
  #waiting: R[] = [];
  #bannedUntil = Number.NEGATIVE_INFINITY;

  constructor(limits: VenueLimits) {
    this.#windows = new Map(
      Object.entries(limits.windows).map(([name, terms]) => [name, new RateWindow(terms)]),
    );
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** A request waits from now on, be it for no time at all; false: too many do. */
  add(request: R): boolean {
    if (this.#waiting.length >= WAITING_MAX && request.urgency !== "close") return false;
    this.#waiting.push(request);
    return true;
  }

  /** Takes out the request that leaves now; null: none may. */
  next(now: number): R | null {
    if (this.#waiting.length === 0 || this.isBanned(now)) return null;
    const heads = this.#heads();
    const taken = new Set<string>();
    for (const urgency of URGENCIES) {
      for (const request of heads) {
        if (request.urgency !== urgency || now > request.leaveBefore || !request.isWanted()) {
          continue;
        }
        if (this.#fits(request, taken, now)) {
          for (const { window, weight } of request.costs)
            this.#window(window).take(weight, urgency);
          this.#waiting.splice(this.#waiting.indexOf(request), 1);
          return request;
        }
        for (const cost of request.costs) {
          if (!this.#hasRoom(cost, urgency, now)) taken.add(`${cost.window} ${urgency}`);
        }
      }
    }
    return null;
  }

  /** Takes out what is not going to leave any more; to be asked once `next` has nothing. */
  takeDropped(now: number): readonly R[] {
    const abouts = new Set<string>();
    const dropped: R[] = [];
    this.#waiting = this.#waiting.filter((request) => {
      const { about, isMaker, leaveBefore } = request;
      const isLate = now >= leaveBefore || this.#barredUntil(request) > leaveBefore;
      const isDropped = isLate || abouts.has(about) || !request.isWanted();
      if (!isDropped) return true;
      if (isMaker) abouts.add(about);
      dropped.push(request);
      return false;
    });
    return dropped;
  }

  /** The answer to a request that left, or the end of waiting for one. */
  answered({ costs, urgency }: R, now: number): void {
    for (const { window, weight } of costs) this.#window(window).answered(weight, urgency, now);
  }

  /** The venue has refused a request for its rate and takes the next after `waitMs`. */
  refused({ costs }: R, waitMs: number, now: number): void {
    const [own] = costs;
    if (own !== undefined) this.#window(own.window).block(now + waitMs);
  }

  /** The venue takes nothing from this address until then. */
  ban(until: number): void {
    this.#bannedUntil = Math.max(this.#bannedUntil, until);
  }

  isBanned(now: number): boolean {
    return now < this.#bannedUntil;
  }

  /** When to ask again what may leave, if no answer comes before; Infinity while nothing waits. */
  nextAt(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { costs, leaveBefore } of this.#waiting) {
      next = Math.min(next, leaveBefore);
      if (this.isBanned(now)) next = Math.min(next, this.#bannedUntil);
      else for (const { window } of costs) next = Math.min(next, this.#window(window).nextAt(now));
    }
    return next;
  }

  /** Everything that waits is forgotten. */
  clear(): void {
    this.#waiting = [];
  }

  /** Those before which nothing about the same thing waits. */
  #heads(): readonly R[] {
    const abouts = new Set<string>();
    return this.#waiting.filter(({ about }) => {
      if (about === "") return true;
      const isHead = !abouts.has(about);
      abouts.add(about);
      return isHead;
    });
  }

  #fits({ costs, urgency }: R, taken: ReadonlySet<string>, now: number): boolean {
    // The reserved share of look-ups is theirs also while closes wait.
    const before: readonly Urgency[] = urgency === "rest" ? URGENCIES : [urgency];
    return costs.every(
      (cost) =>
        !before.some((other) => taken.has(`${cost.window} ${other}`)) &&
        this.#hasRoom(cost, urgency, now),
    );
  }

  #hasRoom({ window, weight }: RequestCost, urgency: Urgency, now: number): boolean {
    return this.#window(window).fits(weight, urgency, now);
  }

  /** Before this time it does not leave, whatever else happens. */
  #barredUntil({ costs }: R): number {
    const blocked = costs.map(({ window }) => this.#window(window).blockedUntil);
    return Math.max(this.#bannedUntil, ...blocked);
  }

  #window(name: string): RateWindow {
    return must(this.#windows.get(name), "Costs name windows of the limits");
  }
}
