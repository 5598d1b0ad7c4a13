import { assertNever } from "#engine/assert.ts";
import { COMMAND, Command } from "#engine/model/command.ts";
import { ORDER_TYPE, REJECT } from "#engine/model/order-terms.ts";
import type { ExecutionCause, PositionSlot } from "#engine/model/venue-snapshot.ts";
import type {
  AmendAsk,
  Ask,
  CancelAsk,
  ConfigureAsk,
  PlaceAsk,
  PriceAsk,
} from "#live/ports/venue-port.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";
import { CommandQueue } from "./command-queue.ts";
import type { Faults } from "./faults.ts";
import { priceRow } from "./price-rows.ts";
import type { OrderOrigin, ServerOrder } from "./server-order.ts";
import { VenueBooks } from "./venue-books.ts";
import { commandOf, setConditions } from "./venue-command.ts";
import { type GateTerms, VenueGate } from "./venue-gate.ts";
import { type ListTerms, VenueLists } from "./venue-lists.ts";
import { VenueMatcher, type VenueSlot, type WorldMarket } from "./venue-matcher.ts";
import type { VirtualTime } from "./virtual-time.ts";
import type { Topic, WireMessage, WireReply, WireRequest, WireRow } from "./wire.ts";
import { replyOf, replyRefused, replyRows } from "./wire-reply.ts";
import type { VenueClock } from "./world-clocks.ts";

export interface ServerTerms extends GateTerms, ListTerms {
  readonly markets: readonly WorldMarket[];
  readonly settings: VenueSettings;
  readonly balance: number;
  readonly leverage: number;
  readonly key: string;
}

/** The smallest order and the step that a symbol takes since its filters changed, lots. */
interface Filter {
  readonly minLots: number;
  readonly stepLots: number;
}

/**
 * The exchange's end of the wire for one account. It acknowledges what arrives at once, gives it to the matcher at the
 * next open, and tells its streams what became of it. What is true of the account stands here; only checkers may read it.
 */
export class VenueServer {
  readonly matcher: VenueMatcher;
  readonly books: VenueBooks;
  readonly gate: VenueGate;
  readonly lists: VenueLists;
  readonly clock: VenueClock;
  readonly #time: VirtualTime;
  readonly #faults: Faults;
  readonly #terms: ServerTerms;
  readonly #sinks = new Set<(message: WireMessage) => void>();
  readonly #queue = new CommandQueue();
  #transferred = 0;
  readonly #filters = new Map<string, Filter>();
  readonly #delisted = new Set<string>();
  /** Client ids that were refused for what they asked: they are not free again. */
  readonly #refusedIds = new Set<string>();
  marginMode: "isolated" | "cross";
  positionMode: "oneWay" | "hedge";

