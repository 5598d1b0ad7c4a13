import type { Ask } from "#live/ports/venue-port.ts";
import type { Faults } from "./faults.ts";
import type { VirtualTime } from "./virtual-time.ts";
import type { WireReply, WireRequest } from "./wire.ts";
import { replyOf } from "./wire-reply.ts";
import type { VenueClock } from "./world-clocks.ts";

/** How the venue protects itself. */
export interface GateTerms {
  /** What changes something, and what reads, per second and account. */
  readonly ordersPerSecond: number;
  readonly readsPerSecond: number;
  /** Per address in five seconds; beyond it the address is banned. */
  readonly requestsPer5s: number;
  /** The fence of a request lies so long after its signing, ms; one that is signed in the future is refused. */
  readonly recvWindowMs: number;
}

const BAN_MS = 600_000;
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
  readonly #orders: RollingWindow;
  readonly #reads: RollingWindow;
  readonly #requests: RollingWindow;
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
    this.#orders = new RollingWindow(terms.ordersPerSecond, 1_000);
    this.#reads = new RollingWindow(terms.readsPerSecond, 1_000);
    this.#requests = new RollingWindow(terms.requestsPer5s, 5_000);
    this.key = key;
  }

  /** The refusal of a request, null when it may pass. */
  check(request: WireRequest): WireReply | null {
    const now = this.#time.now;
    const asOf = this.#clock.now();
    if (now < this.#bannedUntil) {
      this.duringBan += 1;
      return replyOf("ipBanned", "Access too frequent", asOf, this.#clock.at(this.#bannedUntil));
    }
    if (!this.#requests.take(now)) {
      this.ban();
      return replyOf("ipBanned", "Access too frequent", asOf, this.#clock.at(this.#bannedUntil));
    }
    if (this.#faults.strikes("X1")) return replyOf("serverError", "Bad gateway", asOf);
    const isPublic = request.asks.every(({ kind }) => kind === "price" || kind === "time");
    if (!isPublic && request.key !== this.key) return replyOf("badKey", "API key is invalid", asOf);
    if (this.mode === "closed") {
      return replyOf("maintenance", "System maintenance", asOf, this.#clock.at(this.#modeUntil));
    }
    return this.#checkRate(request, now, asOf);
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
    this.#bannedUntil = this.#time.now + BAN_MS;
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

  #checkRate(request: WireRequest, now: number, asOf: number): WireReply | null {
    const isOver = !request.asks.every((ask) =>
      ("fenceAt" in ask ? this.#orders : this.#reads).take(now),
    );
    if (isOver) this.overLimit += 1;
    if (isOver) return replyOf("tooManyVisits", "Too many visits", asOf, asOf + 1_000);
    if (!this.#faults.strikes("X3")) return null;
    // Under high load nobody says what became of the request; nothing has, here.
    if (this.#faults.of("X3").chance(0.3)) return replyOf("highLoad", "Try again later", asOf);
    const wait = this.#faults.delay("X3", 200, 5_000);
    return replyOf("tooManyVisits", "Too many visits", asOf, asOf + wait);
  }
}

/** At most so many in any stretch of that length. */
class RollingWindow {
  readonly #limit: number;
  readonly #ms: number;
  readonly #times: number[] = [];

  constructor(limit: number, ms: number) {
    this.#limit = limit;
    this.#ms = ms;
  }

  take(now: number): boolean {
    const times = this.#times;
    while (times.length > 0 && (times[0] as number) <= now - this.#ms) times.shift();
    if (times.length >= this.#limit) return false;
    times.push(now);
    return true;
  }
}
