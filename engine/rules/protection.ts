import { fromJsonNumber, type JsonNumber, toJsonNumber } from "#engine/json-number.ts";
import { floorToInterval } from "#engine/market/interval.ts";
import { PURPOSE, type Purpose } from "#engine/model/order-terms.ts";
import type { EntryProtection } from "#engine/rules/entry-protection.ts";
import { type ExitRules, type RoiStep, roiAt, roiSteps } from "#engine/rules/exit-rules.ts";

/** The orders that protect one position, as the engine carries them out. Prices in quote units, unrounded. */
export interface ProtectionDesk {
  /** Places a reduce-only stop-market or limit order for the whole position; returns its request id. */
  placeStop(symbol: number, price: number, purpose: Purpose): number;
  placeTarget(symbol: number, price: number, purpose: Purpose): number;
  /** Moves a working protective order to a price and to the size of the position; false when it is gone. */
  moveStop(symbol: number, requestId: number, price: number, purpose: Purpose): boolean;
  moveTarget(symbol: number, requestId: number, price: number, purpose: Purpose): boolean;
  cancelOrder(symbol: number, requestId: number): void;
  /** Cancels an order of which the venue has not answered yet; one that rests ends with its position there. */
  cancelInFlight(requestId: number): void;
  /** Closes what of the position no other close takes. */
  closeAtMarket(symbol: number, purpose: Purpose): void;
  /** Whether closes of the exit rules that may still be filled take all of the position. */
  isClosing(symbol: number): boolean;
}

const MINUTE_MS = 60_000;
const NONE = -1;

/**
 * Stop loss, take profit, ROI table, trailing stop and time stop of one symbol, as orders that rest at the venue.
 *
 * Conditions:
 * 1. Levels lie at a distance from the average entry price, whatever the leverage; explicit prices of the strategy
 *    stand beside the rules, and of several stops (or targets) the nearest counts.
 * 2. Orders go out with the fill that opens or enlarges the position.
 * 3. The trailing stop follows the best price of the completed bars of the strategy's interval since entry, the one of
 *    the entry included, and never loosens. Finer candles decide what is filled inside a bar, not where the stop is.
 * 4. The ROI step for the bar to come is chosen at the close before it, by the minutes held at its open.
 * 5. The time stop counts in bars of the strategy's interval from the one of the entry, gaps included.
 * 6. A fill that turns the position around ends the orders of the old side; prices of the strategy end with the
 *    position, and the new one has those of the entry that opened it.
 */
export class Protection {
  readonly #desk: ProtectionDesk;
  readonly #symbol: number = 0;
  /** Length of the strategy's bars, ms. */
  readonly #barMs: number = 0;
  #rules: ExitRules = {};
  #roi: readonly RoiStep[] = [];
  #explicitStop = Number.NaN;
  #explicitTarget = Number.NaN;
  #stopId = NONE;
  #targetId = NONE;
  #stopPrice = Number.NaN;
  #targetPrice = Number.NaN;
  #side = 0;
  #entryPrice = Number.NaN;
  #openedAt = 0;
  /** Open time of the finest bar in which the position was opened. */
  #openBarAt = 0;
  #best = Number.NaN;
  #isTrailing = false;
  #followsBars = false;

  constructor(desk: ProtectionDesk, symbol: number, barMs: number) {
    this.#desk = desk;
    this.#symbol = symbol;
    this.#barMs = barMs;
  }

  setRules(rules: ExitRules): void {
    this.#rules = rules;
    this.#roi = roiSteps(rules);
    const { trailing, maxBars } = rules;
    this.#followsBars = trailing !== undefined || maxBars !== undefined || this.#roi.length > 0;
  }

  /** Whether a rule moves with the bars; without one a closed bar changes nothing here. */
  get followsBars(): boolean {
    return this.#followsBars;
  }