  constructor(
    parts: { readonly time: VirtualTime; readonly clock: VenueClock; readonly faults: Faults },
    terms: ServerTerms,
  ) {
    this.#time = parts.time;
    this.#faults = parts.faults;
    this.#terms = terms;
    this.clock = parts.clock;
    this.marginMode = terms.settings.marginMode;
    this.positionMode = terms.settings.positionMode;
    const start = { balance: terms.balance, leverage: terms.leverage };
    this.matcher = new VenueMatcher(
      terms.markets,
      terms.settings,
      start,
      (event) => this.books.hear(event),
      {
        onClosed: (time) =>
          this.#queue.handOver(time, {
            submit: (command) => this.matcher.submit(command),
            reject: (order, at, reason) => this.books.reject(order, at, reason),
          }),
      },
    );
    const tell = (topic: Topic, row: WireRow): void => this.#tell({ topic, row });
    const { slots, exchange } = this.matcher;
    this.books = new VenueBooks(slots, exchange.account, { ...parts, terms }, tell);
    this.gate = new VenueGate(parts, terms, terms.key);
    const listParts = { ...parts, books: this.books, matcher: this.matcher };
    this.lists = new VenueLists(listParts, terms, () => this.#settingsRows());
    this.#scheduleTick();
  }

  /** Handles a request that has arrived: one reply to each of its asks, in their order. */
  handle(request: WireRequest): readonly WireReply[] {
    const refusal = this.gate.check(request);
    if (refusal !== null) return request.asks.map(() => refusal);
    return request.asks.map((ask) => {
      const reply = this.gate.checkAsk(ask) ?? this.#answer(ask);
      if (!this.#faults.strikes("X2")) return reply;
      return replyOf("serverError", "Bad gateway", this.clock.now());
    });
  }

  /** Hears the streams from now on; returns how to stop. */
  listen(sink: (message: WireMessage) => void): () => void {
    this.#sinks.add(sink);
    return () => void this.#sinks.delete(sink);
  }

  slotOf(symbol: string, slot: PositionSlot): VenueSlot | null {
    return this.matcher.slots.find((one) => one.symbol === symbol && one.slot === slot) ?? null;
  }

  isDelisted(symbol: string): boolean {
    return this.#delisted.has(symbol);
  }

  get symbols(): readonly string[] {
    return [...new Set(this.matcher.slots.map(({ symbol }) => symbol))];
  }

  /** An order that no client sent: a person at the venue's screen, or the venue itself. */
  placeByHand(
    slot: VenueSlot,
    signedLots: number,
    by: { readonly origin: OrderOrigin; readonly cause: ExecutionCause; readonly closes: boolean },
  ): ServerOrder {
    const side = signedLots > 0 ? 1 : -1;
    const order = this.books.add({
      number: this.books.nextNumber,
      clientId: "",
      origin: by.origin,
      cause: by.cause,
      slot,
      side,
      type: ORDER_TYPE.market,
      qtyLots: Math.abs(signedLots),
      priceTicks: Number.NaN,
      triggerTicks: Number.NaN,
      reduceOnly: by.closes,
      acceptedAt: this.#time.now,
    });
    this.#queue.add({ command: commandOf(COMMAND.place, order), order });
    return order;
  }

  cancelByHand(order: ServerOrder): void {
    this.#queue.add({ command: commandOf(COMMAND.cancel, order), order });
  }

  /** Changes the leverage of a symbol, on both of its sides. */
  setLeverage(symbol: string, leverage: number, marginAdded = 0, slot: PositionSlot = "net"): void {
    for (const one of this.matcher.slots) {
      if (one.symbol !== symbol) continue;
      const command = new Command();
      command.kind = COMMAND.configure;
      command.symbol = one.index;
      command.leverage = leverage;
      command.marginAdded = one.slot === slot ? marginAdded : 0;
      this.#queue.add({ command, order: null });
    }
  }

  /** Money comes in or goes out; never more than is free. */
  transfer(amount: number): number {
    const { account } = this.matcher.exchange;
    const moved = amount < 0 ? -Math.min(-amount, Math.max(0, account.available)) : amount;
    account.wallet += moved;
    this.#transferred += moved;
    if (account.isCross) account.revalue();
    this.books.tellWallet(this.#time.now);
    return moved;
  }

  /** Deposits less withdrawals so far. */
  get transferred(): number {
    return this.#transferred;
  }

  setFilter(symbol: string, filter: Filter): void {
    this.#filters.set(symbol, filter);
  }

  /** The contract ends: what is held of it is settled, what rests is cancelled, nothing new is taken. */
  delist(symbol: string): void {
    this.#delisted.add(symbol);
    for (const order of this.books.orders) {
      if (order.isLive && order.terms.slot.symbol === symbol) this.cancelByHand(order);
    }
    for (const slot of this.matcher.slots) {
      const lots = slot.sim.position.qtyLots;
      if (slot.symbol !== symbol || lots === 0) continue;
      this.placeByHand(slot, -lots, { origin: "venue", cause: "settlement", closes: true });
    }
  }

  /** Everything as usual from now on; what was delisted stays so. */
  heal(): void {
    this.gate.heal();
    this.gate.key = this.#terms.key;
    this.clock.heal();
    this.#filters.clear();
    this.marginMode = this.#terms.settings.marginMode;
    this.positionMode = this.#terms.settings.positionMode;
  }

  #answer(ask: Ask): WireReply {
    switch (ask.kind) {
      case "place":
        return this.#place(ask);
      case "amend":
      case "cancel":
        return this.#change(ask);
      case "configure":
        return this.#configure(ask);
      case "lookup":
        return this.lists.lookup(ask);
      case "page":
        return this.lists.page(ask);
      case "price":
        return this.#price(ask);
      case "time":
        return replyRows([], this.clock.now());
      default:
        return assertNever(ask, "ask");
    }
  }

  #place(ask: PlaceAsk): WireReply {
    const asOf = this.clock.now();
    if (this.#refusedIds.has(ask.clientId) || this.books.byClientId(ask.clientId) !== null) {
      this.#faults.note("X13");
      return replyOf("duplicateClientId", "OrderLinkedID is duplicate", asOf);
    }
    const slot = this.slotOf(ask.symbol, ask.slot);
    const reject = slot === null ? REJECT.marketClosed : this.#refusalOf(ask);
    if (slot === null || reject !== REJECT.none) {
      this.#refusedIds.add(ask.clientId);
      return replyRefused(reject, asOf);
    }
    const order = this.books.add({
      number: this.books.nextNumber,
      clientId: ask.clientId,
      origin: "client",
      cause: "trade",
      slot,
      side: ask.side,
      type: ask.type,
      qtyLots: ask.qtyLots,
      priceTicks: ask.priceTicks,
      triggerTicks: ask.triggerTicks,
      reduceOnly: ask.reduceOnly,
      acceptedAt: this.#time.now,
    });
    const command = commandOf(COMMAND.place, order);
    setConditions(command, ask);
    // Its end is told in the venue's time, the matcher goes by that of the candles.
    command.conditions.expiresAt -= asOf - this.#time.now;
    const rejectWith = this.#faults.strikes("X5") ? REJECT.insufficientMargin : REJECT.none;
    this.#queue.add({ command, order, rejectWith });
    return replyRows([{ orderId: order.venueOrderId }], asOf);
  }

  /** What can be refused without the matcher. */
  #refusalOf(ask: PlaceAsk): number {
    if (this.#delisted.has(ask.symbol)) return REJECT.marketClosed;
    if (this.positionMode !== this.#terms.settings.positionMode) return REJECT.marketClosed;
    if (ask.reduceOnly)
      return this.#faults.strikes("X24") ? REJECT.insufficientMargin : REJECT.none;
    const filter = this.#filters.get(ask.symbol);
    if (filter === undefined) return REJECT.none;
    const isSmall = ask.qtyLots < filter.minLots || ask.qtyLots % filter.stepLots !== 0;
    return isSmall ? REJECT.belowMinQty : REJECT.none;
  }

  #change(ask: AmendAsk | CancelAsk): WireReply {
    const asOf = this.clock.now();
    const isForeign = ask.kind === "cancel" && ask.clientId === "";
    const order = isForeign
      ? this.books.byVenueId(ask.venueOrderId)
      : this.books.byClientId(ask.clientId);
    if (order?.isLive !== true) return replyRefused(REJECT.unknownOrder, asOf);
    if (ask.kind === "cancel") {
      order.isCancelTaken = true;
      const opens = this.#faults.tempts("X7") ? 1 : 0;
      this.#queue.add({ command: commandOf(COMMAND.cancel, order), order, opens });
    } else {
      const command = commandOf(COMMAND.amend, order);
      command.qtyLots = ask.qtyLots;
      command.priceTicks = ask.priceTicks;
      command.triggerTicks = ask.triggerTicks;
      this.#queue.add({ command, order });
    }
    return replyRows([{ orderId: order.venueOrderId }], asOf);
  }

  #configure(ask: ConfigureAsk): WireReply {
    if (ask.marginMode !== null) this.marginMode = ask.marginMode;
    if (ask.positionMode !== null) this.positionMode = ask.positionMode;
    if (ask.leverage > 0 || ask.marginAdded !== 0) {
      this.setLeverage(ask.symbol, ask.leverage, ask.marginAdded, ask.slot);
    }
    return replyRows([{ orderId: "" }], this.clock.now());
  }

  #price(ask: PriceAsk): WireReply {
    const asOf = this.clock.now();
    const slot = this.matcher.slots.find(({ symbol }) => symbol === ask.symbol);
    if (slot === undefined) return replyOf("notFound", "", asOf);
    const stale = this.#faults.strikes("D8") ? this.#faults.delay("D8", 1, 20) : 0;
    return replyRows([priceRow(this.matcher, this.clock, slot, stale)], asOf);
  }

  #settingsRows(): readonly WireRow[] {
    const { marginMode, positionMode } = this;
    return this.matcher.slots.map(({ symbol, slot, sim }) => ({
      symbol,
      slot,
      leverage: sim.leverage,
      marginMode,
      positionMode,
    }));
  }

  #scheduleTick(): void {
    const next = this.matcher.nextTime();
    if (next === Number.POSITIVE_INFINITY) return;
    this.#time.at(next, () => {
      this.matcher.tick(next);
      this.#tellPrices();
      this.#scheduleTick();
    });
  }

  #tellPrices(): void {
    if (this.#sinks.size === 0) return;
    let last = "";
    for (const slot of this.matcher.slots) {
      if (slot.symbol === last || this.#delisted.has(slot.symbol)) continue;
      last = slot.symbol;
      this.#tell({ topic: "price", row: priceRow(this.matcher, this.clock, slot, 0) });
    }
  }

  #tell(message: WireMessage): void {
    for (const sink of this.#sinks) sink(message);
  }
}
