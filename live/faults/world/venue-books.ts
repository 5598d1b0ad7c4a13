import { must } from "#engine/assert.ts";
import { type EngineEvent, EVENT, type EventKind } from "#engine/model/event.ts";
import { LIQUIDITY, ORDER_TYPE } from "#engine/model/order-terms.ts";
import type { ExecutionCause } from "#engine/model/venue-snapshot.ts";
import type { SimAccount } from "#sim/sim-account.ts";
import type { Faults } from "./faults.ts";
import {
  orNull,
  ServerOrder,
  type ServerOrderStatus,
  type ServerOrderTerms,
} from "./server-order.ts";
import type { VenueSlot } from "./venue-matcher.ts";
import type { Topic, WireRow } from "./wire.ts";
import type { VenueClock } from "./world-clocks.ts";

/** One execution or funding exchange as the venue keeps it. */
export interface ServerExecution {
  /** Virtual time. */
  readonly time: number;
  /** Virtual time from which lists and look-ups show it. */
  readonly visibleAt: number;
  readonly order: ServerOrder | null;
  readonly slot: VenueSlot;
  readonly cause: ExecutionCause | "funding";
  readonly signedLots: number;
  readonly priceTicks: number;
  readonly fee: number;
  /** Funding received. */
  readonly funding: number;
  readonly row: WireRow;
}

/** A position as lists show it: the old one as long as the list lags behind. */
interface ShownPosition {
  readonly row: WireRow;
  readonly before: WireRow;
  /** Virtual time until which lists show the one before. */
  readonly lagsUntil: number;
}

/** How long lists and look-ups may lag behind the matcher at most, ms. */
export interface BookTerms {
  readonly lagMsMax: number;
}

/** Funding gets numbers of its own, apart from those of executions. */
const FUNDING_NUMBERS = 500_000_000;

/**
 * What the venue has written down of one account: every order it acknowledged, every execution, the positions as its
 * lists show them. It hears the matcher and tells the streams.
 */
export class VenueBooks {
  readonly orders: ServerOrder[] = [];
  readonly executions: ServerExecution[] = [];
  readonly #byClientId = new Map<string, ServerOrder>();
  readonly #byVenueId = new Map<string, ServerOrder>();
  readonly #slots: readonly VenueSlot[];
  readonly #account: SimAccount;
  readonly #clock: VenueClock;
  readonly #faults: Faults;
  readonly #terms: BookTerms;
  readonly #tell: (topic: Topic, row: WireRow) => void;
  readonly #shown: (ShownPosition | null)[];
  readonly #openedAt: number[];
  #fundings = 0;

  static readonly #HEARD: Readonly<
    Partial<Record<EventKind, (books: VenueBooks, event: EngineEvent) => void>>
  > = {
    [EVENT.orderAccepted]: (books, event) => books.#onAccepted(event),
    [EVENT.orderRejected]: (books, event) => books.#onEnd(event, "rejected"),
    [EVENT.orderCancelled]: (books, event) => books.#onEnd(event, "cancelled"),
    [EVENT.orderExpired]: (books, event) => books.#onEnd(event, "expired"),
    [EVENT.orderTriggered]: (books, event) =>
      books.#tellOrder(books.byNumber(event.requestId), event, "triggered", 0),
    [EVENT.orderAmended]: (books, event) => books.#onAmended(event),
    [EVENT.orderPartiallyFilled]: (books, event) =>
      books.#onExecution(event, books.byNumber(event.requestId)),
    [EVENT.orderFilled]: (books, event) =>
      books.#onExecution(event, books.byNumber(event.requestId)),
    [EVENT.commandRejected]: (books, event) => books.#onRefused(event),
    [EVENT.liquidated]: (books, event) => books.#onExecution(event, null),
    [EVENT.fundingPaid]: (books, event) => books.#onFunding(event),
    [EVENT.positionChanged]: (books, event) => books.#onPosition(event),
  };

  constructor(
    slots: readonly VenueSlot[],
    account: SimAccount,
    parts: { readonly clock: VenueClock; readonly faults: Faults; readonly terms: BookTerms },
    tell: (topic: Topic, row: WireRow) => void,
  ) {
    this.#slots = slots;
    this.#account = account;
    this.#clock = parts.clock;
    this.#faults = parts.faults;
    this.#terms = parts.terms;
    this.#tell = tell;
    this.#shown = slots.map(() => null);
    this.#openedAt = slots.map(() => Number.NaN);
  }

