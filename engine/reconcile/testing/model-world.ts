import { must } from "#engine/assert.ts";
import { fromUnits, makeGrid } from "#engine/model/grid.ts";
import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import type {
  VenueExecution,
  VenueOrder,
  VenuePosition,
  VenueSnapshot,
} from "#engine/model/venue-snapshot.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import {
  type Account,
  ActivePositions,
  type RowChange,
} from "#engine/reconcile/active-positions.ts";
import type { FindingNote, ReconcileDesk } from "#engine/reconcile/reconcile-desk.ts";
import {
  Reconciler,
  type ReconcilerParts,
  type ReconcilerState,
} from "#engine/reconcile/reconciler.ts";
import { RECONCILER_DEFAULTS, type ReconcilerConfig } from "#engine/reconcile/reconciler-config.ts";
import { ModelBooks, type ModelOrder } from "./model-books.ts";
import { type Holding, ModelExchange, type News, type PlaceRequest } from "./model-exchange.ts";

export const ACCOUNT: Account = { userId: "alice", exchange: "bybit", env: "paper" };
const TICK = makeGrid(0.5);
const FENCE_MS = 5_000;

/** What becomes of a request: it arrives and is answered, is lost, or its answer is. */
export type Way = "arrives" | "request lost" | "answer lost";

/**
 * One engine's books, one exchange and the reconciler between them, in virtual time. News of the exchange waits until a
 * test delivers, drops or repeats it. Everything that reconcile does is in `log`.
 */
export class ModelWorld implements ReconcileDesk {
  readonly exchange = new ModelExchange();
  readonly books = new ModelBooks();
  readonly config: ReconcilerConfig;
  readonly log: string[] = [];
  readonly notes: FindingNote[] = [];
  readonly changes: RowChange[] = [];
  readonly news: News[] = [];
  readonly barred = new Set<number>();
  readonly halted = new Set<number>();
  mirror = new ActivePositions();
  reconciler: Reconciler;
  now = 1_000_000;
  #cut: { readonly cut: VenueSnapshot; readonly activity: readonly number[] } | null = null;
  /** What becomes of the requests to come, used up one by one. */
  ways: Way[] = [];

  constructor(config: Partial<ReconcilerConfig> = {}) {
    this.config = { ...RECONCILER_DEFAULTS, account: ACCOUNT, ...config };
    this.reconciler = new Reconciler(this.#parts());
  }

  #parts(): ReconcilerParts {
    const { config, books, mirror, now } = this;
    return { config, books, desk: this, mirror, startedAt: now };
  }

