import type { AgedDesk, AgedSent } from "#engine/aged/aged-closer.ts";
import type { AgedConfig } from "#engine/aged/aged-config.ts";
import { type AgedPriceRules, LIVE_PRICES } from "#engine/aged/aged-monitor.ts";
import { AgedPositions } from "#engine/aged/aged-positions.ts";
import type { AgedClose, AgedEnd, AgedHistoryRow, AgedRecord } from "#engine/aged/aged-record.ts";
import type { AgedState } from "#engine/aged/aged-state.ts";
import { assert, must } from "#engine/assert.ts";

/** A position as the venue of the test holds it. */
export interface WorldPosition {
  readonly side: 1 | -1;
  readonly openedAt: number;
  lots: number;
  entryPrice: number;
  isTrailing: boolean;
  /** Lots that somebody else's market exit is closing. */
  othersExit: number;
}

export interface WorldOrder {
  readonly requestId: number;
  readonly symbol: number;
  readonly kind: "market" | "limit";
  readonly sentAt: number;
  lots: number;
  price: number | null;
  close: AgedClose;
  isWorking: boolean;
  isCancelling: boolean;
}

/** Timers that one step of time may fire: more is a timer that never moves on. */
const TIMERS_MAX = 100_000;

/**
 * The aged rules on a venue and a driver that a test plays: positions, orders that end as the test says, and a clock
 * that stops at every timer. A restart replaces the rules by what their state as JSON text gives.
 */
export class AgedWorld implements AgedDesk {
  now = 0;
  aged: AgedPositions;
  readonly positions = new Map<number, WorldPosition>();
  readonly orders: WorldOrder[] = [];
  readonly history: AgedHistoryRow[] = [];
  readonly polls: (readonly [time: number, symbol: number])[] = [];
  /** Orders that risk refuses before they leave. */
  refuses = false;
  readonly #config: AgedConfig;
  readonly #prices: AgedPriceRules;

  constructor(config: AgedConfig, startAt = 0, prices: AgedPriceRules = LIVE_PRICES) {
    this.#config = config;
    this.#prices = prices;
    this.now = startAt;
    this.aged = this.#make();
  }

  open(symbol: number, side: 1 | -1, entryPrice: number, openedAt = this.now, lots = 10): void {
    this.positions.set(symbol, {
      side,
      openedAt,
      lots,
      entryPrice,
      isTrailing: false,
      othersExit: 0,
    });
    this.aged.onOpened(symbol, side, openedAt, entryPrice, this.now);
  }

  add(symbol: number, lots: number, entryPrice: number): void {
    const position = this.#held(symbol);
    position.lots += lots;
    position.entryPrice = entryPrice;
    this.aged.onChanged(symbol, entryPrice);
  }

  /** Everything is closed, but not by the aged rules. */
  flatten(symbol: number, how: AgedEnd, price: number): void {
    const { lots } = this.#held(symbol);
    this.aged.onReduced(symbol, lots, price);
    this.#end(symbol, how);
  }

  price(symbol: number, price: number, ageMs = 0): void {
    this.aged.onPrice(symbol, price, this.now - ageMs, this.now);
  }

  /** Lets time pass as a driver does: every timer is served when it is due. */
  wait(ms: number): void {
    const until = this.now + ms;
    for (let fired = 0; this.aged.nextTimerAt <= until; fired++) {
      assert(fired < TIMERS_MAX, () => `A timer moves on: ${this.aged.nextTimerAt}`);
      this.now = Math.max(this.now, this.aged.nextTimerAt);
      this.aged.onTime(this.now);
      for (const symbol of this.aged.takePolls(this.now)) this.polls.push([this.now, symbol]);
    }
    this.now = until;
  }

  /** The order of a symbol that works; undefined without one. */
  order(symbol: number): WorldOrder | undefined {
    return this.orders.find((one) => one.symbol === symbol && one.isWorking);
  }

  /** The working order fills, whole or in part. */
  fill(symbol: number, price: number, lots = Number.POSITIVE_INFINITY): void {
    const order = must(this.order(symbol), "An order works");
    const position = this.#held(symbol);
    const filled = Math.min(lots, order.lots, position.lots);
    position.lots -= filled;
    order.lots -= filled;
    order.isWorking = order.lots > 0;
    this.aged.onReduced(symbol, filled, price);
    if (position.lots === 0) {
      order.isWorking = false;
      this.#end(symbol, order.close);
    } else if (!order.isWorking) {
      this.aged.onCloseNews(symbol, 0, this.now);
    }
  }

  /** The working order ends without a fill. */
  reject(symbol: number, reason: number): void {
    must(this.order(symbol), "An order works").isWorking = false;
    this.aged.onCloseNews(symbol, reason, this.now);
  }

  restart(): void {
    const state = JSON.parse(JSON.stringify(this.aged.state())) as AgedState;
    this.aged = this.#make();
    this.aged.restore(state);
  }

  record(symbol: number): AgedRecord {
    return must(this.aged.recordOf(symbol), "The position is aged");
  }

  /** `time-since-start to status reason` of each transition of a symbol. */
  path(symbol: number): readonly string[] {
    return this.history
      .filter((row) => row.symbol === symbol)
      .map((row) => `${row.time} ${row.to} ${row.reason}`);
  }

  closableLots(symbol: number): number {
    const { lots, othersExit } = this.#held(symbol);
    const order = this.order(symbol);
    const own = order?.kind === "market" ? order.lots : 0;
    return Math.max(0, lots - othersExit - own);
  }

  isTrailing(symbol: number): boolean {
    return this.#held(symbol).isTrailing;
  }

  isClosing(symbol: number): boolean {
    return this.order(symbol) !== undefined;
  }

  closeAtMarket(symbol: number, lots: number, close: AgedClose): AgedSent {
    return this.#send({ symbol, kind: "market", lots, price: null, close });
  }

  restAt(symbol: number, price: number, close: AgedClose): AgedSent {
    return this.#send({ symbol, kind: "limit", lots: this.closableLots(symbol), price, close });
  }

  moveTo(symbol: number, requestId: number, price: number, close: AgedClose): void {
    const order = must(this.orders[requestId], "A moved order was sent");
    assert(order.symbol === symbol && order.isWorking, () => "A moved order works");
    order.price = price;
    order.close = close;
    order.lots = this.#held(symbol).lots;
  }

  cancel(requestId: number): void {
    must(this.orders[requestId], "A cancelled order was sent").isCancelling = true;
  }

  cancelInFlight(symbol: number): void {
    const order = this.order(symbol);
    if (order !== undefined) order.isCancelling = true;
  }

  #make(): AgedPositions {
    return new AgedPositions(
      this.#config,
      this.#prices,
      this,
      (row) => void this.history.push(row),
    );
  }

  #send(asked: Pick<WorldOrder, "symbol" | "kind" | "lots" | "price" | "close">): AgedSent {
    const requestId = this.orders.length;
    this.orders.push({
      ...asked,
      requestId,
      sentAt: this.now,
      isWorking: !this.refuses,
      isCancelling: false,
    });
    return { requestId, isRefused: this.refuses };
  }

  #end(symbol: number, how: AgedEnd): void {
    const position = this.#held(symbol);
    position.lots = 0;
    this.aged.onFlat(symbol, how, this.now);
    this.positions.delete(symbol);
    for (const order of this.orders) if (order.symbol === symbol) order.isWorking = false;
  }

  #held(symbol: number): WorldPosition {
    return must(this.positions.get(symbol), `Slot ${symbol} holds a position`);
  }
}