  /** Prices of the strategy for the position held. */
  setPrices(
    stop: number | null | undefined,
    target: number | null | undefined,
    time: number,
  ): void {
    if (stop !== undefined) this.#explicitStop = stop ?? Number.NaN;
    if (target !== undefined) this.#explicitTarget = target ?? Number.NaN;
    if (this.#side !== 0) this.#update(time);
  }

  /** Whether a trailing stop of the rules follows the price by now. */
  get isTrailing(): boolean {
    const { trailing } = this.#rules;
    return this.#side !== 0 && trailing !== undefined && this.#trails(trailing);
  }

  /** Where the stop of the position is; NaN without one. */
  get stopPrice(): number {
    return this.#stopPrice;
  }

  /** Where its target is; NaN without one. */
  get targetPrice(): number {
    return this.#targetPrice;
  }

  /** The orders that are its stop and its target; −1 where none was placed. */
  get stopId(): number {
    return this.#stopId;
  }

  get targetId(): number {
    return this.#targetId;
  }

  /**
   * Does what the rules want by now: closes when the time is up, makes stop and target rest as they should, places what is
   * missing and moves what rests otherwise.
   */
  restore(time: number): void {
    if (this.#side === 0 || this.#isClosing) return;
    if (this.#isTimeUp(time)) this.#close(PURPOSE.timeStop);
    if (!this.#isClosing) this.#update(time);
  }

  /** An order of the position is gone without having closed anything: what it protected is not protected. */
  onGone(requestId: number): void {
    if (requestId === this.#stopId) this.#stopId = NONE;
    if (requestId === this.#targetId) this.#targetId = NONE;
  }

  /** The position was opened, enlarged or turned around by a fill of `entry` in the bar that opened at `barAt`. */
  onIncrease(
    side: number,
    entryPrice: number,
    time: number,
    barAt: number,
    entry: EntryProtection,
  ): void {
    const isNew = side !== this.#side;
    if (isNew) {
      if (this.#stopId !== NONE) this.#dropStop();
      if (this.#targetId !== NONE) this.#dropTarget();
      this.#side = side;
      this.#openedAt = time;
      this.#openBarAt = barAt;
      this.#best = entryPrice;
      this.#isTrailing = false;
      this.#explicitStop = Number.NaN;
      this.#explicitTarget = Number.NaN;
    }
    this.#entryPrice = entryPrice;
    if (isNew || !entry.isInForce) {
      if (entry.namesStop) this.#explicitStop = entry.stopLoss;
      if (entry.namesTarget) this.#explicitTarget = entry.takeProfit;
    }
    entry.isInForce = true;
    this.#update(time);
  }

  /**
   * A protective order has filled whole and the position is still there: its new size was on its way when the old one
   * was hit. What a stop leaves is closed at market, what a target leaves gets a target again.
   */
  onFilledShort(requestId: number, purpose: Purpose, time: number): void {
    if (requestId === this.#stopId) {
      this.#stopId = NONE;
      if (!this.#isClosing) this.#close(purpose);
    } else if (requestId === this.#targetId) {
      this.#targetId = NONE;
      this.#update(time);
    }
  }

  /**
   * The position is flat: the venue cancels what rests, the next entry starts anew. What is still on its way would be
   * accepted afterwards and work against a later position.
   */
  onFlat(): void {
    if (this.#stopId !== NONE) this.#desk.cancelInFlight(this.#stopId);
    if (this.#targetId !== NONE) this.#desk.cancelInFlight(this.#targetId);
    this.#side = 0;
    this.#explicitStop = Number.NaN;
    this.#explicitTarget = Number.NaN;
    this.#forgetOrders();
  }

  /** A bar has closed at `time`: trailing, ROI and time stop for the bar to come. */
  onBarClosed(high: number, low: number, time: number): void {
    if (this.#side === 0) return;
    this.#best = this.#side > 0 ? Math.max(this.#best, high) : Math.min(this.#best, low);
    this.#decideBar(time);
  }

  /** A bar may begin after a gap: what time alone decides, ROI and time stop. */
  onTime(time: number): void {
    if (this.#side !== 0 && floorToInterval(time, this.#barMs) === time) this.#decideBar(time);
  }

  /** The rules for the bar of the strategy that begins at `time`. */
  #decideBar(time: number): void {
    if (this.#isTimeUp(time) && !this.#isClosing) this.#close(PURPOSE.timeStop);
    if (this.#rules.trailing !== undefined || this.#roi.length > 0) this.#update(time);
  }

  #isTimeUp(time: number): boolean {
    const { maxBars } = this.#rules;
    if (maxBars === undefined) return false;
    const openedAt = floorToInterval(this.#openBarAt, this.#barMs);
    return time >= openedAt + maxBars * this.#barMs;
  }

  get #isClosing(): boolean {
    return this.#desk.isClosing(this.#symbol);
  }

  #close(purpose: Purpose): void {
    this.#desk.closeAtMarket(this.#symbol, purpose);
  }

  /** Whether a protective order belongs to the position of now. */
  owns(requestId: number): boolean {
    return requestId === this.#stopId || requestId === this.#targetId;
  }

  /**
   * The venue refused a protective order (its trigger has passed): the position goes at market. True when that could not
   * be sent, because others close the position or risk is against it: it is to be protected as before.
   */
  onRejected(requestId: number, purpose: Purpose): boolean {
    if (this.#side === 0 || !this.owns(requestId)) return false;
    if (!this.#isClosing) this.#close(purpose);
    return !this.#isClosing;
  }

  #update(time: number): void {
    if (this.#isUnprotected()) return;
    const stop = this.#nearestStop();
    if (stop.price === stop.price) this.#moveStop(stop.price, stop.purpose);
    else if (this.#stopId !== NONE) this.#dropStop();
    const target = this.#nearestTarget(time);
    if (target.price === target.price) this.#moveTarget(target.price, target.purpose);
    else if (this.#targetId !== NONE) this.#dropTarget();
  }

  /** No rule, no price of the strategy and no order: nothing to be done. */
  #isUnprotected(): boolean {
    const { stopLossPct, takeProfitPct } = this.#rules;
    return (
      !this.#followsBars &&
      stopLossPct === undefined &&
      takeProfitPct === undefined &&
      Number.isNaN(this.#explicitStop) &&
      Number.isNaN(this.#explicitTarget) &&
      this.#stopId === NONE &&
      this.#targetId === NONE
    );
  }

  #nearestStop(): { price: number; purpose: Purpose } {
    const side = this.#side;
    let price = this.#explicitStop;
    let purpose: Purpose = PURPOSE.stopLoss;
    const { stopLossPct, trailing } = this.#rules;
    if (stopLossPct !== undefined) {
      const level = this.#entryPrice * (1 - (side * stopLossPct) / 100);
      if (!(side * price >= side * level)) price = level;
    }
    if (trailing !== undefined && this.#trails(trailing)) {
      const level = this.#best * (1 - (side * trailing.pct) / 100);
      if (!(side * price >= side * level)) {
        price = level;
        purpose = PURPOSE.trailing;
      }
    }
    return { price, purpose };
  }

  #trails(trailing: NonNullable<ExitRules["trailing"]>): boolean {
    if (trailing.onlyAfterOffset !== true || this.#isTrailing) return true;
    const offset = (trailing.offsetPct ?? 0) / 100;
    const reached = this.#entryPrice * (1 + this.#side * offset);
    // Once it trails it goes on: an add that moves the average entry must not loosen the stop.
    this.#isTrailing = this.#side * this.#best >= this.#side * reached;
    return this.#isTrailing;
  }

  #nearestTarget(time: number): { price: number; purpose: Purpose } {
    const side = this.#side;
    let price = this.#explicitTarget;
    let purpose: Purpose = PURPOSE.takeProfit;
    const { takeProfitPct } = this.#rules;
    if (takeProfitPct !== undefined) {
      const level = this.#entryPrice * (1 + (side * takeProfitPct) / 100);
      if (!(side * price <= side * level)) price = level;
    }
    const roi = roiAt(this.#roi, (time - this.#openedAt) / MINUTE_MS);
    if (roi === roi) {
      const level = this.#entryPrice * (1 + (side * roi) / 100);
      if (!(side * price <= side * level)) {
        price = level;
        purpose = PURPOSE.roi;
      }
    }
    return { price, purpose };
  }

  #moveStop(price: number, purpose: Purpose): void {
    this.#stopPrice = price;
    if (this.#stopId !== NONE) {
      if (this.#desk.moveStop(this.#symbol, this.#stopId, price, purpose)) return;
    }
    this.#stopId = this.#desk.placeStop(this.#symbol, price, purpose);
  }

  #moveTarget(price: number, purpose: Purpose): void {
    this.#targetPrice = price;
    if (this.#targetId !== NONE) {
      if (this.#desk.moveTarget(this.#symbol, this.#targetId, price, purpose)) return;
    }
    this.#targetId = this.#desk.placeTarget(this.#symbol, price, purpose);
  }

  #dropStop(): void {
    this.#desk.cancelOrder(this.#symbol, this.#stopId);
    this.#stopId = NONE;
    this.#stopPrice = Number.NaN;
  }

  #dropTarget(): void {
    this.#desk.cancelOrder(this.#symbol, this.#targetId);
    this.#targetId = NONE;
    this.#targetPrice = Number.NaN;
  }

  #forgetOrders(): void {
    this.#stopId = NONE;
    this.#targetId = NONE;
    this.#stopPrice = Number.NaN;
    this.#targetPrice = Number.NaN;
  }

  /** What of the protection outlives a process. */
  state(): ProtectionState {
    return {
      rules: this.#rules,
      explicitStop: toJsonNumber(this.#explicitStop),
      explicitTarget: toJsonNumber(this.#explicitTarget),
      stopId: this.#stopId,
      targetId: this.#targetId,
      stopPrice: toJsonNumber(this.#stopPrice),
      targetPrice: toJsonNumber(this.#targetPrice),
      side: this.#side,
      entryPrice: toJsonNumber(this.#entryPrice),
      openedAt: this.#openedAt,
      openBarAt: this.#openBarAt,
      best: toJsonNumber(this.#best),
      isTrailing: this.#isTrailing,
    };
  }

  resume(state: ProtectionState): void {
    this.setRules(state.rules);
    this.#explicitStop = fromJsonNumber(state.explicitStop);
    this.#explicitTarget = fromJsonNumber(state.explicitTarget);
    this.#stopId = state.stopId;
    this.#targetId = state.targetId;
    this.#stopPrice = fromJsonNumber(state.stopPrice);
    this.#targetPrice = fromJsonNumber(state.targetPrice);
    this.#side = state.side;
    this.#entryPrice = fromJsonNumber(state.entryPrice);
    this.#openedAt = state.openedAt;
    this.#openBarAt = state.openBarAt;
    this.#best = fromJsonNumber(state.best);
    this.#isTrailing = state.isTrailing;
  }
}

/** The protection of one position as plain JSON. */
export interface ProtectionState {
  readonly rules: ExitRules;
  readonly explicitStop: JsonNumber;
  readonly explicitTarget: JsonNumber;
  readonly stopId: number;
  readonly targetId: number;
  readonly stopPrice: JsonNumber;
  readonly targetPrice: JsonNumber;
  readonly side: number;
  readonly entryPrice: JsonNumber;
  readonly openedAt: number;
  readonly openBarAt: number;
  readonly best: JsonNumber;
  readonly isTrailing: boolean;
}
