import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { REJECT, type RejectCode } from "#engine/model/order-terms.ts";
import { isTerminal, STATUS, type Status } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import { type Approved, approve } from "#engine/risk/approve.ts";
import { DAILY_LOSS, DRAWDOWN, Latches, type LatchesState } from "#engine/risk/latches.ts";
import { type LossState, LossWatch } from "#engine/risk/loss-watch.ts";
import { type ChangingOrder, OpenExposure } from "#engine/risk/open-exposure.ts";
import { OrderRate } from "#engine/risk/order-rate.ts";
import { isFarOff } from "#engine/risk/price-sanity.ts";
import { checkRiskLimits, type RiskLimits } from "#engine/risk/risk-limits.ts";
import { SharedCloses } from "#engine/risk/shared-closes.ts";
import { WorstCase } from "#engine/risk/worst-case.ts";

/** The orders that a halt ends. */
export interface RiskOrders {
  working(slot: number): readonly Order[];
  cancel(order: Order): boolean;
}

/** What of risk must survive a restart, as JSON. What the orders could open is counted again from the orders. */
export interface RiskState {
  readonly latches: LatchesState;
  readonly loss: LossState | null;
  /** Times of the orders placed lately, epoch ms. */
  readonly placedAt: readonly number[];
  /** Entries with changes in flight. */
  readonly changing: readonly ChangingOrder[];
}

/** Where an account's risk begins: with a limit or a latch there is something to ask before an order is sent. */
export interface RiskParts {
  readonly instruments: readonly Instrument[];
  readonly ledger: Ledger;
  readonly limits: RiskLimits;
}

/**
 * Stands before every order and every change of one: latches, limits, unknown outcomes, other closes. An order that only
 * reduces passes every limit and latch, and a close as far as other closes leave it something (`shared-closes.ts`). One
 * that is not marked so and would be refused, but is no larger than what there is to close, is sent marked: as such it can
 * do nothing else.
 */
export class RiskManager {
  /** Last price and mark per slot, quote units, and the time of the last price, epoch ms; NaN where unknown. */
  readonly lastPrices: Float64Array;
  readonly marks: Float64Array;
  readonly priceAsOf: Float64Array;
  readonly limits: RiskLimits;
  readonly latches: Latches;
  // Fields, because every bar and every order asks them.
  /** Whether `onTransition`, `onTerms`, `onRefused` and `onCancel` want to be told of every order. */
  readonly isCounting: boolean = false;
  /** Whether anything can be refused now beyond what `approve` refuses. */
  isRestricting = false;
  /** Whether `onTime` has anything to do. */
  isAwake = false;
  readonly #instruments: readonly Instrument[];
  readonly #ledger: Ledger;
  readonly #closes: SharedCloses;
  readonly #twin: Int32Array;
  readonly #exposure: OpenExposure | null;
  readonly #worst: WorstCase | null;
  readonly #rate: OrderRate | null;
  readonly #loss: LossWatch | null;
  readonly #hasLimits: boolean;
  /** Orders of each slot whose outcome is not known. */
  readonly #unknown: Int32Array;
  #unknownCount = 0;
  #orders: RiskOrders | null = null;
  /** By slot of the order: the request that a halt has asked to end while the venue had not answered yet. */
  readonly #ended: number[] = [];

