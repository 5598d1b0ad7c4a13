import type { Engine } from "#engine/engine.ts";
import { COMMAND, Command, changesVenue } from "#engine/model/command.ts";
import { EngineEvent, EVENT, type EventKind, type OperatorOrder } from "#engine/model/event.ts";
import { REJECT } from "#engine/model/order-terms.ts";
import { type Target, type TargetKey, targetKey } from "#engine/model/target.ts";
import { barEvent, type ClosedBar, meetsTrade } from "#live/driver/bar-event.ts";
import type { BarAnomaly } from "#live/driver/bar-intake.ts";
import { Inquiries } from "#live/driver/inquiries.ts";
import type { MadeEngine } from "#live/driver/make-engine.ts";
import { type ChangingAsk, type Request, Requests } from "#live/driver/requests.ts";
import { VenueTime } from "#live/driver/venue-time.ts";
import { Gateway } from "#live/gateway/gateway.ts";
import type { VenueLimits } from "#live/gateway/venue-limits.ts";
import type { DriverClock, Scheduled } from "#live/ports/driver-clock.ts";
import type { Answer, VenuePort, VenuePortListener } from "#live/ports/venue-port.ts";
import { eventName } from "#live/steps/event-json.ts";
import type { StartRecord, ToldStart } from "#live/steps/fold-steps.ts";
import { OrderNames } from "#live/steps/order-names.ts";

/** Where steps are kept; `sync` returns once all of them last. */
export interface StepJournal {
  append(kind: string, target: string | null, data: unknown): number;
  sync(): void;
}

/** A clock that is further off the venue's than this is wrong, and nothing is opened by it, ms. */
const OFFSET_MS_MAX = 600_000;
/** A request waits at most this share of the way to its fence: the rest is for its travel. */
const WAIT_SHARE = 0.6;

export interface TargetParts {
  readonly target: Target;
  /** The deployment: part of every intent's identity. */
  readonly runKey: string;
  readonly made: MadeEngine;
  readonly port: VenuePort;
  readonly limits: VenueLimits;
  readonly clock: DriverClock;
  readonly journal: StepJournal;
  /** From sending a request to the time after which the venue refuses it, ms. */
  readonly fenceMs: number;
  /** The journal has failed, or the engine: nothing leaves any more. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Runs the engine of one account against real time: every event goes through the engine, what it changed goes into
 * the journal as one record, and only when that lasts do the requests leave that may change something at the venue.
 * Synchronous and driven by calls, so that the same driver runs on sockets and in virtual time.
 */
export class TargetDriver implements VenuePortListener {
  readonly key: TargetKey;
  readonly names = new OrderNames();
  readonly #parts: TargetParts;
  readonly #requests: Requests;
  readonly #event = new EngineEvent();
  readonly #inquiries: Inquiries;
  readonly gateway: Gateway;
  readonly venueTime: VenueTime;
  #isConnected = false;
  #isOffTold = false;
  #isStopped = false;
  #bannedUntil: number | undefined;
  #timer: Scheduled | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #lastTime = 0;

