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
  /** The venue's time of the terms known, epoch ms: older news of them is late. */
  termsAsOf = 0;
  /** While it is looked for (`unresolved-orders.ts`): the fence, look-ups so far and those without a trace in a row. */
  fenceAt = 0;
  lookups = 0;
  misses = 0;
  nextLookupAt = Number.POSITIVE_INFINITY;
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

  /** A new order begins in this object. */
  forgetExecutions(): void {
    this.#executionCount = 0;
    this.#newestExecution = 0;
  }

  get remainingLots(): number {
    return this.qtyLots - this.filledLots;
  }
}

/** Orders that may be alive or recently ended at once; the slot is the lower part of a request id. */
const SLOTS_MAX = 2 ** 20;
/** An ended order can still be found by its request id until this many later ones have ended: late messages name it. */
const ENDED_KEPT = 256;

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

  constructor(symbolCount: number) {
    this.#working = Array.from({ length: symbolCount }, () => []);
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
    order.termsAsOf = 0;
    const list = this.#working[symbol] as Order[];
    order.workingIndex = list.length;
    list.push(order);
    return order;
  }

  /** The order of a request id, also when it ended lately; undefined when it is not known (any more). */
  find(requestId: number): Order | undefined {
    const order = this.#slots[slotOf(requestId)];
    return order !== undefined && order.requestId === requestId ? order : undefined;
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
    if (this.#endedCount >= ENDED_KEPT) this.#free.push(this.#ended[ring] as number);
    this.#ended[ring] = order.slot;
    this.#endedCount += 1;
  }
}

/** The lower part of a request id; a remainder of doubles is several times slower than this. */
function slotOf(requestId: number): number {
  return requestId - Math.floor(requestId / SLOTS_MAX) * SLOTS_MAX;
}
