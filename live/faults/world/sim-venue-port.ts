import { assert } from "#engine/assert.ts";
import { EVENT } from "#engine/model/event.ts";
import type { PositionSlot } from "#engine/model/venue-snapshot.ts";
import type { Answer, Ask, VenuePort, VenuePortListener } from "#live/ports/venue-port.ts";
import type { CrashPoints } from "./crash-points.ts";
import type { Faults } from "./faults.ts";
import { spoilRow } from "./spoil-row.ts";
import { StreamEvents } from "./stream-events.ts";
import { KEEPER_TERMS, type KeeperTerms, StreamKeeper } from "./stream-keeper.ts";
import type { VenueServer } from "./venue-server.ts";
import type { VirtualNet } from "./virtual-net.ts";
import type { VirtualProcess } from "./virtual-process.ts";
import type { Callback } from "./virtual-time.ts";
import { PRIVATE_TOPICS, type WireMessage, type WireReply } from "./wire.ts";
import { answerOf } from "./wire-answers.ts";
import { type EngineNames, Unreadable } from "./wire-rows.ts";

export interface PortTerms {
  readonly timeoutMs: number;
  readonly key: string;
  /** Orders that are asked for at one moment leave in one request. */
  readonly hasBatches: boolean;
  /** Prices come at least so often from a stream that is alive, ms. */
  readonly priceSilenceMs: number;
}

export interface PortParts {
  readonly net: VirtualNet;
  readonly server: VenueServer;
  readonly process: VirtualProcess;
  readonly points: CrashPoints;
  /** The engine's place of a position, −1 where it does not trade it. */
  readonly indexOf: (symbol: string, slot: PositionSlot) => number;
}

/** One ask on its way. */
interface Pending {
  readonly ask: Ask;
  readonly done: (answer: Answer) => void;
  readonly timer: Callback;
  isAnswered: boolean;
}

/** A client asks again after so long when it found no way to the venue, ms. */
const RETRY_MS = 1_000;
const FAILURES: Readonly<Record<"notSent" | "reset", Answer>> = {
  notSent: {
    kind: "refusedForNow",
    cause: "notSent",
    waitMs: RETRY_MS,
    text: "No connection to the venue",
  },
  reset: { kind: "unknown", why: "connection reset" },
};
const SLOTS: readonly PositionSlot[] = ["net", "long", "short"];

/** The port of an account as an adapter would implement it, over the virtual net, for one life of the program. */
export class SimVenuePort implements VenuePort {
  readonly #parts: PortParts;
  readonly #terms: PortTerms;
  readonly #faults: Faults;
  readonly #events: StreamEvents;
  readonly #names: EngineNames;
  readonly #own: StreamKeeper;
  readonly #prices: StreamKeeper;
  #listener: VenuePortListener | null = null;
  #batch: Pending[] = [];