  /** Number of the next order, from 1 on. */
  get nextNumber(): number {
    return this.orders.length + 1;
  }

  add(terms: ServerOrderTerms): ServerOrder {
    const order = new ServerOrder(terms);
    this.orders.push(order);
    if (terms.clientId !== "") this.#byClientId.set(terms.clientId, order);
    this.#byVenueId.set(order.venueOrderId, order);
    if (this.#faults.strikes("X10")) {
      order.visibleAt += this.#faults.delay("X10", 1, this.#terms.lagMsMax);
    }
    return order;
  }

  byClientId(clientId: string): ServerOrder | null {
    return this.#byClientId.get(clientId) ?? null;
  }

  byVenueId(venueOrderId: string): ServerOrder | null {
    return this.#byVenueId.get(venueOrderId) ?? null;
  }

  byNumber(number: number): ServerOrder {
    return must(this.orders[number - 1], "The matcher names an order of the books");
  }

  /** News of the matcher. */
  hear(event: EngineEvent): void {
    const handler = must(VenueBooks.#HEARD[event.kind], "The matcher tells what a venue tells");
    handler(this, event);
  }

  /** An order ends before the matcher has seen it. */
  reject(order: ServerOrder, time: number, reason: number): void {
    this.#end(order, time, "rejected", reason);
  }

  tellWallet(time: number): void {
    this.#tell("wallet", { wallet: this.#account.wallet, time: this.#clock.at(time) });
  }

  /** The position of a slot as a list shows it at a moment of virtual time. */
  positionRow(slot: VenueSlot, time: number, markPrice: number): WireRow {
    const shown = this.#shown[slot.index] ?? null;
    const row =
      shown === null ? this.#rowOf(slot) : time < shown.lagsUntil ? shown.before : shown.row;
    return { ...row, markPrice, trailing: this.#hasTrailingStop(slot) };
  }

  #onAccepted(event: EngineEvent): void {
    const order = this.byNumber(event.requestId);
    order.status = "open";
    order.isTaken = true;
    this.#tellOrder(order, event, "open", 0);
  }

  #onEnd(event: EngineEvent, status: ServerOrderStatus): void {
    this.#end(this.byNumber(event.requestId), event.time, status, event.reason);
  }

