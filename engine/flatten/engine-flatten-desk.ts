import type {
  CloseAttempt,
  FlattenDesk,
  FlattenPosition,
  OrderEnd,
} from "#engine/flatten/flatten-desk.ts";
import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { BUY, ORDER_TYPE, PURPOSE, SELL } from "#engine/model/order-terms.ts";
import type { VenueOrder } from "#engine/model/venue-snapshot.ts";
import { closableLots, isClose } from "#engine/orders/closes.ts";
import { ENGINE_STRATEGY } from "#engine/orders/engine-strategy.ts";
import type { OrderManager } from "#engine/orders/order-manager.ts";
import { isTerminal, STATUS, statusName } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import type { ProtectiveOrders } from "#engine/orders/protective-orders.ts";

/** Orders of one try: a position so large that it wants more is closed in several tries. */
const PARTS_MAX = 100;

export interface EngineFlattenParts {
  readonly instruments: readonly Instrument[];
  readonly ledger: Ledger;
  readonly orderManager: OrderManager;
  readonly protective: ProtectiveOrders;
  /** Asks for the end of an order that is not ours; absent where an account has none, as in a backtest. */
  readonly cancelForeign?: ((order: VenueOrder) => void) | undefined;
}

/** The kill switch's hands on an engine's own account. */
export class EngineFlattenDesk implements FlattenDesk {
  readonly #parts: EngineFlattenParts;
  /** Orders whose end was asked for while the venue had not answered yet. */
  readonly #asked = new Set<number>();

  constructor(parts: EngineFlattenParts) {
    this.#parts = parts;
  }

  halt(reason: string): void {
    const { risk, now } = this.#parts.orderManager;
    risk.halt(reason, now);
  }

  cancelOwn(closing: ReadonlySet<number>): number {
    const { orderManager } = this.#parts;
    let asked = 0;
    for (const order of this.#working()) {
      if (closing.has(order.requestId) || !this.#isToCancel(order)) continue;
      if (orderManager.cancel(order)) asked += 1;
    }
    return asked;
  }

  ownWorking(closing: ReadonlySet<number>): number {
    return this.#working().filter(({ requestId }) => !closing.has(requestId)).length;
  }

  cancelForeign(order: VenueOrder): void {
    this.#parts.cancelForeign?.(order);
  }

  heldPositions(): readonly FlattenPosition[] {
    const { instruments, ledger } = this.#parts;
    return instruments.flatMap(({ symbol }, index) => {
      const { qtyLots, qty } = ledger.positions[index] as Position;
      if (qtyLots === 0) return [];
      const isHedged = instruments.some((one, at) => one.symbol === symbol && at !== index);
      const slot = isHedged ? (qtyLots > 0 ? "long" : "short") : "net";
      return [{ index, symbol, slot, qty, qtyLots }];
    });
  }

  close({ index, symbol, qtyLots }: FlattenPosition): CloseAttempt {
    if (index < 0) return { requestIds: [], why: `"${symbol}" is not traded here` };
    const { orderManager, protective } = this.#parts;
    const side = qtyLots > 0 ? SELL : BUY;
    const working = orderManager.store.working(index);
    // The books may lag behind the cut: what they do not know as held is not theirs to count.
    const isKnown = this.#held(index) * qtyLots > 0;
    if (!isKnown || closableLots(this.#held(index), working, null) > 0) {
      const lots = Math.min(
        Math.abs(qtyLots),
        PARTS_MAX * protective.largestPart(index, Number.MAX_SAFE_INTEGER),
      );
      const { market } = ORDER_TYPE;
      const { flatten } = PURPOSE;
      const order = orderManager.intend(ENGINE_STRATEGY, index, market, side, lots, flatten);
      order.reduceOnly = true;
      protective.sendClose(order);
    }
    // Closes that others had asked for count among those of this try: it is over when all of them have ended.
    const closes = working.filter((order) => order.side === side && isClose(order));
    return { requestIds: closes.map(({ requestId }) => requestId), why: "" };
  }

  endOf(requestId: number): OrderEnd {
    const order = this.#parts.orderManager.store.find(requestId);
    // Ended so long ago that it is forgotten.
    if (order === undefined) return { isEnded: true, why: "" };
    const isEnded = isTerminal(order.status);
    const why = isEnded && order.status !== STATUS.filled ? statusName(order.status) : "";
    return { isEnded, why };
  }

  /**
   * One that is on its way is asked once, and again when it has arrived; one that is unknown has to be found first. What
   * closes a position does what is wanted.
   */
  #isToCancel(order: Order): boolean {
    const { status, requestId } = order;
    if (isClose(order) && order.side * this.#held(order.symbol) < 0) return false;
    if (status === STATUS.accepted || status === STATUS.partiallyFilled) return true;
    if (status === STATUS.unknown || status === STATUS.cancelling) return false;
    if (this.#asked.has(requestId)) return false;
    this.#asked.add(requestId);
    return true;
  }

  #held(index: number): number {
    return (this.#parts.ledger.positions[index] as Position).qtyLots;
  }

  #working(): readonly Order[] {
    const { instruments, orderManager } = this.#parts;
    return instruments.flatMap((_, index) => orderManager.store.working(index));
  }
}
