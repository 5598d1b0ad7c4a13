import { assert } from "#engine/assert.ts";
import type {
  CloseAttempt,
  FlattenDesk,
  FlattenPosition,
  OrderEnd,
} from "#engine/flatten/flatten-desk.ts";
import { BUY, ORDER_TYPE } from "#engine/model/order-terms.ts";
import type { PositionSlot, VenueOrder, VenueSnapshot } from "#engine/model/venue-snapshot.ts";

/** What becomes of one close: filled, in part, refused, no answer (and then filled or not), no answer for a while. */
export type CloseFate = "fill" | "part" | "refuse" | "lostFilled" | "lostNothing" | "slow";
/** What becomes of one cancel: it works, fills first, or is refused. */
export type CancelFate = "cancel" | "fillFirst" | "refuse";
/** What becomes of one cut: whole, begun before the last activity, or never made. */
export type CutFate = "good" | "old" | "missing";

export interface Faults {
  readonly closes: readonly CloseFate[];
  readonly cancels: readonly CancelFate[];
  readonly cuts: readonly CutFate[];
  /** Orders of ours that appear at the n-th cut although everything is halted. */
  readonly lateOrders: readonly number[];
}

interface HeldPosition {
  readonly index: number;
  readonly symbol: string;
  readonly slot: PositionSlot;
  lots: number;
}

interface WorkingOrder {
  readonly requestId: number;
  readonly position: HeldPosition;
  readonly lots: number;
  isAsked: boolean;
}

interface Close {
  readonly key: HeldPosition;
  readonly fate: CloseFate;
  lots: number;
  /** Steps until its outcome is known. */
  wait: number;
  /** How it came out at the venue; null before. */
  why: string | null;
  /** The same as far as it is known here. */
  end: OrderEnd | null;
}

const PENDING: OrderEnd = { isEnded: false, why: "" };
const PART_MAX = 40;

/**
 * An account at a venue that has a fate ready for everything it is asked; when its faults are used up everything
 * works. It is the kill switch's desk as well, and checks what it is asked: halt first, one try per position at a
 * time, no close larger than the position that was shown.
 */
export class FakeAccount implements FlattenDesk {
  readonly positions: HeldPosition[];
  readonly orders: WorkingOrder[] = [];
  foreign: VenueOrder[] = [];
  isHalted = false;
  closesSent = 0;
  readonly #closes = new Map<number, Close>();
  readonly #faults: Faults;
  readonly #booksAreRight: boolean;
  #nextId = 1;
  #closeNumber = 0;
  #cancelNumber = 0;
  #cutNumber = 0;

  constructor(
    lots: readonly number[],
    orders: readonly number[],
    faults: Faults,
    booksAreRight = true,
  ) {
    this.positions = lots.map((held, index) => ({
      index,
      symbol: `S${index >> 1}`,
      slot: index % 2 === 0 ? "long" : "short",
      lots: index % 2 === 0 ? held : -held,
    }));
    this.#faults = faults;
    this.#booksAreRight = booksAreRight;
    for (const at of orders) this.addOrder(at);
  }

  get isFlat(): boolean {
    return this.positions.every(({ lots }) => lots === 0) && this.orders.length === 0;
  }

