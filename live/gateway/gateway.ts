import type { ChangingAsk } from "#live/driver/requests.ts";
import type { DriverClock, Scheduled } from "#live/ports/driver-clock.ts";
import type { MarketFeed, VenueCandle } from "#live/ports/market-feed.ts";
import type { Answer, Ask, VenuePort } from "#live/ports/venue-port.ts";
import { type GateRequest, RequestGate } from "./request-gate.ts";
import { costsOf, type VenueLimits } from "./venue-limits.ts";

export interface GatewayParts {
  readonly port: VenuePort;
  /** Does not jump within the life of a process. */
  readonly clock: DriverClock;
  readonly limits: VenueLimits;
  /** The venue has banned the address until then, the clock's time; before anybody else hears of it. */
  readonly onBanned: (until: number) => void;
}

/** How a request that may change something leaves, if it has to wait. */
export interface SendTerms {
  /** It closes, protects or cancels. */
  readonly isClose: boolean;
  /** After this time it is dropped: the venue would refuse it by the time that it arrives. */
  readonly leaveBefore: number;
  readonly isWanted: () => boolean;
}

interface Waiting extends GateRequest {
  readonly leave: () => void;
  readonly drop: (answer: Answer) => void;
}

/** What only asks is asked again soon: it waits so long, ms. */
const ASK_WAIT_MS = 10_000;
const always = (): boolean => true;

/**
 * Everything that is asked of one account passes here: requests leave as the limits of the venue allow, the urgent ones
 * first, and what would be late is answered as not sent. With room, a request leaves within the call that asks for it.
 */
export class Gateway {
  readonly gate: RequestGate<Waiting>;
  readonly #parts: GatewayParts;
  #wakeUp: Scheduled | null = null;
  #wakeUpAt = Number.POSITIVE_INFINITY;
  #isClosed = false;
  #asking = 0;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.gate = new RequestGate(parts.limits);
  }

  /** Calls of `ask` that are not answered yet, be it that they wait or that they are on their way. */
  get asking(): number {
    return this.#asking;
  }

  /** Asks for something that changes nothing. The venue's time is asked for now or not at all: waiting would spoil it. */
  ask(ask: Ask, done: (answer: Answer) => void): void {
    const { clock } = this.#parts;
    const wait = ask.kind === "time" ? 0 : ASK_WAIT_MS;
    this.#asking += 1;
    this.#add(
      () => ask,
      {
        costs: costsOf(this.#parts.limits, ask),
        urgency: "lookup",
        leaveBefore: clock.now() + wait,
        about: "",
        isMaker: false,
        isWanted: always,
      },
      (answer) => {
        this.#asking -= 1;
        done(answer);
      },
    );
  }

  /** Sends what may change something. `signed` gives the request when it leaves: its fence is in the venue's time of then. */
  send(
    ask: ChangingAsk,
    signed: () => ChangingAsk,
    terms: SendTerms,
    done: (answer: Answer) => void,
  ): void {
    const { isClose, leaveBefore, isWanted } = terms;
    this.#add(
      signed,
      {
        costs: costsOf(this.#parts.limits, ask),
        urgency: isClose ? "close" : "rest",
        leaveBefore,
        about: "clientId" in ask ? ask.clientId : "",
        isMaker: ask.kind === "place",
        isWanted,
      },
      done,
    );
  }

  /** Asks a feed of the same venue for candles; they wait for as long as it takes, because they do not get old. */
  fetch(
    feed: MarketFeed,
    range: Parameters<MarketFeed["ask"]>[0],
    done: (candles: readonly VenueCandle[] | null) => void,
  ): void {
    const request: Waiting = {
      costs: this.#parts.limits.costs.candles,
      urgency: "rest",
      leaveBefore: Number.POSITIVE_INFINITY,
      about: "",
      isMaker: false,
      isWanted: always,
      leave: () =>
        feed.ask(range, (candles) => {
          this.gate.answered(request, this.#now());
          done(candles);
          this.#pump();
        }),
      drop: () => done(null),
    };
    this.#enter(request);
  }

  /** The venue takes nothing until then: a ban that the last process was told of. */
  ban(until: number): void {
    this.gate.ban(until);
  }

  /** Nothing leaves any more; what waits has never left. */
  close(): void {
    this.#isClosed = true;
    this.#wakeUp?.cancel();
    this.gate.clear();
  }

  #add(signed: () => Ask, terms: GateRequest, done: (answer: Answer) => void): void {
    const request: Waiting = {
      ...terms,
      leave: () =>
        this.#parts.port.ask(signed(), (answer) => this.#onAnswer(request, answer, done)),
      drop: done,
    };
    this.#enter(request);
  }

  #onAnswer(request: Waiting, answer: Answer, done: (answer: Answer) => void): void {
    const now = this.#now();
    this.gate.answered(request, now);
    if (answer.kind === "refusedForNow") {
      const { cause, waitMs } = answer;
      if (cause === "rateLimit") this.gate.refused(request, waitMs, now);
      if (cause === "ban") {
        this.gate.ban(now + waitMs);
        this.#parts.onBanned(now + waitMs);
      }
    }
    done(answer);
    this.#pump();
  }

  #enter(request: Waiting): void {
    if (this.#isClosed) return;
    if (!this.gate.add(request)) this.#drop(request);
    this.#pump();
  }

  /** Lets leave what may, drops what never will, and comes back when time alone changes either. */
  #pump(): void {
    if (this.#isClosed || this.gate.waiting === 0) return;
    for (;;) {
      const request = this.gate.next(this.#now());
      if (request === null) break;
      request.leave();
    }
    for (const request of this.gate.takeDropped(this.#now())) this.#drop(request);
    this.#arm();
  }

  /** Never within the call that asks, as with every answer. */
  #drop({ drop }: Waiting): void {
    const { clock } = this.#parts;
    const text = "The venue takes no more requests in time";
    clock.at(this.#now(), () => {
      if (!this.#isClosed) drop({ kind: "refusedForNow", cause: "notSent", waitMs: 0, text });
    });
  }

  #arm(): void {
    const nextAt = this.gate.nextAt(this.#now());
    if (nextAt === this.#wakeUpAt) return;
    this.#wakeUp?.cancel();
    this.#wakeUp = null;
    this.#wakeUpAt = nextAt;
    if (nextAt === Number.POSITIVE_INFINITY) return;
    this.#wakeUp = this.#parts.clock.at(nextAt, () => {
      this.#wakeUp = null;
      this.#wakeUpAt = Number.POSITIVE_INFINITY;
      this.#pump();
    });
  }

  #now(): number {
    return this.#parts.clock.now();
  }
}
