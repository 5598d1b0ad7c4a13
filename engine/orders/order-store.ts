import { AssertionFailed, assert } from "#engine/assert.ts";
import { OrderConditions } from "#engine/model/order-conditions.ts";
import {
  BUY,
  ORDER_TYPE,
  type OrderSide,
  type OrderType,
  PURPOSE,
  type Purpose,
} from "#engine/model/order-terms.ts";
import { type OrderState, orderState, restoreOrder } from "#engine/orders/order-state.ts";
import {
  isTerminal,
  mayBecome,
  STATUS,
  type Status,
  statusName,
} from "#engine/orders/order-status.ts";
import { EntryProtection } from "#engine/rules/entry-protection.ts";

/** Whether a cancel was asked for, and whether it may have been lost: then it is asked for again once the order is seen. */
export const CANCEL = { none: 0, asked: 1, owed: 2 } as const;
export type CancelState = (typeof CANCEL)[keyof typeof CANCEL];

/** An intent and its order, as the engine knows it. Pooled: valid from `create` until some time after its end. */
export class Order {
  readonly slot: number = 0;
  requestId = 0;
  strategy = 0;
  symbol = 0;
  decidedAt = 0;
  /** Leg and sequence of the intent key, packed. */
  keyRest = 0;
  attempt = 0;
  type: OrderType = ORDER_TYPE.market;
  side: OrderSide = BUY;
  qtyLots = 0;
  filledLots = 0;
  priceTicks = Number.NaN;
  triggerTicks = Number.NaN;
  /** What the last command asked for, be it acknowledged or still on its way. */
  wantedLots = 0;
  wantedPriceTicks = Number.NaN;
  wantedTriggerTicks = Number.NaN;
  reduceOnly = false;
  readonly conditions = new OrderConditions();
  purpose: Purpose = PURPOSE.entry;
  /** Of an entry: prices that protect what it opens, in quote units. */
  readonly protection = new EntryProtection();
  tag: string | null = null;
  status: Status = STATUS.planned;
  /** Where an amend or cancel that the venue refuses returns to. */
  statusBefore: Status = STATUS.planned;
  /** The venue has shown that it took the order: an acknowledgement, a fill, a row of a list. */
  isAccepted = false;
  cancel: CancelState = CANCEL.none;
  /** When an amend or cancel was asked for last, the engine's time; of this life alone. */
  changedAt = 0;
  /** The venue's time of the terms known, epoch ms: older news of them is late. */
  termsAsOf = 0;
  /** While it is looked for (`unresolved-orders.ts`): the fence, look-ups so far and those without a trace in a row. */
  fenceAt = 0;
  lookups = 0;
  misses = 0;
  nextLookupAt = Number.POSITIVE_INFINITY;
  /** The how-manieth order to end it was; −1 while it works, `FORGOTTEN` once it can not be found any more. */
  endSequence = -1;
  /** Index in the list of working orders of its symbol, −1 when it is not in it. */
  workingIndex = -1;

  constructor(slot: number) {
    this.slot = slot;
  }

  /** Executions told so far; a venue may tell of one twice. */
  readonly #executions: number[] = [];
  #executionCount = 0;
  #newestExecution = 0;

