import { EngineEvent, EVENT, type EventKind } from "#engine/model/event.ts";
import { BUY, LIQUIDITY } from "#engine/model/order-terms.ts";
import { EXECUTION_CAUSES } from "#engine/model/venue-snapshot.ts";
import type { Topic, WireMessage, WireRow } from "./wire.ts";
import {
  causeIn,
  type EngineNames,
  indexIn,
  liquidityIn,
  numberIn,
  numberOrNone,
  sideIn,
  textIn,
} from "./wire-rows.ts";

/** What the order stream says that is news; fills come from executions alone. */
const ORDER_NEWS: Readonly<Record<string, EventKind>> = {
  open: EVENT.orderAccepted,
  rejected: EVENT.orderRejected,
  cancelled: EVENT.orderCancelled,
  expired: EVENT.orderExpired,
  triggered: EVENT.orderTriggered,
  amended: EVENT.orderAmended,
  commandRejected: EVENT.commandRejected,
};

/** Turns messages of the streams into events of the engine: one object, filled anew for each. */
export class StreamEvents {
  readonly #names: EngineNames;
  readonly #indexesOf: (symbol: string) => readonly number[];
  readonly #deliver: (event: EngineEvent, clientId: string) => void;
  readonly #event = new EngineEvent();

  constructor(
    names: EngineNames,
    indexesOf: (symbol: string) => readonly number[],
    deliver: (event: EngineEvent, clientId: string) => void,
  ) {
    this.#names = names;
    this.#indexesOf = indexesOf;
    this.#deliver = deliver;
  }

  /** @throws Unreadable when the message does not say what it must. */
  read({ topic, row }: WireMessage): void {
    READERS[topic](this, row);
  }

  /** An acknowledgement or a refusal that came after its sender had given up waiting for it. */
  tellLate(kind: EventKind, clientId: string, symbol: number, time: number, reason: number): void {
    const requestId = this.#names.requestOf(clientId);
    if (requestId < 0) return;
    const event = this.#begin(kind, symbol, time);
    event.requestId = requestId;
    event.reason = reason;
    this.#deliver(event, clientId);
  }

  order(row: WireRow): void {
    const requestId = this.#requestIn(row);
    const kind = ORDER_NEWS[textIn(row, "news")];
    const symbol = indexIn(row, this.#names);
    if (requestId < 0 || kind === undefined || symbol < 0) return;
    const event = this.#begin(kind, symbol, numberIn(row, "time"));
    event.requestId = requestId;
    event.side = sideIn(row);
    event.qtyLots = numberIn(row, "qty");
    event.priceTicks = numberOrNone(row, "price");
    event.triggerTicks = numberOrNone(row, "trigger");
    event.reason = numberIn(row, "reason");
    this.#deliver(event, textIn(row, "clientId"));
  }

  execution(row: WireRow): void {
    const symbol = indexIn(row, this.#names);
    if (symbol < 0) return;
    const cause = causeIn(row);
    if (cause === "funding") {
      const event = this.#begin(EVENT.fundingPaid, symbol, numberIn(row, "time"));
      event.executionId = numberIn(row, "execId");
      event.amount = -numberIn(row, "fee");
      event.price = numberOrNone(row, "price");
      this.#deliver(event, "");
      return;
    }
    const requestId = this.#requestIn(row);
    const isDone = numberIn(row, "leaves") === 0;
    const ours = isDone ? EVENT.orderFilled : EVENT.orderPartiallyFilled;
    const foreign = cause === "liquidation" ? EVENT.liquidated : EVENT.externalFill;
    const kind = requestId < 0 ? foreign : ours;
    const event = this.#begin(kind, symbol, numberIn(row, "time"));
    event.requestId = requestId;
    event.executionId = numberIn(row, "execId");
    event.side = sideIn(row);
    event.qtyLots = numberIn(row, "qty");
    event.priceTicks = numberIn(row, "price");
    event.referenceTicks = event.priceTicks;
    event.liquidity = liquidityIn(row);
    event.fee = numberIn(row, "fee");
    event.reason = requestId < 0 ? EXECUTION_CAUSES.indexOf(cause) : 0;
    this.#deliver(event, textIn(row, "clientId"));
  }

  position(row: WireRow): void {
    const symbol = indexIn(row, this.#names);
    const qtyLots = numberIn(row, "qty");
    if (symbol < 0) return;
    const event = this.#begin(EVENT.positionChanged, symbol, numberIn(row, "time"));
    event.qtyLots = qtyLots;
    event.price = numberOrNone(row, "liquidation");
    event.amount = numberIn(row, "leverage");
    this.#deliver(event, "");
  }

  wallet(row: WireRow): void {
    const amount = numberIn(row, "wallet");
    const event = this.#begin(EVENT.balanceChanged, 0, numberIn(row, "time"));
    event.amount = amount;
    this.#deliver(event, "");
  }

  price(row: WireRow): void {
    const price = numberIn(row, "price");
    const time = numberIn(row, "time");
    for (const symbol of this.#indexesOf(textIn(row, "symbol"))) {
      const event = this.#begin(EVENT.lastPrice, symbol, time);
      event.price = price;
      this.#deliver(event, "");
    }
  }

  #requestIn(row: WireRow): number {
    const clientId = textIn(row, "clientId");
    return clientId === "" ? -1 : this.#names.requestOf(clientId);
  }

  #begin(kind: EventKind, symbol: number, time: number): EngineEvent {
    const event = this.#event;
    event.kind = kind;
    event.time = time;
    event.asOf = time;
    event.symbol = symbol;
    event.index = -1;
    event.requestId = -1;
    event.executionId = 0;
    event.side = BUY;
    event.qtyLots = 0;
    event.priceTicks = Number.NaN;
    event.triggerTicks = Number.NaN;
    event.referenceTicks = Number.NaN;
    event.liquidity = LIQUIDITY.taker;
    event.fee = 0;
    event.amount = 0;
    event.price = Number.NaN;
    event.reason = 0;
    return event;
  }
}

const READERS: Readonly<Record<Topic, (events: StreamEvents, row: WireRow) => void>> = {
  order: (events, row) => events.order(row),
  execution: (events, row) => events.execution(row),
  position: (events, row) => events.position(row),
  wallet: (events, row) => events.wallet(row),
  price: (events, row) => events.price(row),
  // Candles come on a socket of their own.
  candle: () => {},
};
