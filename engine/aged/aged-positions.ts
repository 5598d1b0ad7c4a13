import { AgedCloser, type AgedDesk } from "#engine/aged/aged-closer.ts";
import type { AgedConfig } from "#engine/aged/aged-config.ts";
import { AgedDetector } from "#engine/aged/aged-detector.ts";
import { AgedMonitor, type AgedPriceRules } from "#engine/aged/aged-monitor.ts";
import type { AgedEnd, AgedRecord } from "#engine/aged/aged-record.ts";
import { closeAt, closeAtTarget, updateLevels } from "#engine/aged/aged-rules.ts";
import { deadlinesOf } from "#engine/aged/aged-stages.ts";
import type { AgedState, HeldPosition, HeldState } from "#engine/aged/aged-state.ts";
import { AgedStates, type AgedTransitionSink } from "#engine/aged/aged-states.ts";
import { assert, must } from "#engine/assert.ts";

const NEVER = Number.POSITIVE_INFINITY;

/**
 * The positions of one account and what becomes of those that grow too old. It is told of positions, prices, time and
 * the ends of its own orders; it answers with orders through its desk, transitions through its sink, and tells when it
 * wants to be asked again. Symbols are indices of position slots; times epoch ms; prices quote units.
 */
export class AgedPositions {
  readonly config: AgedConfig;
  readonly #desk: AgedDesk;
  readonly #detector: AgedDetector;
  readonly #monitor: AgedMonitor;
  readonly #closer: AgedCloser;
  readonly #states: AgedStates;
  readonly #held: (HeldPosition | null)[] = [];
  #heldCount = 0;
  #recordCount = 0;
  /** Records made so far. */
  #made = 0;
  /** When the rules were asked last. */
  #now = 0;
  /** Kept until something changes that it depends on. */
  #timerAt = NEVER;
  #isTimerKnown = true;

  constructor(
    config: AgedConfig,
    prices: AgedPriceRules,
    desk: AgedDesk,
    onTransition: AgedTransitionSink,
  ) {
    this.config = config;
    this.#desk = desk;
    this.#detector = new AgedDetector(config.detectEveryMinutes);
    this.#monitor = new AgedMonitor(prices);
    this.#closer = new AgedCloser(config, desk);
    this.#states = new AgedStates(onTransition);
  }

  /** Positions held, aged or not. */
  get heldCount(): number {
    return this.#heldCount;
  }

  /** Aged positions that are not closed. */
  get recordCount(): number {
    return this.#recordCount;
  }

  /** Slots that may hold a position: one more than the highest index so far. */
  get slotCount(): number {
    return this.#held.length;
  }

  get nextDetectionAt(): number {
    return this.#detector.nextAt;
  }

  /** The aged position of a slot; null while there is none. */
  recordOf(symbol: number): AgedRecord | null {
    return this.#held[symbol]?.record ?? null;
  }