  constructor(parts: TargetParts) {
    this.#parts = parts;
    this.key = targetKey(parts.target);
    this.#requests = new Requests({ ...parts, slots: parts.made.slots, names: this.names });
    this.gateway = new Gateway({ ...parts, onBanned: (until) => this.#onBanned(until) });
    this.#inquiries = new Inquiries({
      port: this.gateway,
      names: this.names,
      slots: parts.made.slots,
      now: () => Math.max(this.#lastTime, parts.clock.now()),
      executionsSince: () => this.engine.executionsSince,
      tell: (event) => this.#step(event),
    });
    this.venueTime = new VenueTime(parts.clock, this.gateway, () => this.#onMeasured());
  }

  get engine(): Engine {
    return this.made.engine;
  }

  get made(): MadeEngine {
    return this.#parts.made;
  }

  /**
   * Goes on from what a journal kept, or begins anew with null. Nothing leaves before `connect`.
   *
   * @param halt Why nothing may be opened, whatever was kept; null: what was kept holds
   */
  start(kept: StartRecord | null, halt: string | null = null): void {
    const { journal, clock } = this.#parts;
    const { engine, recorder } = this.made;
    if (kept !== null) {
      engine.restore(kept.state);
      this.names.restore(kept.names, kept.state);
      if (kept.bannedUntil !== undefined) this.gateway.ban(kept.bannedUntil);
      this.#bannedUntil = kept.bannedUntil;
    }
    if (halt !== null) engine.risk.latches.setHalt(halt, Math.floor(clock.now()));
    recorder.follow(engine);
    journal.append("started", this.key, this.told());
    journal.sync();
  }

  /**
   * Requests leave and news come as soon as the venue's clock is known: what was on its way when the last process ended
   * is looked for.
   */
  connect(): void {
    this.venueTime.start();
  }

  #onMeasured(): void {
    const { offset } = this.venueTime;
    if (!this.#isConnected && !this.#isStopped) {
      this.#isConnected = true;
      this.#parts.port.connect(this);
      // What the account's own stream would have told since the last process is not known before it is there.
      this.#tell(EVENT.connectionLost);
      this.#tell(EVENT.restarted);
    }
    if (Math.abs(offset) <= OFFSET_MS_MAX || this.#isOffTold) return;
    this.#isOffTold = true;
    this.order("halt", `the clock is ${offset} ms off the venue's`);
  }

  /** Everything that must outlive the process. */
  kept(): StartRecord {
    const { engine } = this;
    const positions = engine.reconcile?.positions() ?? [];
    const bannedUntil = this.#bannedUntil;
    return {
      state: engine.state(),
      names: this.names.state(),
      positions,
      ...(bannedUntil !== undefined && { bannedUntil }),
    };
  }

  /** The same as a record: with what its readers need besides. */
  told(): ToldStart {
    const { runKey, made } = this.#parts;
    return { ...this.kept(), runKey, contracts: made.contracts };
  }

  /** A person says so. */
  order(order: OperatorOrder, reason: string): void {
    const event = new EngineEvent();
    event.kind = EVENT.operator;
    event.order = order;
    event.text = reason;
    this.#step(event);
  }

  /** Nothing leaves any more, and nothing is heard. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.gateway.close();
    this.#parts.port.close();
  }

  requestOf(clientId: string): number {
    return this.names.requestIdOf(clientId);
  }

  onEvent(event: EngineEvent, clientId: string): void {
    if (this.#isOfFormerAttempt(event, clientId)) return;
    // The venue's stamp; the engine's time is our own.
    if (event.asOf === 0) event.asOf = event.time;
    this.#step(event);
    event.asOf = 0;
  }

  /**
   * A venue may tell late how an attempt ended that was proven absent since: its successor is another order there, and
   * only executions are the same order's here.
   */
  #isOfFormerAttempt({ kind, requestId }: EngineEvent, clientId: string): boolean {
    if (clientId === "" || kind === EVENT.orderFilled || kind === EVENT.orderPartiallyFilled)
      return false;
    return this.names.clientIdOf(requestId) !== clientId;
  }

  /**
   * A candle that nobody decides on any more, from before the start or a gap: the engine reads it, and the journal needs
   * it only where an open trade has met its prices.
   */
  onHistory(bar: ClosedBar): void {
    const event = barEvent(bar);
    const closedAt = this.#ourTime(event.asOf);
    if (meetsTrade(this.engine, bar, closedAt)) {
      this.#step(event);
      return;
    }
    event.time = this.#lastTime;
    event.asOf = closedAt;
    this.engine.process(event);
  }

  /** A feed told a candle that can not be right, or left some out. */
  onAnomaly(anomaly: BarAnomaly, symbol: string, time: number): void {
    this.#parts.journal.append("data.anomaly", this.key, { anomaly, symbol, time });
  }

  /**
   * A candle has closed: its row stands in the columns that the engine reads. Before the venue's clock is known it is
   * history like those before it.
   */
  onBar(bar: ClosedBar): void {
    if (this.#isConnected) this.#step(barEvent(bar));
    else this.onHistory(bar);
  }

  /** Everything that closes at a time is there, or is not waited for any longer. */
  decide(closeTime: number): void {
    // Nothing may leave yet.
    if (!this.#isConnected) return;
    const event = new EngineEvent();
    event.kind = EVENT.decide;
    event.asOf = closeTime;
    this.#step(event);
  }

  onLost(_why: string): void {
    this.#tell(EVENT.connectionLost);
  }

  onRestored(): void {
    this.#tell(EVENT.connectionRestored);
  }

  #tell(kind: EventKind): void {
    const event = new EngineEvent();
    event.kind = kind;
    this.#step(event);
  }

  /** One event: engine, journal, requests. */
  #step(event: EngineEvent): void {
    if (this.#isStopped) return;
    const { journal, clock } = this.#parts;
    const { engine, recorder } = this.made;
    try {
      this.#lastTime = Math.max(this.#lastTime, clock.now());
      event.time = this.#lastTime;
      const isPrice = event.kind === EVENT.lastPrice || event.kind === EVENT.barClosed;
      if (isPrice) event.asOf = this.#ourTime(event.asOf);
      engine.process(event);
      const commands = this.#takeCommands();
      const requests = commands.flatMap((command) => this.#requestOf(command));
      const records = requests.map(({ record }) => record);
      const step = recorder.take(event, records);
      journal.append(eventName(event.kind), this.key, step);
      this.names.follow(step);
      // A latch lasts before anybody hears that it is set.
      if (requests.length > 0 || event.kind === EVENT.operator) journal.sync();
      for (const request of requests) this.#send(request);
      for (const command of commands)
        if (!changesVenue(command.kind)) this.#inquiries.begin(command);
      this.#arm();
    } catch (error) {
      this.#isStopped = true;
      this.#parts.onFailed(error);
    }
  }

  /** A time of the venue's clock by ours; the same as long as nobody has compared the two. */
  #ourTime(at: number): number {
    const { offset } = this.venueTime;
    return Number.isNaN(offset) ? at : at - offset;
  }

  #takeCommands(): readonly Command[] {
    const { outbox } = this.engine;
    const commands = Array.from({ length: outbox.length }, (_, at) => {
      const command = new Command();
      command.copy(outbox.at(at));
      return command;
    });
    outbox.clear();
    return commands;
  }

  #requestOf(command: Command): readonly Request[] {
    if (!changesVenue(command.kind)) return [];
    const order = this.engine.orderManager.store.find(command.requestId);
    const reduces = command.kind === COMMAND.cancel || order?.reduceOnly === true;
    return [this.#requests.of(command, this.#lastTime + this.#parts.fenceMs, reduces)];
  }

  /** The fence of the record is the engine's time, that of the request the venue's. */
  #send({ ask, record }: Request): void {
    if (Number.isNaN(this.venueTime.offset)) {
      this.#refuse(ask, record);
      return;
    }
    const signed = (): ChangingAsk => {
      return { ...ask, fenceAt: Math.floor(record.fenceAt + this.venueTime.offset) };
    };
    const isClose = record.reduceOnly;
    const leaveBefore = this.#lastTime + WAIT_SHARE * this.#parts.fenceMs;
    // What has waited for room is not sent into a halt that came meanwhile.
    const mayOpen = this.#mayOpen(record.order);
    const isWanted = (): boolean => isClose || !mayOpen || this.#mayOpen(record.order);
    this.gateway.send(ask, signed, { isClose, leaveBefore, isWanted }, (answer) => {
      if (this.#isStopped || ask.kind === "configure") return;
      if (answer.kind === "accepted") this.#bind(ask.clientId, answer.venueOrderId);
      if (this.names.clientIdOf(record.order) !== ask.clientId) return;
      this.#onAnswer(record.order, ask.kind === "place", record.fenceAt, answer);
    });
  }

  /** Whether no latch stands against an order. */
  #mayOpen(requestId: number): boolean {
    const { orderManager, risk } = this.engine;
    const order = orderManager.store.find(requestId);
    return order === undefined || risk.latches.blocks(order.symbol) === REJECT.none;
  }