  /** The process dies and another one takes over: what was kept goes through JSON. */
  restart(): void {
    const state = JSON.parse(JSON.stringify(this.reconciler.state())) as ReconcilerState;
    this.mirror = new ActivePositions(JSON.parse(JSON.stringify(this.mirror.state())));
    this.reconciler = new Reconciler(this.#parts(), state);
  }

  // What the strategy and the engine do.

  enter(index: number, signedLots: number): void {
    const side = signedLots > 0 ? 1 : -1;
    const order = this.books.create(
      index,
      side,
      ORDER_TYPE.market,
      Math.abs(signedLots),
      Number.NaN,
      false,
    );
    this.#send(order);
  }

  exit(index: number): void {
    const held = this.books.qtyLots(index);
    if (held === 0) return;
    const side = held > 0 ? -1 : 1;
    this.#send(this.books.create(index, side, ORDER_TYPE.market, Math.abs(held), Number.NaN, true));
  }

  /** Configures a stop and places it. */
  protect(index: number, ticks: number): void {
    must(this.books.stops[index], "A place").ticks = ticks;
    this.restoreProtection(index);
  }

  /** Requests without an answer become unknown. */
  timeOut(): void {
    for (const order of this.books.orders.values()) {
      if (order.status !== STATUS.sent && order.status !== STATUS.cancelling) continue;
      order.status = STATUS.unknown;
      order.fenceAt = this.now + FENCE_MS;
      this.#touch(order.symbol);
    }
  }

  /** Look-ups, complete and after the fence, of every order whose outcome is not known. */
  resolve(): void {
    for (const order of this.books.orders.values()) {
      if (order.status !== STATUS.unknown || this.now < order.fenceAt) continue;
      const venueOrderId = this.exchange.taken.get(order.requestId);
      this.#touch(order.symbol);
      if (venueOrderId === undefined) order.status = STATUS.rejected;
      else if (this.exchange.orders.has(venueOrderId)) this.#accept(order);
      else order.status = STATUS.cancelled;
    }
  }

  // What the exchange tells.

  deliver(at: number): void {
    const [news] = this.news.splice(at, 1);
    if (news !== undefined) this.hear(news);
  }

  hear(news: News): void {
    if (news.kind === "execution") {
      this.#onExecution(news.execution);
      return;
    }
    const order = must(this.books.find(news.requestId), "News of an order");
    this.#touch(order.symbol);
    if (isTerminal(order.status)) return;
    if (news.kind === "accepted") {
      if (order.status === STATUS.sent || order.status === STATUS.unknown) this.#accept(order);
    } else {
      order.status = news.kind === "cancelled" ? STATUS.cancelled : STATUS.rejected;
    }
  }

  /** What a person does on the exchange: a trade without an order of ours. */
  manual(index: number, signedLots: number): void {
    this.news.push(this.exchange.trade(index, signedLots, -1, "manual", this.now));
  }

  // Cuts.

  beginCut(): VenueSnapshot {
    return this.exchange.cut(this.now, this.reconciler.executionsSince);
  }

  endCut(cut: VenueSnapshot): void {
    this.#cut = { cut, activity: [...this.books.activity] };
    this.reconciler.onCut(cut, this.now);
    this.#cut = null;
  }

  /** I18, at every repair: two whole cuts agree on it by now, and nothing has moved for the grace time. */
  #convicts(index: number): void {
    const { cut, activity } = must(this.#cut, "Repairs come from cuts");
    const idle = index < 0 ? Number.POSITIVE_INFINITY : cut.beganAt - (activity[index] as number);
    if (idle < this.config.graceMs)
      throw new Error(`I18: ${index} moved ${idle} ms before the cut`);
  }

  /** Makes whole cuts when they are due, for so many ms. */
  run(ms: number): void {
    const until = this.now + ms;
    while (this.reconciler.nextCutAt <= until) {
      this.now = Math.max(this.now, this.reconciler.nextCutAt);
      const cut = this.beginCut();
      this.now += 50;
      this.endCut(cut);
    }
    this.now = Math.max(this.now, until);
  }

  /**
   * Faults off, strategies silent: the rest of the news arrives, look-ups answer, cuts are made, for three intervals, the
   * fence and the longest wait before something is done again.
   */
  quiet(): void {
    this.ways = [];
    this.reconciler.onConnectionRestored(this.now);
    while (this.news.length > 0) this.deliver(0);
    const { intervalMs, againMsMax } = this.config;
    const rounds = 8;
    const roundMs = (3 * intervalMs + FENCE_MS + againMsMax) / rounds;
    for (let round = 0; round < rounds; round++) {
      this.timeOut();
      this.run(FENCE_MS + 1);
      this.resolve();
      this.run(roundMs - FENCE_MS - 1);
      while (this.news.length > 0) this.deliver(0);
    }
  }

  // The desk.

  bookMissedFill(execution: VenueExecution): void {
    this.log.push(
      `bookMissedFill ${execution.index} ${execution.requestId} ${execution.side * execution.qtyLots}`,
    );
    this.#book(execution);
  }
  bookExternalExecution(execution: VenueExecution): void {
    const { index, side, qtyLots, executionId } = execution;
    this.log.push(`bookExternalExecution ${index} ${side * qtyLots} #${executionId}`);
    this.#book(execution);
  }
  bookEstimatedClose(index: number, reason: string): void {
    this.#convicts(index);
    this.log.push(`bookEstimatedClose ${index} (${reason})`);
    this.books.trade(index, -this.books.qtyLots(index), 100, this.now);
    this.#onMoved(index);
  }
  setPosition(position: VenuePosition, reason: string): void {
    this.#convicts(position.index);
    this.log.push(
      `setPosition ${position.index} ${position.qtyLots} of ${position.entryPrice} (${reason})`,
    );
    const holding = this.books.holdings[position.index] as Holding;
    holding.lots = position.qtyLots;
    holding.entry = position.entryPrice;
    this.books.lastMoneyAt = this.now;
    this.#touch(position.index);
  }
  doubtOrder(requestId: number): void {
    this.log.push(`doubtOrder ${requestId}`);
  }
  endOrder(requestId: number, reason: string): void {
    this.#convicts(must(this.books.find(requestId), "An order that ends").symbol);
    this.log.push(`endOrder ${requestId} (${reason})`);
    must(this.books.find(requestId), "An order that ends").status = STATUS.cancelled;
  }
  adoptOrderTerms(order: VenueOrder): void {
    this.log.push(`adoptOrderTerms ${order.requestId}`);
    const local = must(this.books.find(order.requestId), "An order that rests");
    if (isTerminal(local.status)) return;
    if (local.status === STATUS.sent || local.status === STATUS.unknown) this.#accept(local);
    local.qtyLots = order.qtyLots;
    local.wantedLots = order.qtyLots;
    local.priceTicks = order.priceTicks;
    local.triggerTicks = order.triggerTicks;
  }
  cancelOrder(requestId: number): void {
    this.log.push(`cancelOrder ${requestId}`);
    this.#cancel(requestId);
  }
  cancelVenueOrder(order: VenueOrder): void {
    this.log.push(`cancelVenueOrder ${order.requestId} ${order.venueOrderId}`);
    if (this.#way() !== "request lost") this.news.push(...this.exchange.cancel(order.venueOrderId));
  }
  closeReduceOnly(position: VenuePosition): void {
    this.#convicts(position.index);
    const { index, qtyLots, qty } = position;
    const { cut } = must(this.#cut, "Closes come from cuts");
    if (!cut.positions.includes(position)) throw new Error("I22: a close of what nobody has");
    this.log.push(`closeReduceOnly ${index} ${index < 0 ? qty : qtyLots}`);
    if (index < 0) {
      if (this.#way() !== "request lost") this.exchange.foreignQty = 0;
      return;
    }
    const side = qtyLots > 0 ? -1 : 1;
    this.#send(
      this.books.create(index, side, ORDER_TYPE.market, Math.abs(qtyLots), Number.NaN, true),
    );
  }
  restoreProtection(index: number): void {
    this.log.push(`restoreProtection ${index}`);
    this.#placeStop(index);
  }
  applySettings(index: number): void {
    this.log.push(`applySettings ${index}`);
    this.#touch(index);
    if (this.#way() === "request lost") return;
    this.exchange.leverages[index] = this.books.leverages[index] as number;
  }
  adoptBalance(wallet: number): void {
    this.log.push(`adoptBalance ${wallet}`);
    this.books.wallet = wallet;
    this.books.lastMoneyAt = this.now;
  }
  quarantine(index: number, reason: string): void {
    this.log.push(`quarantine ${index} (${reason})`);
    if (this.barred.has(index)) throw new Error(`Index ${index} is barred already`);
    this.barred.add(index);
  }
  release(index: number): void {
    this.log.push(`release ${index}`);
    if (!this.barred.delete(index)) throw new Error(`Index ${index} was not barred`);
  }
  halt(index: number, reason: string): void {
    this.log.push(`halt ${index} (${reason})`);
    this.halted.add(index);
  }
  note(note: FindingNote): void {
    this.log.push(`${note.kind} ${note.class} ${note.key}`);
    this.notes.push(note);
  }
  noteRow(change: RowChange): void {
    this.log.push(`row ${change.symbol} ${change.slot} ${change.reason}`);
    this.changes.push(change);
  }

  // The order path.

  #touch(index: number): void {
    this.books.activity[index] = this.now;
  }

  #way(): Way {
    return this.ways.shift() ?? "arrives";
  }

  #accept(order: ModelOrder): void {
    order.isAccepted = true;
    order.status = order.filledLots > 0 ? STATUS.partiallyFilled : STATUS.accepted;
    // A stop that was replaced, and whose cancel was lost: the engine asks again.
    const isStop = order.type === ORDER_TYPE.stopMarket && order.reduceOnly;
    const isOwned = this.books.stops[order.symbol]?.requestId === order.requestId;
    if (isStop && !isOwned) this.#cancel(order.requestId);
  }

  #send(order: ModelOrder): void {
    const { requestId, symbol: index, side, type, qtyLots, triggerTicks, reduceOnly } = order;
    this.#touch(index);
    const way = this.#way();
    if (way === "request lost") return;
    const request: PlaceRequest = {
      requestId,
      index,
      side,
      type,
      qtyLots,
      triggerTicks,
      reduceOnly,
    };
    const told = this.exchange.place(request, this.now);
    if (way === "arrives") this.news.push(...told);
  }