  constructor(parts: PortParts, terms: PortTerms) {
    this.#parts = parts;
    this.#terms = terms;
    this.#faults = parts.net.faults;
    this.#names = {
      indexOf: parts.indexOf,
      requestOf: (clientId) => this.#listener?.requestOf(clientId) ?? -1,
    };
    const indexesOf = (symbol: string): readonly number[] =>
      SLOTS.map((slot) => parts.indexOf(symbol, slot)).filter((index) => index >= 0);
    this.#events = new StreamEvents(this.#names, indexesOf, (event, clientId) =>
      this.#listener?.onEvent(event, clientId),
    );
    const keeperParts = { net: parts.net, process: parts.process, source: parts.server };
    this.#own = new StreamKeeper(keeperParts, PRIVATE_TOPICS, KEEPER_TERMS, {
      onUp: () => this.#listener?.onRestored(),
      onDown: (why) => this.#listener?.onLost(why),
      onMessage: (message) => this.#read(message, this.#own),
    });
    const priceTerms: KeeperTerms = { ...KEEPER_TERMS, topicSilenceMs: terms.priceSilenceMs };
    this.#prices = new StreamKeeper(keeperParts, ["price"], priceTerms, {
      onUp: () => {},
      onDown: () => {},
      onMessage: (message) => this.#read(message, this.#prices),
    });
  }

  ask(ask: Ask, done: (answer: Answer) => void): void {
    this.#parts.points.around(`venue.${ask.kind}`, () => this.#send(ask, done));
  }

  connect(listener: VenuePortListener): void {
    this.#parts.points.around("venue.connect", () => {
      assert(this.#listener === null, () => "A port is connected once");
      this.#listener = listener;
      this.#own.start();
      this.#prices.start();
    });
  }

  close(): void {
    this.#parts.points.around("venue.close", () => {
      this.#own.stop();
      this.#prices.stop();
      this.#listener = null;
    });
  }

  #send(ask: Ask, done: (answer: Answer) => void): void {
    const { net, process } = this.#parts;
    const giveUp = (): void => this.#finish(pending, { kind: "unknown", why: "timed out" });
    const timer = net.time.after(this.#terms.timeoutMs, giveUp, process);
    const pending: Pending = { ask, done, timer, isAnswered: false };
    if (ask.kind !== "place" || !this.#terms.hasBatches) {
      this.#leave([pending]);
      return;
    }
    this.#batch.push(pending);
    if (this.#batch.length > 1) return;
    net.time.after(
      0,
      () => {
        const batch = this.#batch;
        this.#batch = [];
        this.#leave(batch);
      },
      process,
    );
  }

  #leave(batch: readonly Pending[]): void {
    const { net, server, process } = this.#parts;
    const request = { asks: batch.map(({ ask }) => ask), key: this.#terms.key };
    net.call(process, () => server.handle(request), {
      onReply: (replies) => this.#onReplies(batch, replies),
      onFailed: (why) => {
        for (const pending of batch) this.#finish(pending, FAILURES[why]);
      },
    });
  }

  #onReplies(batch: readonly Pending[], replies: readonly WireReply[]): void {
    // A batch that is answered in part: whose result is missing has none.
    const isCut = batch.length > 1 && this.#faults.strikes("X25");
    const count = isCut ? this.#faults.delay("X25", 0, batch.length - 1) : batch.length;
    batch.forEach((pending, at) => {
      const reply = replies[at];
      if (reply === undefined || at >= count) {
        this.#finish(pending, { kind: "unknown", why: "the result does not name it" });
      } else {
        this.#onReply(pending, reply);
      }
    });
  }

  #onReply(pending: Pending, reply: WireReply): void {
    const spoils = reply.rows.length > 0 && this.#faults.strikes("X21");
    const rows = spoils
      ? reply.rows.map((row, at) => (at === 0 ? spoilRow(row, this.#faults) : row))
      : reply.rows;
    const answer = answerOf({ ...reply, rows }, pending.ask, this.#names);
    if (pending.isAnswered) this.#tellLate(pending.ask, answer, reply.asOf);
    else this.#finish(pending, answer);
  }

  #finish(pending: Pending, answer: Answer): void {
    if (pending.isAnswered) return;
    pending.isAnswered = true;
    pending.timer.cancel();
    pending.done(answer);
  }

  /** What came of an order after its sender had stopped waiting is news all the same. */
  #tellLate(ask: Ask, answer: Answer, asOf: number): void {
    if (ask.kind !== "place") return;
    const { clientId } = ask;
    const symbol = this.#names.indexOf(ask.symbol, ask.slot);
    if (symbol < 0) return;
    if (answer.kind === "accepted") {
      this.#events.tellLate(EVENT.orderAccepted, clientId, symbol, asOf, 0);
    } else if (answer.kind === "rejected") {
      this.#events.tellLate(EVENT.orderRejected, clientId, symbol, asOf, answer.code);
    }
  }

  #read(message: WireMessage, keeper: StreamKeeper): void {
    const spoils = this.#faults.strikes("X21");
    try {
      this.#events.read(
        spoils ? { topic: message.topic, row: spoilRow(message.row, this.#faults) } : message,
      );
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      keeper.restart(`a message could not be read: ${error.message}`);
    }
  }
}