  addOrder(at: number): void {
    const position = this.positions[at % this.positions.length];
    if (position === undefined) return;
    this.orders.push({ requestId: this.#id(), position, lots: 7, isAsked: false });
  }

  addForeign(): void {
    this.foreign.push(orderOf(-1, "S0", `manual-${this.foreign.length}`));
  }

  halt(): void {
    this.isHalted = true;
  }

  cancelOwn(closing: ReadonlySet<number>): number {
    assert(this.isHalted, () => "The halt is latched first");
    let asked = 0;
    for (const order of this.orders) {
      if (order.isAsked || closing.has(order.requestId)) continue;
      order.isAsked = true;
      asked += 1;
    }
    return asked;
  }

  ownWorking(closing: ReadonlySet<number>): number {
    const closes = [...this.#closes].filter(([id, { end }]) => end === null && !closing.has(id));
    return this.orders.length + closes.length;
  }

  cancelForeign({ clientId }: VenueOrder): void {
    this.foreign = this.foreign.filter((order) => order.clientId !== clientId);
  }

  heldPositions(): readonly FlattenPosition[] {
    return this.#booksAreRight ? this.#shown() : [];
  }

  close(position: FlattenPosition): CloseAttempt {
    assert(this.isHalted, () => "The halt is latched first");
    const key = this.positions[position.index] as HeldPosition;
    const running = [...this.#closes.values()].filter((one) => one.key === key && one.end === null);
    assert(running.length === 0, () => `One try at a time on ${key.symbol} ${key.slot}`);
    const requestIds: number[] = [];
    for (let left = Math.abs(position.qtyLots); left > 0; left -= PART_MAX) {
      const fate = this.#faults.closes[this.#closeNumber++] ?? "fill";
      const requestId = this.#id();
      const wait = fate === "slow" ? 9 : fate.startsWith("lost") ? 5 : 1;
      this.#closes.set(requestId, {
        key,
        fate,
        lots: Math.min(left, PART_MAX),
        wait,
        why: null,
        end: null,
      });
      requestIds.push(requestId);
      this.closesSent += 1;
    }
    return { requestIds, why: "" };
  }

  endOf(requestId: number): OrderEnd {
    return this.#closes.get(requestId)?.end ?? PENDING;
  }

  /** The venue goes on by one step; returns whether an order has ended or filled. */
  step(): boolean {
    let hasNews = false;
    for (const close of this.#closes.values()) {
      if (close.end !== null) continue;
      close.wait -= 1;
      // The venue has acted; who asked does not know yet.
      if (close.fate === "lostFilled" && close.why === null) this.#carryOut(close);
      if (close.wait > 0) continue;
      if (close.why === null) this.#carryOut(close);
      close.end = { isEnded: true, why: close.why ?? "" };
      hasNews = true;
    }
    for (const order of this.orders.filter(({ isAsked }) => isAsked)) {
      const fate = this.#faults.cancels[this.#cancelNumber++] ?? "cancel";
      hasNews = true;
      if (fate === "refuse") {
        order.isAsked = false;
        continue;
      }
      if (fate === "fillFirst") {
        const { position, lots } = order;
        position.lots += position.slot === "long" ? lots : -lots;
      }
      this.orders.splice(this.orders.indexOf(order), 1);
    }
    return hasNews;
  }

  /** A cut that began at `now`; null when it cannot be made. */
  cut(now: number): VenueSnapshot | null {
    const number = this.#cutNumber++;
    for (const late of this.#faults.lateOrders) if (late === number) this.addOrder(number);
    const fate = this.#faults.cuts[number] ?? "good";
    if (fate === "missing") return null;
    return {
      beganAt: fate === "old" ? 0 : now,
      asOf: now,
      // An old cut shows an account as it never will be again.
      positions: fate === "old" ? [] : this.#shown().map((one) => ({ ...one, ...UNKNOWN_PRICES })),
      orders:
        fate === "old"
          ? []
          : [
              ...this.orders.map(({ requestId, position }) =>
                orderOf(requestId, position.symbol, String(requestId)),
              ),
              ...this.foreign,
            ],
      executions: [],
      executionsFrom: 0,
      wallet: Number.NaN,
      settings: [],
    };
  }

  #carryOut(close: Close): void {
    const { key, fate } = close;
    const held = Math.abs(key.lots);
    const all = Math.min(close.lots, held);
    const isNothing = fate === "refuse" || fate === "lostNothing";
    const lots = isNothing ? 0 : fate === "part" ? Math.floor(all / 2) : all;
    key.lots -= Math.sign(key.lots) * lots;
    close.why = lots === close.lots ? "" : isNothing ? "rejected" : "cancelled";
  }

  #shown(): FlattenPosition[] {
    return this.positions.flatMap(({ index, symbol, slot, lots }) =>
      lots === 0 ? [] : [{ index, symbol, slot, qty: lots, qtyLots: lots }],
    );
  }

  #id(): number {
    return this.#nextId++;
  }
}

const UNKNOWN_PRICES = {
  entryPrice: Number.NaN,
  markPrice: Number.NaN,
  openedAt: Number.NaN,
  hasTrailingStop: false,
};

function orderOf(requestId: number, symbol: string, clientId: string): VenueOrder {
  return {
    index: 0,
    symbol,
    requestId,
    clientId,
    venueOrderId: clientId,
    side: BUY,
    type: ORDER_TYPE.stopMarket,
    qtyLots: 7,
    filledLots: 0,
    priceTicks: Number.NaN,
    triggerTicks: 1,
    reduceOnly: false,
  };
}