  /** Takes note of an execution; false when it is known already. 0 is no number. */
  takeExecution(id: number): boolean {
    if (id === 0) return true;
    // Numbers of most venues only rise: then the newest says it all.
    if (id > this.#newestExecution) this.#newestExecution = id;
    else if (this.#executions.lastIndexOf(id, this.#executionCount - 1) >= 0) return false;
    this.#executions[this.#executionCount] = id;
    this.#executionCount += 1;
    return true;
  }

  /** The executions told so far, in the order in which they were. */
  executions(): readonly number[] {
    return this.#executions.slice(0, this.#executionCount);
  }

  /** A new order begins in this object. */
  forgetExecutions(): void {
    this.#executionCount = 0;
    this.#newestExecution = 0;
  }

  get remainingLots(): number {
    return this.qtyLots - this.filledLots;
  }
}

/**
 * Orders that may be alive or recently ended at once; the slot is the lower part of a request id. What is left below
 * 2³¹ is for generations: a larger number is an object of its own wherever it is kept.
 */
export const SLOTS_MAX = 2 ** 16;
/** An ended order can still be found by its request id until this many later ones have ended: late messages name it. */
export const ENDED_KEPT = 256;
/** The end of an order whose object is free: a process that began since knows nothing of it, so nobody finds it. */
const FORGOTTEN = -2;

/**
 * All orders of the engine. Objects are used again, oldest ended first, so that a backtest of a million orders
 * allocates a few hundred; a request id holds the slot and its generation and is never given twice.
 */
export class OrderStore {
  readonly #slots: Order[] = [];
  readonly #ended: Int32Array = new Int32Array(ENDED_KEPT);
  #endedCount = 0;
  readonly #free: number[] = [];
  readonly #working: Order[][];
  /** Orders that were touched since somebody who keeps a journal asked last; null while nobody does. */
  #touched: Set<Order> | null = null;

  constructor(symbolCount: number) {
    this.#working = Array.from({ length: symbolCount }, () => []);
  }

  /** From now on `takeTouched` tells which orders have changed. */
  track(): void {
    this.#touched = new Set();
  }

  /** Something of an order has changed, or may have. */
  touch(order: Order): void {
    if (this.#touched !== null) this.#touched.add(order);
  }

  /** The orders that were touched since the last call. */
  takeTouched(): readonly Order[] {
    const touched = [...(this.#touched ?? [])];
    this.#touched?.clear();
    return touched;
  }

  /** Working orders of a symbol, in no particular order. */
  working(symbol: number): readonly Order[] {
    return this.#working[symbol] as Order[];
  }

  create(symbol: number): Order {
    const slot = this.#free.pop() ?? this.#slots.length;
    let order = this.#slots[slot];
    if (order === undefined) {
      assert(slot < SLOTS_MAX, () => `At most ${SLOTS_MAX} orders live at once`);
      order = new Order(slot);
      order.requestId = slot;
      this.#slots.push(order);
    } else {
      order.requestId += SLOTS_MAX;
    }
    order.symbol = symbol;
    order.filledLots = 0;
    order.attempt = 0;
    order.conditions.clear();
    order.protection.clear();
    order.forgetExecutions();
    order.status = STATUS.planned;
    order.isAccepted = false;
    order.cancel = CANCEL.none;
    order.changedAt = 0;
    order.termsAsOf = 0;
    order.endSequence = -1;
    const list = this.#working[symbol] as Order[];
    order.workingIndex = list.length;
    list.push(order);
    this.touch(order);
    return order;
  }

  /** Orders that can still be found: those at work and those that ended lately, the oldest end first. */
  state(): OrderStoreState {
    const ended: OrderState[] = [];
    const first = Math.max(0, this.#endedCount - ENDED_KEPT);
    for (let at = first; at < this.#endedCount; at++) {
      const slot = this.#ended[at % ENDED_KEPT] as number;
      ended.push(orderState(this.#slots[slot] as Order));
    }
    return {
      working: this.#working.flatMap((list) => list.map(orderState)).sort(byRequestId),
      ended,
      slots: this.#slots.map((order) => order.requestId),
    };
  }

  /** Takes over what `state` told, into a store that has been given no order yet. */
  restore(state: OrderStoreState): void {
    assert(this.#slots.length === 0, () => "Orders are restored into an empty store");
    for (const requestId of state.slots) {
      const order = new Order(slotOf(requestId));
      order.requestId = requestId;
      this.#slots.push(order);
    }
    const used = new Set<number>();
    for (const kept of state.working) {
      const order = this.#restored(kept, used);
      const list = this.#working[order.symbol] as Order[];
      order.workingIndex = list.length;
      list.push(order);
    }
    for (const kept of state.ended) {
      const { slot, endSequence } = this.#restored(kept, used);
      this.#ended[endSequence % ENDED_KEPT] = slot;
      this.#endedCount = endSequence + 1;
    }
    for (let slot = this.#slots.length - 1; slot >= 0; slot--) {
      if (!used.has(slot)) this.#forget(slot);
    }
  }

  #restored(kept: OrderState, used: Set<number>): Order {
    const slot = slotOf(kept.requestId);
    const order = this.#slots[slot];
    assert(order?.requestId === kept.requestId, () => `Slot ${slot} holds ${kept.requestId}`);
    used.add(slot);
    restoreOrder(order, kept);
    return order;
  }

  /** The order of a request id, also when it ended lately; undefined when it is not known (any more). */
  find(requestId: number): Order | undefined {
    const order = this.#slots[slotOf(requestId)];
    if (order === undefined || order.requestId !== requestId) return undefined;
    return order.endSequence === FORGOTTEN ? undefined : order;
  }

  /** Moves an order along the table. Repeated news of a terminal state changes nothing and returns false. */
  transition(order: Order, to: Status): boolean {
    const from = order.status;
    if (from === to && to !== STATUS.partiallyFilled) return false;
    if (isTerminal(from)) return false;
    // Spelled out where every order passes: the lazy message of an assertion would be an allocation.
    if (!mayBecome(from, to)) {
      throw new AssertionFailed(`An order goes from ${statusName(from)} to ${statusName(to)}`);
    }
    this.touch(order);
    if (to === STATUS.amending || to === STATUS.cancelling) order.statusBefore = from;
    order.status = to;
    if (isTerminal(to)) this.#end(order);
    return true;
  }

  #end(order: Order): void {
    const list = this.#working[order.symbol] as Order[];
    const last = list.pop() as Order;
    if (last !== order) {
      list[order.workingIndex] = last;
      last.workingIndex = order.workingIndex;
    }
    order.workingIndex = -1;
    const ring = this.#endedCount % ENDED_KEPT;
    if (this.#endedCount >= ENDED_KEPT) this.#forget(this.#ended[ring] as number);
    this.#ended[ring] = order.slot;
    order.endSequence = this.#endedCount;
    this.#endedCount += 1;
  }

  #forget(slot: number): void {
    (this.#slots[slot] as Order).endSequence = FORGOTTEN;
    this.#free.push(slot);
  }
}

/** What of an order store outlives a process. `slots`: the newest request id of each. */
export interface OrderStoreState {
  readonly working: readonly OrderState[];
  readonly ended: readonly OrderState[];
  readonly slots: readonly number[];
}

function byRequestId(a: OrderState, b: OrderState): number {
  return a.requestId - b.requestId;
}

/** The place of an order in the store: the lower part of its request id; a remainder of doubles is several times slower than this. */
export function slotOf(requestId: number): number {
  return requestId - Math.floor(requestId / SLOTS_MAX) * SLOTS_MAX;
}