  /** A position begins, or one that was there already becomes known. @param openedAt by the venue, or its first fill */
  onOpened(symbol: number, side: 1 | -1, openedAt: number, entryPrice: number, now: number): void {
    while (this.#held.length <= symbol) this.#held.push(null);
    assert(this.#held[symbol] === null, () => `Slot ${symbol} holds one position at a time`);
    this.#held[symbol] = {
      symbol,
      side,
      openedAt,
      entryPrice,
      exitLots: 0,
      exitValue: 0,
      record: null,
    };
    this.#heldCount += 1;
    this.#detector.start(now);
    this.#isTimerKnown = false;
  }

  /** An add has moved the average entry; the age counts on. */
  onChanged(symbol: number, entryPrice: number): void {
    const held = this.#heldAt(symbol);
    held.entryPrice = entryPrice;
    if (held.record === null) return;
    held.record.entryPrice = entryPrice;
    this.#closer.resize(held.record);
  }

  /** An exit, whosesoever, has taken off lots at a price; the last one before `onFlat` too. */
  onReduced(symbol: number, lots: number, price: number): void {
    const held = this.#heldAt(symbol);
    held.exitLots += lots;
    held.exitValue += lots * price;
  }

  /** The mirror shows zero: only this closes a record. */
  onFlat(symbol: number, how: AgedEnd, now: number): void {
    const { record, exitLots, exitValue } = this.#heldAt(symbol);
    this.#held[symbol] = null;
    this.#heldCount -= 1;
    if (this.#heldCount === 0) this.#detector.stop();
    this.#isTimerKnown = false;
    if (record === null) return;
    this.#recordCount -= 1;
    this.#monitor.leave(symbol);
    this.#closer.giveUp(record);
    if (exitLots > 0) {
      const price = exitValue / exitLots;
      record.closePrice = price;
      record.pnlPct = (record.side * (price - record.entryPrice) * 100) / record.entryPrice;
    }
    if (how !== "other_exit" && how !== "closed_externally") {
      record.target = record.decidedTarget;
      record.tolerancePct = record.decidedTolerancePct;
    } else {
      updateLevels(record, now, this.config);
    }
    this.#states.move(record, "closed", now, how, record.closePrice);
  }

  /** A price from the stream or a poll. @param asOf when it was made, the engine's time */
  onPrice(symbol: number, price: number, asOf: number, now: number): void {
    const record = this.#held[symbol]?.record ?? null;
    if (record === null || !this.#monitor.take(symbol, price, asOf, now)) return;
    this.#now = now;
    if (record.status === "error") return;
    record.price = price;
    updateLevels(record, now, this.config);
    if (record.status === "grace_pending") {
      this.#states.move(record, "grace_active", now, "price", price);
      this.#isTimerKnown = false;
    }
    if (record.status === "grace_active" && now > record.graceEndsAt) {
      this.#states.move(record, "progressive_active", now, "price", price);
      this.#isTimerKnown = false;
    }
    this.#act(record, price, now, false);
  }

  /** Time has passed: a detection, the end of a grace, a retry or an emergency may be due. */
  onTime(now: number): void {
    this.detect(now);
    this.#now = now;
    this.#isTimerKnown = false;
    if (this.#recordCount === 0) return;
    for (const held of this.#held) {
      if (held === null || held.record === null || held.record.status === "error") continue;
      const { record } = held;
      if (record.status === "grace_active" && now > record.graceEndsAt) {
        updateLevels(record, now, this.config);
        const price = this.#monitor.lastPrice(record.symbol);
        this.#states.move(record, "progressive_active", now, "timer", price);
      }
      const isRetry = record.notBefore > 0 && now >= record.notBefore;
      if (isRetry || now > record.emergencyAt) this.#actOnTime(record, now);
    }
  }

  /** Runs the detector when it is due; prices of that moment come after it. */
  detect(now: number): void {
    if (!this.#detector.takeDue(now)) return;
    this.#now = now;
    this.#isTimerKnown = false;
    for (const held of this.#held) {
      if (held === null) continue;
      if (held.record === null) this.#find(held, now);
      else if (held.record.status === "error") this.#rearm(held.record, now);
      else if (this.config.mode === "limit") this.#reprice(held.record, now);
    }
  }

  /** An order of ours has ended. @param reason a reject code, 0 without one; a fill that leaves a position ends one too */
  onCloseNews(symbol: number, reason: number, now: number): void {
    const record = this.#held[symbol]?.record ?? null;
    if (record === null || record.status === "error") return;
    this.#now = now;
    this.#isTimerKnown = false;
    const isFailed = this.#closer.onEnded(record, reason, now);
    if (isFailed) this.#fail(record, now);
    else if (now > record.emergencyAt) this.#actOnTime(record, now);
  }

  /** Symbols whose price the driver is to poll now. */
  takePolls(now: number): readonly number[] {
    this.#isTimerKnown = false;
    return this.#monitor.takePolls(now);
  }

  /** When `onTime` or `takePolls` has something to do; Infinity while only news can change anything. */
  get nextTimerAt(): number {
    if (!this.#isTimerKnown) {
      this.#timerAt = this.#findTimer();
      this.#isTimerKnown = true;
    }
    return Math.min(this.#timerAt, this.#monitor.nextPollAt);
  }

  /** Plain JSON from which `restore` goes on as if nothing had happened. */
  state(): AgedState {
    const held: HeldState[] = [];
    for (const one of this.#held) {
      if (one === null) continue;
      const record = one.record === null ? null : { ...one.record };
      held.push({ ...one, record, price: this.#monitor.stateOf(one.symbol) });
    }
    const { nextAt } = this.#detector;
    return {
      version: 1,
      now: this.#now,
      nextDetectionAt: nextAt === NEVER ? null : nextAt,
      records: this.#made,
      held,
    };
  }

  /** Takes over what `state` told, in an object that knows of no position yet. */
  restore(state: AgedState): void {
    assert(this.#heldCount === 0, () => "Positions are restored into an empty account");
    this.#made = state.records;
    this.#now = state.now;
    this.#detector.restore(state.nextDetectionAt ?? NEVER);
    this.#isTimerKnown = false;
    for (const { price, record, ...rest } of state.held) {
      while (this.#held.length <= rest.symbol) this.#held.push(null);
      this.#held[rest.symbol] = { ...rest, record: record === null ? null : { ...record } };
      this.#heldCount += 1;
      if (record !== null) this.#recordCount += 1;
      if (price !== null) this.#monitor.restore(rest.symbol, price);
    }
  }

  #heldAt(symbol: number): HeldPosition {
    return must(this.#held[symbol], `Slot ${symbol} holds a position`);
  }

  #find(held: HeldPosition, now: number): void {
    const { symbol, side, openedAt, entryPrice } = held;
    const deadlines = deadlinesOf(openedAt, this.config);
    if (now <= deadlines.agedAt) return;
    this.#made += 1;
    this.#recordCount += 1;
    const record: AgedRecord = {
      ...deadlines,
      symbol,
      side,
      openedAt,
      id: this.#made,
      detectedAt: now,
      status: "detected",
      seq: 0,
      reason: "aged",
      graceAt: null,
      progressiveAt: null,
      closedAt: null,
      entryPrice,
      breakEven: entryPrice,
      target: null,
      tolerancePct: 0,
      price: null,
      attempts: 0,
      waits: 0,
      notBefore: 0,
      close: null,
      decidedPrice: null,
      decidedTarget: null,
      decidedTolerancePct: 0,
      requestId: null,
      restingPrice: null,
      closePrice: null,
      pnlPct: null,
    };
    held.record = record;
    updateLevels(record, now, this.config);
    this.#states.begin(record);
    this.#monitor.watch(symbol, now);
    this.#states.move(record, "grace_pending", now, "subscribed", null);
  }

  /** A campaign that had failed begins anew, with the next fresh price. */
  #rearm(record: AgedRecord, now: number): void {
    record.attempts = 0;
    record.waits = 0;
    record.notBefore = 0;
    updateLevels(record, now, this.config);
    const price = this.#monitor.lastPrice(record.symbol);
    this.#states.move(record, "detected", now, "re_armed", price);
    this.#states.move(record, "grace_pending", now, "subscribed", price);
  }

  /** Limit mode: a detection moves what rests. */
  #reprice(record: AgedRecord, now: number): void {
    if (record.price === null || record.restingPrice === null) return;
    updateLevels(record, now, this.config);
    this.#act(record, record.price, now, true);
  }

  #act(record: AgedRecord, price: number, now: number, moves: boolean): void {
    const { config } = this;
    const close = closeAt(record, price, now, config);
    if (config.mode === "market" || close === "emergency") {
      if (close !== null) this.#ask(record, close, price, now);
      return;
    }
    const isBeyond = close === "profitable_close" && !this.#desk.isClosing(record.symbol);
    const why = isBeyond ? close : closeAtTarget(record, now, config);
    const isFailed = this.#closer.keepResting(record, why, price, now, moves);
    this.#isTimerKnown &&= !moves && record.attempts === 0;
    if (isFailed) this.#fail(record, now);
  }

  /** A retry or an emergency without a new price: the rule has to hold at a price that is still fresh, or without one. */
  #actOnTime(record: AgedRecord, now: number): void {
    const price = this.#monitor.freshPrice(record.symbol, now);
    updateLevels(record, now, this.config);
    if (price === price) this.#act(record, price, now, false);
    else if (now > record.emergencyAt) {
      this.#ask(record, "emergency", this.#monitor.lastPrice(record.symbol), now);
    }
  }

  #ask(
    record: AgedRecord,
    close: Parameters<AgedCloser["closeAtMarket"]>[1],
    price: number | null,
    now: number,
  ): void {
    this.#isTimerKnown = false;
    if (this.#closer.closeAtMarket(record, close, price, now)) this.#fail(record, now);
  }

  #fail(record: AgedRecord, now: number): void {
    updateLevels(record, now, this.config);
    this.#states.move(record, "error", now, "attempts_failed", record.price);
    this.#isTimerKnown = false;
  }

  #findTimer(): number {
    let next = this.#detector.nextAt;
    for (const held of this.#held) {
      if (held === null || held.record === null) continue;
      const { status, graceEndsAt, emergencyAt, notBefore } = held.record;
      if (status === "error") continue;
      // A stage ends with its deadline: the first ms that belongs to the next one.
      if (status === "grace_active") next = Math.min(next, graceEndsAt + 1);
      if (emergencyAt >= this.#now) next = Math.min(next, emergencyAt + 1);
      if (notBefore > this.#now) next = Math.min(next, notBefore);
    }
    return next;
  }
}
