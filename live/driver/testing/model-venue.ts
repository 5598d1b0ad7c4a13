import { EngineEvent, EVENT, type EventKind } from "#engine/model/event.ts";
import type { OrderSide } from "#engine/model/order-terms.ts";
import type { VenueExecution, VenueOrder } from "#engine/model/venue-snapshot.ts";
import type {
  Answer,
  Ask,
  FoundOrder,
  PlaceAsk,
  VenuePort,
  VenuePortListener,
} from "#live/ports/venue-port.ts";

/** What becomes of the next request that changes something. */
export type Fate = "arrives" | "requestLost" | "answerLost" | "arrivesLate";

/** An order as the model venue has it; it is never forgotten. */
export interface ModelOrder {
  readonly clientId: string;
  readonly number: number;
  readonly side: OrderSide;
  readonly type: PlaceAsk["type"];
  qtyLots: number;
  priceTicks: number;
  readonly triggerTicks: number;
  readonly reduceOnly: boolean;
  filledLots: number;
  status: FoundOrder["status"];
}

/** Runs something later, in an order that a test chooses. */
export type Later = (what: string, run: () => void) => void;

const PRICE = 10_000;

/**
 * One account of one symbol at a venue whose messages travel in whatever order the test chooses: requests arrive late or
 * never, answers and news are lost or come twice. Its own state is the truth.
 */
export class ModelVenue {
  readonly orders: ModelOrder[] = [];
  readonly executions: VenueExecution[] = [];
  lots = 0;
  fate: Fate = "arrives";
  /** Requests and answers that were lost. */
  lostCount = 0;
  isConnected = true;
  now: () => number = () => 0;
  readonly #later: Later;
  #port: ModelPort | null = null;

  constructor(later: Later) {
    this.#later = later;
  }

  /** The way of one life of the program. */
  port(): VenuePort {
    this.#port = new ModelPort(this, this.#later);
    return this.#port;
  }

  /** The program is gone: nothing reaches it any more. */
  hangUp(): void {
    this.#port?.close();
    this.#port = null;
  }

  get isHeard(): boolean {
    return this.isConnected && this.#port !== null;
  }

  disconnect(): void {
    if (!this.isConnected) return;
    this.isConnected = false;
    this.#port?.listener?.onLost("cut");
  }

  reconnect(): void {
    if (this.isConnected) return;
    this.isConnected = true;
    this.#port?.listener?.onRestored();
  }

  /** Takes a request that has arrived; null: it says nothing about it. */
  take(ask: Ask): Answer {
    switch (ask.kind) {
      case "place":
        return this.#place(ask);
      case "cancel":
        return this.#cancel(ask.clientId, ask.fenceAt);
      case "amend":
      case "configure":
        return { kind: "accepted", venueOrderId: "" };
      case "lookup":
        return this.#find(ask.clientId, ask.where);
      case "page":
        return this.#page(ask.of);
      case "price":
        return { kind: "price", price: PRICE / 100, asOf: this.now() };
      case "time":
        return { kind: "time", asOf: this.now() };
    }
  }

  /** Fills the oldest live order by so many lots, or what it has left. */
  fill(lots: number): void {
    const order = this.orders.find(({ status }) => status === "open");
    if (order === undefined) return;
    const room = order.reduceOnly ? Math.max(0, -order.side * this.lots) : Number.POSITIVE_INFINITY;
    const filled = Math.min(lots, order.qtyLots - order.filledLots, room);
    if (filled === 0) {
      order.status = "cancelled";
      this.#tell(EVENT.orderCancelled, order);
      return;
    }
    order.filledLots += filled;
    if (order.filledLots === order.qtyLots) order.status = "filled";
    this.#execute(order.side, filled, order);
    this.#endOrphans();
  }

  /** A person closes the position at the venue. */
  closeByHand(): void {
    if (this.lots === 0) return;
    this.#execute(this.lots > 0 ? -1 : 1, Math.abs(this.lots), null);
    this.#endOrphans();
  }