  #cancel(requestId: number): void {
    const order = this.books.find(requestId);
    if (order === undefined || isTerminal(order.status)) return;
    order.status = STATUS.cancelling;
    this.#touch(order.symbol);
    const way = this.#way();
    const venueOrderId = this.exchange.taken.get(requestId);
    if (way === "request lost" || venueOrderId === undefined) return;
    const told = this.exchange.cancel(venueOrderId);
    if (way === "arrives") this.news.push(...told);
  }

  #placeStop(index: number): void {
    const stop = must(this.books.stops[index], "A place");
    if (stop.requestId >= 0) this.#cancel(stop.requestId);
    stop.requestId = -1;
    if (this.books.qtyLots(index) === 0 || stop.ticks !== stop.ticks) return;
    const order = this.books.createStop(index);
    stop.requestId = order.requestId;
    this.#send(order);
  }

  #onExecution(execution: VenueExecution): void {
    if (execution.requestId < 0) {
      this.reconciler.onExternalExecution(execution, this.now);
      return;
    }
    if (this.books.booked.has(execution.executionId)) return;
    this.#book(execution);
  }

  #book(execution: VenueExecution): void {
    const { index, side, qtyLots, requestId, executionId, priceTicks } = execution;
    if (this.books.booked.has(executionId)) throw new Error(`Execution ${executionId} is booked`);
    this.books.booked.add(executionId);
    const order = requestId < 0 ? undefined : must(this.books.find(requestId), "An order of ours");
    if (order !== undefined) {
      order.filledLots += qtyLots;
      order.isAccepted = true;
      if (!isTerminal(order.status)) {
        order.status = order.filledLots < order.qtyLots ? STATUS.partiallyFilled : STATUS.filled;
      }
    }
    this.books.trade(index, side * qtyLots, fromUnits(TICK, priceTicks), this.now);
    if (order !== undefined) this.reconciler.onFill(execution, this.now);
    this.#onMoved(index);
  }

  /** The engine's own protection follows the position. */
  #onMoved(index: number): void {
    this.#touch(index);
    const stop = must(this.books.stops[index], "A place");
    if (stop.requestId >= 0 || this.books.qtyLots(index) !== 0) this.#placeStop(index);
  }
}