  /** @throws E_CONFIG for limits that make no sense */
  constructor({ instruments, ledger, limits }: RiskParts) {
    checkRiskLimits(limits);
    const count = instruments.length;
    this.limits = limits;
    this.#instruments = instruments;
    this.#ledger = ledger;
    this.#closes = new SharedCloses(ledger);
    this.lastPrices = new Float64Array(count).fill(Number.NaN);
    this.marks = new Float64Array(count).fill(Number.NaN);
    this.priceAsOf = new Float64Array(count).fill(Number.NaN);
    const names = instruments.map(({ symbol }) => symbol);
    this.latches = new Latches(names, () => this.#refresh());
    this.#twin = Int32Array.from(names, (name, at) =>
      names.findIndex((n, i) => n === name && i !== at),
    );
    this.#unknown = new Int32Array(count);
    const counts = countsExposure(limits);
    this.#exposure = counts ? new OpenExposure(instruments.map(({ tick }) => tick)) : null;
    this.#worst =
      this.#exposure === null
        ? null
        : new WorstCase({ instruments, ledger, limits, exposure: this.#exposure, risk: this });
    const { maxOrdersPerMinute } = limits;
    this.#rate = maxOrdersPerMinute === undefined ? null : new OrderRate(maxOrdersPerMinute);
    this.#loss = countsLoss(limits) ? new LossWatch(limits) : null;
    this.#hasLimits =
      counts ||
      this.#rate !== null ||
      this.#loss !== null ||
      limits.maxPriceDeviationPct !== undefined ||
      limits.maxPriceAgeSeconds !== undefined;
    this.isCounting = counts;
    this.#refresh();
  }

  bind(orders: RiskOrders): void {
    this.#orders = orders;
    this.#closes.bind((slot) => orders.working(slot));
  }

  /** A new order, before it is recorded: a close may come out smaller. What is approved is counted, and must be sent. */
  approve(order: Order, now: number): Approved | RejectCode {
    const { symbol } = order;
    if (order.reduceOnly && !this.#closes.fit(order)) return REJECT.alreadyClosing;
    const lastPrice = this.lastPrices[symbol] as number;
    const basic = approve(order, this.#instruments[symbol] as Instrument, lastPrice);
    if (typeof basic === "number" || !this.isRestricting) return basic;
    if (!order.reduceOnly) {
      const lastTicks = this.#lastTicks(symbol);
      // The next attempt of an intent is counted since the first.
      const isCounted = order.status !== STATUS.planned;
      const refusal = this.#refusal(order, now, lastTicks, !isCounted);
      if (refusal !== REJECT.none) {
        if (isCounted || !this.#closes.mark(order)) return refusal;
      } else if (this.#exposure !== null && !isCounted) {
        this.#exposure.reserve(order, lastTicks);
      }
    }
    this.#rate?.add(now);
    return basic;
  }

  /** Takes note of a price that was made at `asOf`, the engine's time, unless a newer one is known; says which. */
  seePrice(slot: number, price: number, asOf: number): boolean {
    // Nothing is older than a price that is not known: NaN compares as false.
    if (asOf < (this.priceAsOf[slot] as number)) return false;
    const isFirst = Number.isNaN(this.lastPrices[slot]);
    this.lastPrices[slot] = price;
    this.priceAsOf[slot] = asOf;
    // Orders that outlived a process were counted at their own prices alone.
    if (isFirst && this.isCounting) this.recount();
    return true;
  }

  /**
   * A change of an order, in its wanted terms; `wasLots`, `wasPriceTicks` and `wasTriggerTicks` are what it wanted
   * before. What only makes it smaller passes.
   */
  approveChange(
    order: Order,
    now: number,
    wasLots: number,
    wasPriceTicks: number,
    wasTriggerTicks: number,
  ): Approved | RejectCode {
    const { symbol } = order;
    if (order.reduceOnly && !this.#closes.fitsChanged(order, wasLots)) return REJECT.alreadyClosing;
    const lastPrice = this.lastPrices[symbol] as number;
    const basic = approve(order, this.#instruments[symbol] as Instrument, lastPrice);
    if (typeof basic === "number" || !this.isRestricting || order.reduceOnly) return basic;
    const lastTicks = this.#lastTicks(symbol);
    const isSmaller =
      order.wantedLots <= wasLots &&
      order.wantedLots <= order.qtyLots &&
      isSame(order.wantedPriceTicks, wasPriceTicks) &&
      isSame(order.wantedPriceTicks, order.priceTicks) &&
      isSame(order.wantedTriggerTicks, wasTriggerTicks) &&
      isSame(order.wantedTriggerTicks, order.triggerTicks);
    if (!isSmaller) {
      const refusal = this.#refusal(order, now, lastTicks, false);
      if (refusal !== REJECT.none) return refusal;
    }
    this.#exposure?.reserveChange(order, lastTicks);
    return basic;
  }

  /** An order has moved along its table; asked for while `isCounting`, and whenever `unknown` is on either side. */
  onTransition(order: Order, from: Status): void {
    const { status, symbol } = order;
    if (status === STATUS.unknown) this.#countUnknown(symbol, 1);
    else if (from === STATUS.unknown) this.#countUnknown(symbol, -1);
    if (this.#exposure === null || order.reduceOnly || from === STATUS.planned) return;
    if (isTerminal(status)) this.#exposure.release(order);
    else if (status === STATUS.partiallyFilled) this.#exposure.onFill(order);
  }

  /** The venue has told an order's terms; `isAnswer` when they were asked for. */
  onTerms(order: Order, isAnswer: boolean): void {
    if (!order.reduceOnly && !isTerminal(order.status)) this.#exposure?.onTerms(order, isAnswer);
  }

  /** The venue has refused a change or a cancel. */
  onRefused(order: Order): void {
    if (!order.reduceOnly && !isTerminal(order.status)) this.#exposure?.onRefused(order);
  }

  /** A cancel is sent. */
  onCancel(order: Order): void {
    if (!order.reduceOnly) this.#exposure?.doubt(order);
  }

  /** Whether an order that the venue has just taken is unwanted: its cancel was faster than itself. */
  endsOnArrival(order: Order): boolean {
    if (!this.latches.isSet || order.reduceOnly) return false;
    return this.#endsEntries && this.latches.isHalted(order.symbol);
  }

  /** Equity, the day and what a halt ends, once per decision or as often as a driver likes; needed while `isAwake`. */
  onTime(now: number): void {
    this.latches.onTime(now);
    this.#seeEquity(now);
    if (this.latches.hasHalt) this.#endEntries();
  }

  /** Stops everything that opens, until `resume`. */
  halt(reason: string, now: number): void {
    this.latches.setHalt(reason, now);
    this.#endEntries();
  }

  haltSymbol(symbol: string, reason: string, now: number): void {
    this.latches.haltSymbol(symbol, reason, now);
    this.#endEntries();
  }

  /** Lifts every halt, those of symbols too. A loss beyond its limit counts anew from the equity of now: it does not halt twice. */
  resume(): void {
    this.latches.clearHalts();
    this.#loss?.forgive();
  }

  /** Money was put into the account (above 0) or taken out, quote units: neither a profit nor a loss. */
  onTransfer(amount: number): void {
    this.#loss?.onTransfer(amount);
  }

  /** Worst case over all symbols with every order that may open filled, quote units; NaN while nothing counts it. */
  worstNotional(): number {
    return this.#worst?.total() ?? Number.NaN;
  }

  state(now: number): RiskState {
    return {
      latches: this.latches.state(),
      loss: this.#loss?.state() ?? null,
      placedAt: this.#rate?.state(now) ?? [],
      changing: this.#changing(),
    };
  }

  /** Takes over what a journal kept; the orders it kept are in place before. */
  restore(state: RiskState): void {
    this.latches.restore(state.latches);
    this.#loss?.restore(state.loss);
    this.#rate?.restore(state.placedAt);
    this.recount(state.changing);
  }

  /** Counts the working orders anew, after they were put in place by something else than sending them. */
  recount(changing: readonly ChangingOrder[] = this.#changing()): void {
    const kept = new Map(changing.map((one) => [one.requestId, one]));
    this.#exposure?.clear();
    this.#unknown.fill(0);
    this.#unknownCount = 0;
    this.#refresh();
    for (let slot = 0; slot < this.#instruments.length; slot++) {
      for (const order of this.#orders?.working(slot) ?? []) {
        if (order.status === STATUS.planned) continue;
        if (order.status === STATUS.unknown) this.#countUnknown(slot, 1);
        if (!order.reduceOnly)
          this.#exposure?.recount(order, this.#lastTicks(slot), kept.get(order.requestId));
      }
    }
  }

  #changing(): readonly ChangingOrder[] {
    const found: ChangingOrder[] = [];
    if (this.#exposure === null) return found;
    for (let slot = 0; slot < this.#instruments.length; slot++) {
      for (const order of this.#orders?.working(slot) ?? []) {
        const isCounted = order.status !== STATUS.planned && !order.reduceOnly;
        const one = isCounted ? this.#exposure.changing(order) : null;
        if (one !== null) found.push(one);
      }
    }
    return found;
  }

  get #endsEntries(): boolean {
    return this.limits.haltCancelsEntries !== false;
  }

  /** Why an order that may open, or a change of one, is refused. */
  #refusal(order: Order, now: number, lastTicks: number, isNew: boolean): RejectCode {
    const { symbol } = order;
    this.latches.onTime(now);
    this.#seeEquity(now);
    const latched = this.latches.blocks(symbol);
    if (latched !== REJECT.none) return latched;
    const itself = order.status === STATUS.unknown ? 1 : 0;
    if (this.#unknownCount > itself && this.#unknownsOf(symbol) > itself) {
      return REJECT.riskUnknownOrder;
    }
    if (!this.#hasLimits) return REJECT.none;
    if (isNew && this.#rate !== null && !this.#rate.mayOpen(now)) return REJECT.riskOrderRate;
    const { maxPriceAgeSeconds, maxPriceDeviationPct } = this.limits;
    if (maxPriceAgeSeconds !== undefined) {
      const age = now - (this.priceAsOf[symbol] as number);
      if (!(age <= maxPriceAgeSeconds * 1_000)) return REJECT.riskStalePrice;
    }
    if (maxPriceDeviationPct !== undefined) {
      const { tick } = this.#instruments[symbol] as Instrument;
      const last = this.lastPrices[symbol] as number;
      const mark = this.marks[symbol] as number;
      if (isFarOff(order, tick, last, mark, maxPriceDeviationPct)) return REJECT.riskPriceDeviation;
    }
    if (this.#worst === null || this.#exposure === null) return REJECT.none;
    const value = isNew
      ? this.#exposure.added(order, lastTicks)
      : this.#exposure.addedByChange(order, lastTicks);
    return this.#worst.refusal(symbol, order.side, value);
  }

  #seeEquity(now: number): void {
    if (this.#loss === null) return;
    const breach = this.#loss.see(this.#ledger.equity(this.marks), now);
    if (breach === "none") return;
    const endsWithDay = breach === DAILY_LOSS && this.limits.onDailyLoss === "haltUntilNextDay";
    const clearsAt = endsWithDay ? this.#loss.breachEndsAt : null;
    // Found at midnight: the day that it belongs to is over.
    if (clearsAt !== null && clearsAt <= now) return;
    const { revision } = this.latches;
    this.latches.setHalt(breach === DAILY_LOSS ? DAILY_LOSS : DRAWDOWN, now, clearsAt);
    if (this.latches.revision !== revision) this.#endEntries();
  }

  #unknownsOf(slot: number): number {
    const twin = this.#twin[slot] as number;
    const own = this.#unknown[slot] as number;
    return twin < 0 ? own : own + (this.#unknown[twin] as number);
  }

  #countUnknown(slot: number, change: number): void {
    this.#unknown[slot] = (this.#unknown[slot] as number) + change;
    this.#unknownCount += change;
    this.#refresh();
  }

  #refresh(): void {
    const { isSet } = this.latches;
    this.isRestricting = this.#hasLimits || isSet || this.#unknownCount > 0;
    this.isAwake = this.#loss !== null || isSet;
  }

  #lastTicks(slot: number): number {
    const last = this.lastPrices[slot] as number;
    if (this.#exposure === null || last !== last) return Number.NaN;
    return this.#exposure.ticksOf(slot, last);
  }

  /** Asks for the end of every order that would open where a halt stands. */
  #endEntries(): void {
    if (!this.#endsEntries || this.#orders === null) return;
    for (let slot = 0; slot < this.#instruments.length; slot++) {
      if (!this.latches.isHalted(slot)) continue;
      // Cancelling only asks: nothing leaves the list here.
      for (const order of this.#orders.working(slot))
        if (this.#isToEnd(order)) this.#orders.cancel(order);
    }
  }

  #isToEnd(order: Order): boolean {
    const { status, slot, requestId } = order;
    if (order.reduceOnly || status === STATUS.planned || status === STATUS.unknown) return false;
    if (status === STATUS.accepted || status === STATUS.partiallyFilled) return true;
    // Of one that is on its way the venue may know nothing yet: asked once, and again when it arrives.
    if (this.#ended[slot] === requestId) return false;
    while (this.#ended.length <= slot) this.#ended.push(-1);
    this.#ended[slot] = requestId;
    return true;
  }
}

function countsExposure(limits: RiskLimits): boolean {
  const { maxNotionalPerSymbol, maxTotalNotional, maxLeverage, maxOpenPositions } = limits;
  return [maxNotionalPerSymbol, maxTotalNotional, maxLeverage, maxOpenPositions].some(
    (limit) => limit !== undefined,
  );
}

function countsLoss({ maxDailyLossPct, maxDailyLossQuote, maxDrawdownPct }: RiskLimits): boolean {
  return [maxDailyLossPct, maxDailyLossQuote, maxDrawdownPct].some((limit) => limit !== undefined);
}

/** Also where neither is a number. */
function isSame(one: number, other: number): boolean {
  return one === other || (one !== one && other !== other);
}
