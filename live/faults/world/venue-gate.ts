import { must } from "#engine/assert.ts";
import { costsOf, type RequestCost, type VenueLimits } from "#live/gateway/venue-limits.ts";
import type { Ask } from "#live/ports/venue-port.ts";
import type { Faults } from "./faults.ts";
import type { VirtualTime } from "./virtual-time.ts";
import type { WireReply, WireRequest } from "./wire.ts";
import { replyOf } from "./wire-reply.ts";
import type { VenueClock } from "./world-clocks.ts";

/** How the venue protects itself. */
export interface GateTerms {
  readonly limits: VenueLimits;
  /** The fence of a request lies so long after its signing, ms; one that is signed in the future is refused. */
  readonly recvWindowMs: number;
}

/** What a venue says that does not name the end of a wait: come again in a second. */
const REFUSED_MS = 1_000;
const FUTURE_MS = 1_000;

/** What the venue takes while its window is not the usual one. */
export type WindowMode = "open" | "closed" | "reduceOnly" | "postOnly";

/**
 * What every request passes before anybody looks at what it asks: the address, the key, the rate, the clock. A refusal
 * here proves that this request changed nothing.
 */
export class VenueGate {
  readonly #time: VirtualTime;
  readonly #clock: VenueClock;
  readonly #faults: Faults;
  readonly #terms: GateTerms;
  readonly #windows: ReadonlyMap<string, RollingWindow>;
  #bannedUntil = Number.NEGATIVE_INFINITY;
  #mode: WindowMode = "open";
  #modeUntil = Number.NEGATIVE_INFINITY;
  /** The key that the venue knows; another one is refused. */
  key: string;
  /** Requests that came too often, and those during a ban: what a client with a budget does not send. */
  overLimit = 0;
  duringBan = 0;

  constructor(
    parts: { readonly time: VirtualTime; readonly clock: VenueClock; readonly faults: Faults },
    terms: GateTerms,
    key: string,
  ) {
    this.#time = parts.time;
    this.#clock = parts.clock;
    this.#faults = parts.faults;
    this.#terms = terms;
    this.#windows = new Map(
      Object.entries(terms.limits.windows).map(([name, { limit, ms }]) => [
        name,
        new RollingWindow(limit, ms),
      ]),
    );
    this.key = key;
  }

  /** The refusal of a request, null when it may pass. */
  check(request: WireRequest): WireReply | null {
    const asOf = this.#clock.now();
    const costs = request.asks.map((ask) => costsOf(this.#terms.limits, ask));
    if (!this.#takesFromAddress(costs.flat())) {
      return replyOf("ipBanned", "Access too frequent", asOf, this.#clock.at(this.#bannedUntil));
    }
    if (this.#faults.strikes("X1")) return replyOf("serverError", "Bad gateway", asOf);
    const isPublic = request.asks.every(({ kind }) => kind === "price" || kind === "time");
    if (!isPublic && request.key !== this.key) return replyOf("badKey", "API key is invalid", asOf);
    if (this.mode === "closed") {
      return replyOf("maintenance", "System maintenance", asOf, this.#clock.at(this.#modeUntil));
    }
    return this.#checkRate(costs, asOf);
  }

  /** Candles are everybody's: they count for the address alone. */
  servesCandles(): boolean {
    return this.#takesFromAddress(this.#terms.limits.costs.candles);
  }

  /** Whether the address may ask at all; too much of it, and it may not for a while. */
  #takesFromAddress(costs: readonly RequestCost[]): boolean {
    if (this.#time.now < this.#bannedUntil) {
      this.duringBan += 1;
      return false;
    }
    // A batch is one request of the address.
    const own = costs.find(({ window }) => this.#excessOf(window) === "banned");
    if (own === undefined || this.#takes(own)) return true;
    this.ban();
    return false;
  }

  /** The refusal of one ask whose request has passed. */
  checkAsk(ask: Ask): WireReply | null {
    const asOf = this.#clock.now();
    if (!("fenceAt" in ask)) return null;
    if (ask.fenceAt < asOf) return replyOf("pastFence", "Request has expired", asOf);
    const signedAt = ask.fenceAt - this.#terms.recvWindowMs;
    if (signedAt >= asOf + FUTURE_MS && Number.isFinite(signedAt)) {
      return replyOf("timestampAhead", "Timestamp is ahead of the server", asOf);
    }
    if (ask.kind !== "place" || this.mode === "open") return null;
    const isTaken = this.mode === "reduceOnly" ? ask.reduceOnly : ask.isPostOnly;
    if (isTaken) return null;
    const until = this.#clock.at(this.#modeUntil);
    return replyOf("maintenance", `Only ${this.mode} orders are taken now`, asOf, until);
  }

  get mode(): WindowMode {
    return this.#time.now < this.#modeUntil ? this.#mode : "open";
  }

  ban(): void {
    this.#bannedUntil = this.#time.now + this.#terms.limits.banMs;
  }

  restrict(mode: WindowMode, ms: number): void {
    this.#mode = mode;
    this.#modeUntil = this.#time.now + ms;
  }

  /** Everything as usual again. */
  heal(): void {
    this.#bannedUntil = Number.NEGATIVE_INFINITY;
    this.#modeUntil = Number.NEGATIVE_INFINITY;
  }

  #checkRate(costs: readonly (readonly RequestCost[])[], asOf: number): WireReply | null {
    const counted = costs.flat().filter(({ window }) => this.#excessOf(window) === "refused");
    const isOver = !counted.every((cost) => this.#takes(cost));
    if (isOver) this.overLimit += 1;
    if (isOver) return replyOf("tooManyVisits", "Too many visits", asOf, asOf + REFUSED_MS);
    if (!this.#faults.strikes("X3")) return null;
    // Under high load nobody says what became of the request; nothing has, here.
    if (this.#faults.of("X3").chance(0.3)) return replyOf("highLoad", "Try again later", asOf);
    const wait = this.#faults.delay("X3", 200, 5_000);
    return replyOf("tooManyVisits", "Too many visits", asOf, asOf + wait);
  }

  #takes({ window, weight }: RequestCost): boolean {
    return must(this.#windows.get(window), "Costs name windows").take(weight, this.#time.now);
  }

  #excessOf(window: string): "refused" | "banned" | undefined {
    return this.#terms.limits.windows[window]?.excess;
  }
}

/** At most so much in any stretch of that length. */
class RollingWindow {
  readonly #limit: number;
  readonly #ms: number;
  readonly #taken: { readonly time: number; readonly weight: number }[] = [];

  constructor(limit: number, ms: number) {
    this.#limit = limit;
    this.#ms = ms;
  }

  take(weight: number, now: number): boolean {
    const taken = this.#taken;
    while (taken[0] !== undefined && taken[0].time <= now - this.#ms) taken.shift();
    const sum = taken.reduce((total, one) => total + one.weight, weight);
    if (sum > this.#limit) return false;
    taken.push({ time: now, weight });
    return true;
  }
}