  #end(order: ServerOrder, time: number, status: ServerOrderStatus, reason: number): void {
    order.status = status;
    order.closedAt = time;
    this.#tellRow(order, time, status, reason);
  }

  #onAmended(event: EngineEvent): void {
    const order = this.byNumber(event.requestId);
    order.qtyLots = event.qtyLots;
    order.priceTicks = event.priceTicks;
    order.triggerTicks = event.triggerTicks;
    if (order.filledLots >= order.qtyLots) {
      order.status = "filled";
      order.closedAt = event.time;
    }
    this.#tellOrder(order, event, "amended", event.reason);
  }

  /** A cancel or an amend that was acknowledged came too late. */
  #onRefused(event: EngineEvent): void {
    const order = this.orders[event.requestId - 1];
    // Changes of terms name no order: their refusal is seen in the settings.
    if (order === undefined) return;
    this.#tellOrder(order, event, "commandRejected", event.reason);
    const { lastExecution } = order;
    if (order.status === "filled" && lastExecution !== null && this.#faults.strikes("X8")) {
      this.#tellOrder(order, event, "filled", 0);
      this.#tell("execution", lastExecution);
    }
  }

  #onExecution(event: EngineEvent, order: ServerOrder | null): void {
    const slot = this.#slots[event.symbol] as VenueSlot;
    if (order !== null) {
      order.filledLots += event.qtyLots;
      if (event.kind === EVENT.orderPartiallyFilled) this.#faults.note("X6");
      if (order.isCancelTaken) this.#faults.note("X7");
      if (order.filledLots >= order.qtyLots) {
        order.status = "filled";
        order.closedAt = event.time;
      }
    }
    const cause = order === null ? "liquidation" : order.terms.cause;
    const row = this.#executionRow(event, slot, order, cause);
    const lag = order === null ? 0 : Math.max(0, order.visibleAt - order.terms.acceptedAt);
    this.executions.push({
      time: event.time,
      visibleAt: event.time + lag,
      order,
      slot,
      cause,
      signedLots: event.side * event.qtyLots,
      priceTicks: event.priceTicks,
      fee: event.fee,
      funding: 0,
      row,
    });
    if (order !== null) {
      order.lastExecution = row;
      this.#tellOrder(order, event, order.status === "filled" ? "filled" : "partiallyFilled", 0);
    }
    this.#tell("execution", row);
    this.tellWallet(event.time);
  }

  #executionRow(
    event: EngineEvent,
    { symbol, slot }: VenueSlot,
    order: ServerOrder | null,
    cause: ExecutionCause,
  ): WireRow {
    return {
      execId: event.executionId,
      orderId: order?.venueOrderId ?? `liq${event.executionId}`,
      clientId: order?.terms.clientId ?? "",
      symbol,
      slot,
      side: event.side > 0 ? "Buy" : "Sell",
      qty: event.qtyLots,
      price: event.priceTicks,
      isMaker: event.liquidity === LIQUIDITY.maker,
      fee: event.fee,
      type: cause,
      leaves: order === null ? 0 : order.qtyLots - order.filledLots,
      time: this.#clock.at(event.time),
    };
  }

  #onFunding(event: EngineEvent): void {
    const slot = this.#slots[event.symbol] as VenueSlot;
    this.#fundings += 1;
    const { qtyLots } = slot.sim.position;
    const row: WireRow = {
      execId: FUNDING_NUMBERS + this.#fundings,
      orderId: "",
      clientId: "",
      symbol: slot.symbol,
      slot: slot.slot,
      side: qtyLots > 0 ? "Sell" : "Buy",
      // A venue writes the size of the position here, although nothing of it is traded.
      qty: Math.abs(qtyLots),
      price: orNull(event.price),
      isMaker: false,
      fee: -event.amount,
      type: "funding",
      leaves: 0,
      time: this.#clock.at(event.time),
    };
    if (this.#faults.isOn("X17")) this.#faults.note("X17");
    this.executions.push({
      time: event.time,
      visibleAt: event.time,
      order: null,
      slot,
      cause: "funding",
      signedLots: 0,
      priceTicks: Number.NaN,
      fee: 0,
      funding: event.amount,
      row,
    });
    this.#tell("execution", row);
    this.tellWallet(event.time);
  }

  #onPosition(event: EngineEvent): void {
    const slot = this.#slots[event.symbol] as VenueSlot;
    const shown = this.#shown[slot.index] ?? null;
    const before = shown?.row ?? this.#flatRow(slot);
    if (slot.sim.isFlat) this.#openedAt[slot.index] = Number.NaN;
    else if (before["qty"] === 0 || Number(before["qty"]) > 0 !== event.qtyLots > 0) {
      this.#openedAt[slot.index] = event.time;
    }
    const row = this.#rowOf(slot);
    const lags = before["qty"] !== row["qty"] && this.#faults.strikes("X16");
    const lag = lags ? this.#faults.delay("X16", 1, this.#terms.lagMsMax) : 0;
    this.#shown[slot.index] = { row, before, lagsUntil: event.time + lag };
    this.#tell("position", {
      ...row,
      leverage: event.amount,
      liquidation: orNull(event.price),
      time: this.#clock.at(event.time),
    });
  }

  #flatRow({ symbol, slot }: VenueSlot): WireRow {
    return { symbol, slot, qty: 0, size: 0, entryPrice: null, openedAt: null };
  }

  #rowOf(slot: VenueSlot): WireRow {
    const { position } = slot.sim;
    if (position.qtyLots === 0) return this.#flatRow(slot);
    return {
      symbol: slot.symbol,
      slot: slot.slot,
      qty: position.qtyLots,
      size: position.qty,
      entryPrice: position.entryPrice,
      openedAt: orNull(this.#clock.at(this.#openedAt[slot.index] as number)),
    };
  }

  #hasTrailingStop(slot: VenueSlot): boolean {
    return slot.sim.orders.some((order) => order.type === ORDER_TYPE.trailingStop);
  }

  #tellOrder(order: ServerOrder, event: EngineEvent, news: string, reason: number): void {
    this.#tellRow(order, event.time, news, reason);
  }

  #tellRow(order: ServerOrder, time: number, news: string, reason: number): void {
    this.#tell("order", { ...order.row(this.#clock.at(time)), news, reason });
  }
}
