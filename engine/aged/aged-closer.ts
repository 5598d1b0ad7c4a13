import type { AgedConfig } from "#engine/aged/aged-config.ts";
import type { AgedClose, AgedRecord } from "#engine/aged/aged-record.ts";
import { REJECT } from "#engine/model/order-terms.ts";

/** What came of asking for an order. */
export interface AgedSent {
  readonly requestId: number;
  /** Risk was against it: it never left. */
  readonly isRefused: boolean;
}

/** The orders of the aged rules, as the engine carries them out; all of them only reduce. Prices in quote units. */
export interface AgedDesk {
  /** Lots of the position that no market exit on its way closes already, be it ours or another's. */
  closableLots(symbol: number): number;
  /** Whether a trailing stop follows the price of the position. */
  isTrailing(symbol: number): boolean;
  /** Whether an order of the aged rules has not ended yet; one of unknown outcome has not. */
  isClosing(symbol: number): boolean;
  closeAtMarket(symbol: number, lots: number, close: AgedClose): AgedSent;
  /** A limit order for the position, to rest at a price. */
  restAt(symbol: number, price: number, close: AgedClose): AgedSent;
  /** Moves a resting order to a price and to the size of the position. */
  moveTo(symbol: number, requestId: number, price: number, close: AgedClose): void;
  cancel(requestId: number): void;
  /** Cancels what the venue has not answered yet; what rests there ends with its position. */
  cancelInFlight(symbol: number): void;
}

/** A resting limit is moved when its target has moved by this, percent of where it rests. */
const REPRICE_PCT = 0.5;
/** The pause while the venue takes no orders doubles so many times at most: 5 s become 5 min. */
const WAIT_DOUBLINGS_MAX = 6;

/**
 * One close campaign per position: reduce-only orders, at most `closeAttempts`, each after the one before is proven
 * ended and after a pause that doubles, for what the position is by then. Each attempt has a rule that holds at that
 * moment; when the price turns away in between, the campaign waits with what it has used up.
 */
export class AgedCloser {
  readonly #config: AgedConfig;
  readonly #desk: AgedDesk;

  constructor(config: AgedConfig, desk: AgedDesk) {
    this.#config = config;
    this.#desk = desk;
  }

  /** Asks for the close at market, if it may now; true when the campaign has failed with that. */
  closeAtMarket(record: AgedRecord, close: AgedClose, price: number | null, now: number): boolean {
    const { symbol } = record;
    if (this.#isLeftAlone(record)) return false;
    if (this.#desk.isClosing(symbol)) {
      if (record.restingPrice !== null) this.#withdraw(record);
      return false;
    }
    const lots = this.#lotsToClose(record, now);
    if (lots === 0) return false;
    begin(record, close, price);
    return this.#sent(record, this.#desk.closeAtMarket(symbol, lots, close), now);
  }

  /**
   * Keeps a limit order resting at the target; a detection moves it when the target has moved far enough. True when
   * the campaign has failed with that.
   */
  keepResting(
    record: AgedRecord,
    close: AgedClose,
    price: number,
    now: number,
    moves: boolean,
  ): boolean {
    const { symbol, target, requestId, restingPrice } = record;
    if (target === null || this.#isLeftAlone(record)) return false;
    if (this.#desk.isClosing(symbol)) {
      if (!moves || restingPrice === null || requestId === null) return false;
      if (Math.abs(target - restingPrice) * 100 < restingPrice * REPRICE_PCT) return false;
      decide(record, close, price);
      record.restingPrice = target;
      this.#desk.moveTo(symbol, requestId, target, close);
      return false;
    }
    if (this.#lotsToClose(record, now) === 0) return false;
    begin(record, close, price);
    record.restingPrice = target;
    return this.#sent(record, this.#desk.restAt(symbol, target, close), now);
  }

  /** The size of the position has changed: what rests follows it. */
  resize({ symbol, requestId, restingPrice, close }: AgedRecord): void {
    if (restingPrice === null || requestId === null || close === null) return;
    if (this.#desk.isClosing(symbol)) this.#desk.moveTo(symbol, requestId, restingPrice, close);
  }

  /**
   * An order of the campaign has ended and the position is still there. True when it was the last attempt; a venue
   * that takes no orders uses none up.
   */
  onEnded(record: AgedRecord, reason: number, now: number): boolean {
    if (record.attempts === 0 || this.#desk.isClosing(record.symbol)) return false;
    record.restingPrice = null;
    const { closeBackoffSeconds, closeAttempts } = this.#config;
    const pauseMs = closeBackoffSeconds * 1_000;
    if (reason === REJECT.marketClosed || reason === REJECT.venueBusy) {
      record.attempts -= 1;
      record.notBefore = now + pauseMs * 2 ** Math.min(record.waits, WAIT_DOUBLINGS_MAX);
      record.waits += 1;
      return false;
    }
    if (record.attempts >= closeAttempts) return true;
    record.notBefore = now + pauseMs * 2 ** (record.attempts - 1);
    return false;
  }

  /** The position is gone: what is still on its way would work against a later one. */
  giveUp({ symbol }: AgedRecord): void {
    if (this.#desk.isClosing(symbol)) this.#desk.cancelInFlight(symbol);
  }

  /** A position with an active trailing stop is left alone; what rested for it is taken back. */
  #isLeftAlone(record: AgedRecord): boolean {
    if (!this.#desk.isTrailing(record.symbol)) return false;
    if (record.restingPrice !== null) this.#withdraw(record);
    return true;
  }

  /** Ends the campaign of the resting order: its cancel is no failure. */
  #withdraw(record: AgedRecord): void {
    if (record.requestId !== null) this.#desk.cancel(record.requestId);
    record.restingPrice = null;
    record.attempts = 0;
    record.notBefore = 0;
  }

  #lotsToClose({ symbol, notBefore, attempts }: AgedRecord, now: number): number {
    if (now < notBefore || attempts >= this.#config.closeAttempts) return 0;
    return this.#desk.closableLots(symbol);
  }

  #sent(record: AgedRecord, { requestId, isRefused }: AgedSent, now: number): boolean {
    record.requestId = requestId;
    return isRefused && this.onEnded(record, REJECT.none, now);
  }
}

function begin(record: AgedRecord, close: AgedClose, price: number | null): void {
  record.attempts += 1;
  decide(record, close, price);
}

function decide(record: AgedRecord, close: AgedClose, price: number | null): void {
  record.close = close;
  record.decidedPrice = price;
  record.decidedTarget = record.target;
  record.decidedTolerancePct = record.tolerancePct;
}
