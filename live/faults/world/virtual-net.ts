import type { Faults } from "./faults.ts";
import type { RandomStream } from "./random-stream.ts";
import type { VirtualProcess } from "./virtual-process.ts";
import { type SocketListener, VirtualSocket } from "./virtual-socket.ts";
import type { VirtualTime } from "./virtual-time.ts";
import type { WireMessage } from "./wire.ts";

export interface NetTerms {
  /** One way, ms; drawn for every message. */
  readonly latencyMsLow: number;
  readonly latencyMsHigh: number;
  /** After which a client gives a request up: what a delay has to exceed. */
  readonly timeoutMs: number;
}

/** What a client hears of a call: any number of either, in any order, or nothing. */
export interface CallListener<T> {
  onReply(reply: T): void;
  /** `notSent`: there was no connection; `reset`: it broke when the request was under way. */
  onFailed(why: "notSent" | "reset"): void;
}

/** Where the streams come from. */
export interface MessageSource {
  listen(sink: (message: WireMessage) => void): () => void;
}

/** The wire between a program and a venue: calls and sockets, with everything that can go wrong on the way. */
export class VirtualNet {
  readonly time: VirtualTime;
  readonly faults: Faults;
  readonly #terms: NetTerms;
  readonly #stream: RandomStream;
  readonly sockets = new Set<VirtualSocket>();
  #upBlockedUntil = Number.NEGATIVE_INFINITY;
  #downBlockedUntil = Number.NEGATIVE_INFINITY;
  #stormUntil = Number.NEGATIVE_INFINITY;

  constructor(
    parts: { readonly time: VirtualTime; readonly faults: Faults; readonly stream: RandomStream },
    terms: NetTerms,
  ) {
    this.time = parts.time;
    this.faults = parts.faults;
    this.#stream = parts.stream;
    this.#terms = terms;
  }

  latency(): number {
    return this.#stream.integer(this.#terms.latencyMsLow, this.#terms.latencyMsHigh);
  }

  get isUpBlocked(): boolean {
    return this.time.now < this.#upBlockedUntil;
  }

  get isDownBlocked(): boolean {
    return this.time.now < this.#downBlockedUntil;
  }

  get isStormy(): boolean {
    return this.time.now < this.#stormUntil;
  }

  /** Sends a request; `handle` runs at the venue when it arrives, whether or not its sender lives then. */
  call<T>(owner: VirtualProcess, handle: () => T, on: CallListener<T>): void {
    const { time, faults } = this;
    if (faults.strikes("N11")) {
      time.after(faults.delay("N11", 5, 3_000), () => on.onFailed("notSent"), owner);
      return;
    }
    if (this.isUpBlocked || faults.strikes("N1")) return;
    const late = faults.strikes("N3") ? this.#late() : 0;
    const isLateUp = late > 0 && faults.of("N3").chance(0.5);
    const shuffled = faults.strikes("N5") ? faults.delay("N5", 1, 2_000) : 0;
    const up = this.latency() + shuffled + (isLateUp ? late : 0);
    const down = isLateUp ? 0 : late;
    time.after(up, () => this.#arrive(owner, handle, on, down));
    if (!faults.strikes("N4")) return;
    const again = up + faults.delay("N4", 0, 3_000);
    time.after(again, () => this.#arrive(owner, handle, on, 0));
  }

  dial(owner: VirtualProcess, source: MessageSource, listener: SocketListener): VirtualSocket {
    const socket = new VirtualSocket(this, owner, source, listener);
    this.sockets.add(socket);
    return socket;
  }

  /** For so long nothing goes one way, requests or answers and pushes (N12). */
  block(direction: "up" | "down", ms: number): void {
    if (direction === "up") this.#upBlockedUntil = this.time.now + ms;
    else this.#downBlockedUntil = this.time.now + ms;
  }

  /** For so long every socket closes soon after it has opened (N10). */
  storm(ms: number): void {
    this.#stormUntil = this.time.now + ms;
    for (const socket of this.sockets) socket.drop("closed by the peer");
  }

  heal(): void {
    this.#upBlockedUntil = Number.NEGATIVE_INFINITY;
    this.#downBlockedUntil = Number.NEGATIVE_INFINITY;
    this.#stormUntil = Number.NEGATIVE_INFINITY;
    // A client finds a dead socket by itself; one that is silent in part it can not tell from a quiet one.
    for (const socket of this.sockets) socket.heal();
  }

  #late(): number {
    const { timeoutMs } = this.#terms;
    return this.faults.delay("N3", timeoutMs, 3 * timeoutMs);
  }

  #arrive<T>(owner: VirtualProcess, handle: () => T, on: CallListener<T>, late: number): void {
    const { time, faults } = this;
    const reply = handle();
    if (this.isDownBlocked || faults.strikes("N2")) return;
    const delay = this.latency() + late;
    if (faults.strikes("N8")) time.after(delay, () => on.onFailed("reset"), owner);
    else time.after(delay, () => on.onReply(reply), owner);
  }
}