  #place(ask: PlaceAsk): Answer {
    const known = this.orders.find(({ clientId }) => clientId === ask.clientId);
    if (known !== undefined) return { kind: "unknown", why: "duplicate client id" };
    if (this.now() > ask.fenceAt) return { kind: "unknown", why: "past its fence" };
    const { clientId, side, type, qtyLots, priceTicks, triggerTicks, reduceOnly } = ask;
    const number = this.orders.length + 1;
    const order: ModelOrder = {
      clientId,
      number,
      side,
      type,
      qtyLots,
      priceTicks,
      triggerTicks,
      reduceOnly,
      filledLots: 0,
      status: "open",
    };
    this.orders.push(order);
    this.#tell(EVENT.orderAccepted, order);
    return { kind: "accepted", venueOrderId: String(number) };
  }

  #cancel(clientId: string, fenceAt: number): Answer {
    const order = this.orders.find((one) => one.clientId === clientId);
    if (this.now() > fenceAt) return { kind: "unknown", why: "past its fence" };
    if (order?.status !== "open") return { kind: "rejected", code: UNKNOWN_ORDER, text: "" };
    order.status = "cancelled";
    this.#tell(EVENT.orderCancelled, order);
    return { kind: "accepted", venueOrderId: "" };
  }

  #find(clientId: string, where: "open" | "closed" | "executions"): Answer {
    const order = this.orders.find((one) => one.clientId === clientId);
    if (order === undefined) return { kind: "notFound" };
    if (where === "executions") {
      const executions = this.executions.filter(({ venueOrderId }) => venueOrderId === clientId);
      return executions.length > 0 ? { kind: "foundExecutions", executions } : { kind: "notFound" };
    }
    const isThere = (order.status === "open") === (where === "open");
    return isThere ? { kind: "foundOrder", order: this.#row(order) } : { kind: "notFound" };
  }

  #page(of: "positions" | "orders" | "executions" | "wallet" | "settings"): Answer {
    const asOf = this.now();
    const page = (rows: Extract<Answer, { kind: "page" }>["page"]): Answer => {
      return { kind: "page", page: rows, next: "", asOf };
    };
    if (of === "executions") return page({ of, rows: [...this.executions] });
    if (of === "settings") return page({ of, rows: [] });
    if (of === "wallet") return page({ of, wallet: Number.NaN });
    if (of === "orders") {
      const open = this.orders.filter(({ status }) => status === "open");
      return page({ of, rows: open.map((order) => this.#row(order)) });
    }
    if (this.lots === 0) return page({ of, rows: [] });
    const position = {
      index: 0,
      symbol: "BTCUSDT",
      slot: "net" as const,
      qtyLots: this.lots,
      qty: this.lots / 1_000,
      entryPrice: PRICE / 100,
      markPrice: Number.NaN,
      openedAt: Number.NaN,
      hasTrailingStop: false,
    };
    return page({ of, rows: [position] });
  }

  #row(order: ModelOrder): FoundOrder & VenueOrder {
    const requestId = this.#port?.listener?.requestOf(order.clientId) ?? -1;
    return {
      ...order,
      index: 0,
      symbol: "BTCUSDT",
      requestId,
      venueOrderId: String(order.number),
    };
  }

  #execute(side: OrderSide, qtyLots: number, order: ModelOrder | null): void {
    this.lots += side * qtyLots;
    const execution: VenueExecution = {
      index: 0,
      symbol: "BTCUSDT",
      executionId: this.executions.length + 1,
      requestId: -1,
      venueOrderId: order?.clientId ?? "",
      side,
      qtyLots,
      priceTicks: PRICE,
      isMaker: false,
      fee: 0,
      time: this.now(),
      cause: "trade",
    };
    this.executions.push(execution);
    if (!this.isHeard) return;
    const port = this.#port;
    this.#later("fill", () => port?.tellExecution(execution, order));
  }

  #tell(kind: EventKind, order: ModelOrder): void {
    if (!this.isHeard) return;
    const port = this.#port;
    const at = this.now();
    this.#later("news", () => port?.tellOrder(kind, order, at));
  }

  /** The venue cancels what could only close, once there is nothing to close. */
  #endOrphans(): void {
    if (this.lots !== 0) return;
    for (const order of this.orders) {
      if (order.status !== "open" || !order.reduceOnly) continue;
      order.status = "cancelled";
      this.#tell(EVENT.orderCancelled, order);
    }
  }
}

