import type { MessageSource, VirtualNet } from "./virtual-net.ts";
import type { VirtualProcess } from "./virtual-process.ts";
import type { VirtualSocket } from "./virtual-socket.ts";
import type { Callback } from "./virtual-time.ts";
import type { Topic, WireMessage } from "./wire.ts";

/** When a client gives a socket up. */
export interface KeeperTerms {
  readonly pingEveryMs: number;
  /** Nothing at all has come for so long. */
  readonly silenceMs: number;
  /** A topic that never pauses has paused for so long; Infinity: every topic may pause. */
  readonly topicSilenceMs: number;
  readonly confirmMs: number;
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  /** A socket that held for so long lets the next dial be a quick one again. */
  readonly stableMs: number;
}

export const KEEPER_TERMS: KeeperTerms = {
  pingEveryMs: 20_000,
  silenceMs: 30_000,
  topicSilenceMs: Number.POSITIVE_INFINITY,
  confirmMs: 10_000,
  backoffMs: 500,
  backoffMsMax: 10_000,
  stableMs: 60_000,
};

export interface KeeperListener {
  /** Connected and every topic confirmed. */
  onUp(): void;
  /** It was up and is not any more. */
  onDown(why: string): void;
  onMessage(message: WireMessage): void;
}

/** Keeps a socket with its subscriptions alive: pings, notices silence, gaps and closes, dials again with backoff. */
export class StreamKeeper {
  readonly #net: VirtualNet;
  readonly #process: VirtualProcess;
  readonly #source: MessageSource;
  readonly #topics: readonly Topic[];
  readonly #terms: KeeperTerms;
  readonly #listener: KeeperListener;
  #socket: VirtualSocket | null = null;
  readonly #timers = new Set<Callback>();
  readonly #unconfirmed = new Set<Topic>();
  #isUp = false;
  #isStopped = true;
  #openedAt = 0;
  #heardAt = 0;
  #toldAt = 0;
  #failures = 0;

  constructor(
    parts: {
      readonly net: VirtualNet;
      readonly process: VirtualProcess;
      readonly source: MessageSource;
    },
    topics: readonly Topic[],
    terms: KeeperTerms,
    listener: KeeperListener,
  ) {
    this.#net = parts.net;
    this.#process = parts.process;
    this.#source = parts.source;
    this.#topics = topics;
    this.#terms = terms;
    this.#listener = listener;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  start(): void {
    this.#isStopped = false;
    this.#dial();
  }

  stop(): void {
    this.#isStopped = true;
    this.#isUp = false;
    this.#clear();
  }

  /** What came can not be trusted any more: everything anew. */
  restart(why: string): void {
    if (this.#socket !== null) this.#lost(why);
  }

  #dial(): void {
    this.#socket = this.#net.dial(this.#process, this.#source, {
      onOpen: () => this.#onOpen(),
      onPong: () => this.#heard(),
      onConfirmed: (topic) => this.#onConfirmed(topic),
      onMessage: (message, gap) => this.#onMessage(message, gap),
      onClosed: (why) => this.#lost(why),
    });
  }

  #onOpen(): void {
    const { now } = this.#net.time;
    this.#openedAt = now;
    this.#heard();
    this.#toldAt = now;
    for (const topic of this.#topics) {
      this.#unconfirmed.add(topic);
      this.#socket?.subscribe(topic);
    }
    this.#timer(this.#terms.confirmMs, () => {
      if (this.#unconfirmed.size > 0) this.#lost("a subscription was not confirmed");
    });
    this.#ping();
  }

  #ping(): void {
    this.#timer(this.#terms.pingEveryMs, () => {
      const { now } = this.#net.time;
      if (now - this.#heardAt >= this.#terms.silenceMs) this.#lost("silent");
      else if (now - this.#toldAt >= this.#terms.topicSilenceMs) this.#lost("a topic is silent");
      else {
        this.#socket?.ping();
        this.#ping();
      }
    });
  }

  #onConfirmed(topic: Topic): void {
    this.#heard();
    this.#unconfirmed.delete(topic);
    if (this.#unconfirmed.size > 0 || this.#isUp) return;
    this.#isUp = true;
    this.#listener.onUp();
  }

  #onMessage(message: WireMessage, gap: boolean): void {
    this.#heard();
    this.#toldAt = this.#net.time.now;
    if (gap) this.#lost("a message is missing");
    else this.#listener.onMessage(message);
  }

  #heard(): void {
    this.#heardAt = this.#net.time.now;
  }

  #lost(why: string): void {
    const wasUp = this.#isUp;
    const isStable = wasUp && this.#net.time.now - this.#openedAt >= this.#terms.stableMs;
    this.#failures = isStable ? 0 : this.#failures + 1;
    this.#isUp = false;
    this.#clear();
    const { backoffMs, backoffMsMax } = this.#terms;
    const wait = Math.min(backoffMsMax, backoffMs * 2 ** Math.min(16, this.#failures));
    this.#timer(wait, () => {
      if (!this.#isStopped) this.#dial();
    });
    if (wasUp) this.#listener.onDown(why);
  }

  #clear(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#unconfirmed.clear();
    this.#socket?.close();
    this.#socket = null;
  }

  #timer(ms: number, run: () => void): void {
    const timer = this.#net.time.after(
      ms,
      () => {
        this.#timers.delete(timer);
        run();
      },
      this.#process,
    );
    this.#timers.add(timer);
  }
}
