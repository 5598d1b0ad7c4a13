import { OrderConditions } from "#engine/model/order-conditions.ts";
import { BUY, ORDER_TYPE, type OrderSide, type OrderType } from "#engine/model/order-terms.ts";

export const COMMAND = {
  place: 0,
  amend: 1,
  cancel: 2,
  configure: 3,
  /** Look for an order wherever the venue keeps some; the answer comes as news of it or as `orderNotFound`. */
  query: 4,
  /** Make a cut of the account. */
  snapshot: 5,
  /** Ask for the last price of a symbol, because its stream says nothing. */
  pollPrice: 6,
} as const;
export type CommandKind = (typeof COMMAND)[keyof typeof COMMAND];

/** Whether a command changes something at the venue: such a request is durable before it leaves. */
export function changesVenue(kind: CommandKind): boolean {
  return kind <= COMMAND.configure;
}

/**
 * What the engine asks of a venue. One flat mutable class, because the outbox reuses its entries: a receiver
 * copies what it needs before it returns. Which fields count depends on `kind`:
 * place: all but `leverage`; amend: the order's numbers, qtyLots, priceTicks, triggerTicks (NaN = unchanged);
 * cancel and query: the order's numbers; configure: symbol, leverage (0 = unchanged), marginAdded; pollPrice: symbol.
 */
export class Command {
  kind: CommandKind = COMMAND.place;
  /** Time of the event that caused it, epoch ms. */
  time = 0;
  /** Index of the symbol in the run. */
  symbol = 0;
  /** The engine's own number of the order: what events about it name. */
  requestId = 0;
  /** With the symbol the intent's key and its attempt: drivers derive the venue's client id from these. */
  decidedAt = 0;
  keyRest = 0;
  attempt = 0;
  /** Of a cancel: the venue's names of an order that the engine does not keep; empty otherwise. */
  clientId = "";
  venueOrderId = "";
  side: OrderSide = BUY;
  type: OrderType = ORDER_TYPE.market;
  qtyLots = 0;
  /** Limit price; NaN without one. */
  priceTicks = Number.NaN;
  /** Trigger of a stop or take-profit order; NaN without one. */
  triggerTicks = Number.NaN;
  reduceOnly = false;
  readonly conditions = new OrderConditions();
  leverage = 0;
  /** Quote units into the isolated margin of the position; 0 for none. */
  marginAdded = 0;

  /** Takes over every field of another command. */
  copy(other: Command): void {
    this.kind = other.kind;
    this.time = other.time;
    this.symbol = other.symbol;
    this.requestId = other.requestId;
    this.decidedAt = other.decidedAt;
    this.keyRest = other.keyRest;
    this.attempt = other.attempt;
    this.clientId = other.clientId;
    this.venueOrderId = other.venueOrderId;
    this.side = other.side;
    this.type = other.type;
    this.qtyLots = other.qtyLots;
    this.priceTicks = other.priceTicks;
    this.triggerTicks = other.triggerTicks;
    this.reduceOnly = other.reduceOnly;
    this.conditions.copy(other.conditions);
    this.leverage = other.leverage;
    this.marginAdded = other.marginAdded;
  }
}

/** The commands of one engine step, in order. The driver drains it and calls `clear`. */
export class Outbox {
  readonly #entries: Command[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The next free entry, to be filled by the caller at once. */
  add(): Command {
    let entry = this.#entries[this.#length];
    if (entry === undefined) {
      entry = new Command();
      this.#entries.push(entry);
    }
    this.#length += 1;
    return entry;
  }

  at(index: number): Command {
    return this.#entries[index] as Command;
  }

  clear(): void {
    this.#length = 0;
  }
}