  /** The ban outlives the process: the next one would make it longer. */
  #onBanned(until: number): void {
    if (this.#isStopped || until <= (this.#bannedUntil ?? Number.NEGATIVE_INFINITY)) return;
    const { journal, clock, onFailed } = this.#parts;
    this.#bannedUntil = until;
    try {
      journal.append("banned", this.key, { at: clock.now(), until });
      journal.sync();
    } catch (error) {
      this.#isStopped = true;
      onFailed(error);
    }
  }

  /** Without the venue's clock a request has no fence: it does not leave. */
  #refuse({ kind }: Request["ask"], record: Request["record"]): void {
    if (kind === "configure") return;
    const { clock } = this.#parts;
    const text = "The venue's clock is not known yet";
    const answer = { kind: "refusedForNow", cause: "notSent", waitMs: 0, text } as const;
    clock.at(clock.now(), () =>
      this.#onAnswer(record.order, kind === "place", record.fenceAt, answer),
    );
  }

  /** An answer as the news that it is. What is no answer proves nothing. */
  #onAnswer(requestId: number, isPlace: boolean, fenceAt: number, answer: Answer): void {
    const event = this.#event;
    Object.assign(event, new EngineEvent());
    event.requestId = requestId;
    const order = this.engine.orderManager.store.find(requestId);
    event.symbol = order?.symbol ?? 0;
    if (answer.kind === "accepted") {
      event.kind = isPlace ? EVENT.orderAccepted : EVENT.commandAccepted;
      event.amount = isPlace ? 0 : fenceAt;
    } else if (answer.kind === "rejected") {
      event.kind = isPlace ? EVENT.orderRejected : EVENT.commandRejected;
      event.amount = isPlace ? 0 : fenceAt - this.#parts.fenceMs;
      event.reason = answer.code;
    } else if (answer.kind === "refusedForNow" && answer.cause === "notSent") {
      event.kind = isPlace ? EVENT.orderRejected : EVENT.commandRejected;
      event.amount = isPlace ? 0 : fenceAt - this.#parts.fenceMs;
      event.reason = REJECT.venueBusy;
    } else {
      // Also what was refused for now: a copy of the request may be on its way until the fence.
      event.kind = EVENT.unknownOutcome;
      event.amount = fenceAt;
    }
    this.#step(event);
  }

  /** Takes note of the venue's id of an attempt; an id that is bound otherwise is news of nothing. */
  #bind(clientId: string, venueOrderId: string): void {
    if (this.names.venueIdOf(clientId) === venueOrderId) return;
    if (!this.names.bind(clientId, venueOrderId)) return;
    this.#parts.journal.append("bound", this.key, { requestId: clientId, venueOrderId });
  }

  /** The engine is told the time when it wants to be. */
  #arm(): void {
    if (!this.#isConnected) return;
    const { nextTimerAt } = this.engine;
    if (nextTimerAt === this.#timerAt) return;
    this.#timer?.cancel();
    this.#timer = null;
    this.#timerAt = nextTimerAt;
    if (nextTimerAt === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#parts.clock.at(nextTimerAt, () => {
      this.#timer = null;
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#tell(EVENT.timer);
    });
  }
}