/** `REJECT.unknownOrder`. */
const UNKNOWN_ORDER = 14;
/** A client gives a request up after so long: by then the test has run everything that travels. */
const CHANGING: ReadonlySet<Ask["kind"]> = new Set(["place", "amend", "cancel", "configure"]);

/** Stations of a request that goes astray: a whole look-up passes meanwhile. */
const HOPS = 12;

class ModelPort implements VenuePort {
  listener: VenuePortListener | null = null;
  readonly #venue: ModelVenue;
  readonly #later: Later;
  #isClosed = false;

  constructor(venue: ModelVenue, later: Later) {
    this.#venue = venue;
    this.#later = later;
  }

  ask(ask: Ask, done: (answer: Answer) => void): void {
    const fate = CHANGING.has(ask.kind) ? this.#venue.fate : "arrives";
    if (CHANGING.has(ask.kind)) this.#venue.fate = "arrives";
    if (fate !== "arrives") this.#venue.lostCount += 1;
    const answer = (value: Answer): void => {
      this.#later("answer", () => {
        if (!this.#isClosed) done(value);
      });
    };
    if (fate === "arrivesLate") {
      // The client has given it up; the network has not.
      answer({ kind: "unknown", why: "timed out" });
      this.#travel(ask, HOPS);
      return;
    }
    this.#later(`request ${ask.kind}`, () => {
      if (fate === "requestLost") answer({ kind: "unknown", why: "timed out" });
      else {
        const value = this.#venue.take(this.#withRequest(ask));
        answer(fate === "answerLost" ? { kind: "unknown", why: "timed out" } : value);
      }
    });
  }

  connect(listener: VenuePortListener): void {
    this.listener = listener;
    this.#later("connected", () => {
      if (!this.#isClosed && this.#venue.isConnected) listener.onRestored();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.listener = null;
  }

  tellOrder(kind: EventKind, order: ModelOrder, at: number): void {
    const requestId = this.listener?.requestOf(order.clientId) ?? -1;
    if (requestId < 0) return;
    const event = new EngineEvent();
    event.kind = kind;
    event.time = at;
    event.requestId = requestId;
    event.qtyLots = order.qtyLots;
    this.listener?.onEvent(event, order.clientId);
  }

  tellExecution(execution: VenueExecution, order: ModelOrder | null): void {
    const requestId = order === null ? -1 : (this.listener?.requestOf(order.clientId) ?? -1);
    const event = new EngineEvent();
    event.kind = requestId < 0 ? EVENT.externalFill : EVENT.orderPartiallyFilled;
    event.time = execution.time;
    event.requestId = requestId;
    event.index = -1;
    event.executionId = execution.executionId;
    event.side = execution.side;
    event.qtyLots = execution.qtyLots;
    event.priceTicks = execution.priceTicks;
    event.referenceTicks = execution.priceTicks;
    this.listener?.onEvent(event, order?.clientId ?? "");
  }

  /** A request that goes astray overtakes nothing of what is asked meanwhile. */
  #travel(ask: Ask, hops: number): void {
    if (hops === 0) void this.#venue.take(this.#withRequest(ask));
    else this.#later("late request", () => this.#travel(ask, hops - 1));
  }

  /** Rows of executions name the engine's order, as an adapter would fill in. */
  #withRequest(ask: Ask): Ask {
    const { executions } = this.#venue;
    executions.forEach((execution, at) => {
      const requestId =
        execution.venueOrderId === ""
          ? -1
          : (this.listener?.requestOf(execution.venueOrderId) ?? -1);
      executions[at] = { ...execution, requestId };
    });
    return ask;
  }
}
