import type { MessageSource, VirtualNet } from "./virtual-net.ts";
import type { VirtualProcess } from "./virtual-process.ts";
import type { Topic, WireMessage } from "./wire.ts";

/** What a socket tells its client. */
export interface SocketListener {
  onOpen(): void;
  onPong(): void;
  onConfirmed(topic: Topic): void;
  /** `gap`: the message before this one of the same topic is missing. */
  onMessage(message: WireMessage, gap: boolean): void;
  /** Once, however it ended; nothing comes afterwards. */
  onClosed(why: string): void;
}

/** How long a dial takes that finds nobody, ms. */
const DIAL_FAILS_MS = 3_000;
/** In a storm a socket lives so long at most, ms. */
const STORM_LIFE_MS = 500;

/**
 * A socket of the client: subscriptions, pings and what is pushed. Every topic comes in its own order, unless the net
 * mixes it; nothing orders the topics among each other, and nothing that was missed is told again.
 */
export class VirtualSocket {
  readonly #net: VirtualNet;
  readonly #owner: VirtualProcess;
  readonly #source: MessageSource;
  readonly #listener: SocketListener;
  #state: "dialling" | "open" | "closed" = "dialling";
  /** The other end is gone without a word: what is written vanishes, nothing comes. */
  #isHalfOpen = false;
  readonly #topics = new Set<Topic>();
  readonly #silent = new Set<Topic>();
  readonly #queues = new Map<Topic, { readonly waiting: (() => void)[]; last: number }>();
  readonly #gaps = new Set<Topic>();
  #unlisten: (() => void) | null = null;

  constructor(
    net: VirtualNet,
    owner: VirtualProcess,
    source: MessageSource,
    listener: SocketListener,
  ) {
    this.#net = net;
    this.#owner = owner;
    this.#source = source;
    this.#listener = listener;
    owner.onStop(() => this.#forget());
    this.#dial();
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  get topics(): ReadonlySet<Topic> {
    return this.#topics;
  }

  subscribe(topic: Topic): void {
    this.#write(() => {
      this.#topics.add(topic);
      this.#down(() => this.#listener.onConfirmed(topic));
    });
  }

  ping(): void {
    this.#write(() => this.#down(() => this.#listener.onPong()));
  }

  /** The client hangs up: it hears nothing more. */
  close(): void {
    this.#forget();
  }

  /** The venue closes it, or the way there breaks: the client hears of it. */
  drop(why: string): void {
    if (this.#state === "closed") return;
    this.#forget();
    this.#net.time.after(this.#net.latency(), () => this.#listener.onClosed(why), this.#owner);
  }

  /** From now on it is half-open (N6). */
  freeze(): void {
    this.#isHalfOpen = true;
  }

  /** From now on one of its topics is silent, while pongs flow (N9). */
  silence(topic: Topic): void {
    this.#silent.add(topic);
  }

  heal(): void {
    this.#silent.clear();
  }

  #dial(): void {
    const { time, faults } = this.#net;
    const isDead = faults.strikes("N11") || this.#net.isUpBlocked || this.#net.isDownBlocked;
    const wait = isDead ? DIAL_FAILS_MS : 2 * this.#net.latency();
    time.after(
      wait,
      () => {
        if (this.#state !== "dialling") return;
        if (isDead) {
          this.#forget();
          this.#listener.onClosed("no connection");
          return;
        }
        this.#state = "open";
        this.#unlisten = this.#source.listen((message) => this.#push(message));
        if (this.#net.isStormy) {
          time.after(faults.delay("N10", 1, STORM_LIFE_MS), () => this.drop("closed by the peer"));
        }
        this.#listener.onOpen();
      },
      this.#owner,
    );
  }

  #forget(): void {
    this.#state = "closed";
    this.#unlisten?.();
    this.#unlisten = null;
    this.#net.sockets.delete(this);
  }

  /** What the client writes arrives, unless nobody is there. */
  #write(arrive: () => void): void {
    if (this.#state !== "open" || this.#isHalfOpen || this.#net.isUpBlocked) return;
    this.#net.time.after(this.#net.latency(), () => {
      if (this.#state === "open") arrive();
    });
  }

  /** What the venue writes outside of the topics. */
  #down(arrive: () => void): void {
    if (this.#isHalfOpen || this.#net.isDownBlocked) return;
    const deliver = (): void => {
      if (this.#state === "open") arrive();
    };
    this.#net.time.after(this.#net.latency(), deliver, this.#owner);
  }

  #push(message: WireMessage): void {
    const { topic } = message;
    if (!this.#topics.has(topic) || this.#silent.has(topic)) return;
    if (this.#isHalfOpen || this.#net.isDownBlocked) return;
    const { faults } = this.#net;
    if (faults.strikes("N8")) {
      this.drop("reset in the middle of a frame");
      return;
    }
    if (topic === "price" && faults.strikes("X20")) {
      this.#gaps.add(topic);
      return;
    }
    const gap = this.#gaps.delete(topic);
    if (faults.strikes("N5")) {
      // It falls behind what comes after it.
      this.#deliverAfter(faults.delay("N5", 1, 2_000), message, gap);
      return;
    }
    const late = faults.strikes("X9") ? faults.delay("X9", 1, 3_000) : 0;
    this.#enqueue(message, gap, late);
    if (faults.strikes("N4")) this.#deliverAfter(faults.delay("N4", 0, 3_000), message, gap);
  }

  /** In the order of its topic. */
  #enqueue(message: WireMessage, gap: boolean, late: number): void {
    const { time } = this.#net;
    const queue = this.#queueOf(message.topic);
    queue.last = Math.max(queue.last, time.now + this.#net.latency() + late);
    queue.waiting.push(() => this.#listener.onMessage(message, gap));
    // Whichever callback comes first takes the first message.
    time.at(
      queue.last,
      () => {
        const deliver = queue.waiting.shift();
        if (this.#state === "open") deliver?.();
      },
      this.#owner,
    );
  }

  /** Out of the order of its topic. */
  #deliverAfter(delay: number, message: WireMessage, gap: boolean): void {
    const deliver = (): void => {
      if (this.#state === "open") this.#listener.onMessage(message, gap);
    };
    this.#net.time.after(this.#net.latency() + delay, deliver, this.#owner);
  }

  #queueOf(topic: Topic): { readonly waiting: (() => void)[]; last: number } {
    let queue = this.#queues.get(topic);
    if (queue === undefined) {
      queue = { waiting: [], last: Number.NEGATIVE_INFINITY };
      this.#queues.set(topic, queue);
    }
    return queue;
  }
}
