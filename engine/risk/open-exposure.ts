import { ceilUnits, type Grid } from "#engine/model/grid.ts";
import { BUY, hasLimitPrice } from "#engine/model/order-terms.ts";
import type { Order } from "#engine/orders/order-store.ts";

/**
 * An order with changes in flight: the size and price that it counts with, the highest last price of its approvals, and
 * how many there are. Prices in ticks.
 */
export interface ChangingOrder {
  readonly requestId: number;
  readonly lots: number;
  readonly price: number;
  /** Null where no price was known. */
  readonly base: number | null;
  readonly changes: number;
  readonly isDoubtful: boolean;
}

/**
 * What the working orders of each slot could still open, summed up as they come and go: buys and sells apart, each as if
 * it were filled whole. Lots × ticks are whole numbers, so that the sums neither drift nor depend on an order of
 * events.
 *
 * Conditions:
 * 1. Every order that is not reduce-only counts from its approval to its proven end: in flight, resting, waiting for
 *    a trigger, being cancelled, unknown.
 * 2. While a change is in flight an order counts with the larger size and the larger price of before and after.
 * 3. An order counts at the most that its fill can cost: a buy with a limit at that, everything else at the highest of
 *    its own prices and the last price at its approval.
 * 4. Buys are not netted against a short position nor sells against a long one: something else may close it first.
 *    So no fill in whatever order makes the worst case worse.
 */
export class OpenExposure {
  /** By slot: lots that buys (sells) could still fill, and lots × ticks. */
  readonly buyLots: Float64Array;
  readonly sellLots: Float64Array;
  readonly buyValue: Float64Array;
  readonly sellValue: Float64Array;
  readonly #ticks: readonly Grid[];
  /** By slot of the order: the size and price it counts with, what of it is counted, and the price of its approval. */
  readonly #lots: number[] = [];
  readonly #price: number[] = [];
  readonly #counted: number[] = [];
  readonly #basePrice: number[] = [];
  /** Changes of which the venue has not told yet; those of a doubtful order are not known. */
  readonly #changes: number[] = [];
  readonly #isDoubtful: boolean[] = [];

  constructor(ticks: readonly Grid[]) {
    this.#ticks = ticks;
    this.buyLots = new Float64Array(ticks.length);
    this.sellLots = new Float64Array(ticks.length);
    this.buyValue = new Float64Array(ticks.length);
    this.sellValue = new Float64Array(ticks.length);
  }

  /** Whole ticks at or above a price in quote units. */
  ticksOf(slot: number, price: number): number {
    return ceilUnits(this.#ticks[slot] as Grid, price);
  }

  /** Lots × ticks that an order is about to add, given the last price in ticks. */
  added(order: Order, lastTicks: number): number {
    const lots = Math.max(0, order.wantedLots - order.filledLots);
    return lots * wantedPrice(order, lastTicks);
  }

  /** Lots × ticks that the change an order wants would add to what it counts with. */
  addedByChange(order: Order, lastTicks: number): number {
    const { slot } = order;
    const price = Math.max(this.#price[slot] as number, wantedPrice(order, lastTicks));
    const lots = Math.max(this.#lots[slot] as number, order.wantedLots) - order.filledLots;
    const counted = (this.#counted[slot] as number) * (this.#price[slot] as number);
    return Math.max(0, lots) * price - counted;
  }

  /** Counts a new order. */
  reserve(order: Order, lastTicks: number): void {
    const { slot } = order;
    // Filled in order, so that the arrays stay dense.
    while (this.#lots.length <= slot) this.#addSlot();
    this.#basePrice[slot] = lastTicks;
    this.#changes[slot] = 0;
    this.#isDoubtful[slot] = false;
    this.#counted[slot] = 0;
    this.#price[slot] = 0;
    this.#count(order, order.wantedLots, wantedPrice(order, lastTicks));
  }

  /** Counts an order that was put in place by a recovery, with what was kept of its changes. */
  recount(order: Order, lastTicks: number, kept: ChangingOrder | undefined): void {
    this.reserve(order, lastTicks);
    const { slot } = order;
    if (kept !== undefined) {
      this.#changes[slot] = kept.changes;
      this.#isDoubtful[slot] = kept.isDoubtful;
      this.#basePrice[slot] = kept.base ?? Number.NaN;
      this.#count(order, kept.lots, kept.price);
    }
    this.#answered(order, 0);
  }

  /** What of an order its own terms do not tell; null when they tell all. */
  changing(order: Order): ChangingOrder | null {
    const { slot, requestId } = order;
    const changes = this.#changes[slot] ?? 0;
    if (changes === 0) return null;
    const [lots, price] = [this.#lots[slot] as number, this.#price[slot] as number];
    const base = this.#basePrice[slot] as number;
    const isDoubtful = this.#isDoubtful[slot] as boolean;
    return { requestId, lots, price, base: base === base ? base : null, changes, isDoubtful };
  }

  /** Counts a change that is sent. */
  reserveChange(order: Order, lastTicks: number): void {
    const { slot } = order;
    this.#changes[slot] = (this.#changes[slot] as number) + 1;
    this.#basePrice[slot] = Math.max(this.#basePrice[slot] as number, lastTicks);
    const lots = Math.max(this.#lots[slot] as number, order.wantedLots);
    const price = Math.max(this.#price[slot] as number, wantedPrice(order, lastTicks));
    this.#count(order, lots, price);
  }

  /** A cancel is sent: a refusal that comes now may be of either. */
  doubt(order: Order): void {
    if (this.#changes.length > order.slot) this.#isDoubtful[order.slot] = true;
  }

  /** The venue has told the terms of an order: by a change that was asked for, or by itself. */
  onTerms(order: Order, isAnswer: boolean): void {
    this.#answered(order, isAnswer ? 1 : 0);
  }

  /** The venue has refused a change or a cancel. */
  onRefused(order: Order): void {
    this.#answered(order, this.#isDoubtful[order.slot] === true ? 0 : 1);
  }

  /** An execution has made less of it. */
  onFill(order: Order): void {
    const { slot } = order;
    this.#count(order, this.#lots[slot] as number, this.#price[slot] as number);
  }

  /** The order has ended. */
  release(order: Order): void {
    this.#count(order, 0, this.#price[order.slot] as number);
    this.#lots[order.slot] = 0;
  }

  /** Forgets everything, to be told anew. */
  clear(): void {
    for (const sums of [this.buyLots, this.sellLots, this.buyValue, this.sellValue]) sums.fill(0);
    for (const kept of [this.#lots, this.#price, this.#counted, this.#basePrice, this.#changes]) {
      kept.length = 0;
    }
    this.#isDoubtful.length = 0;
  }

  #answered(order: Order, answers: number): void {
    const { slot } = order;
    const changes = Math.max(0, (this.#changes[slot] as number) - answers);
    this.#changes[slot] = changes;
    let lots = Math.max(order.qtyLots, order.wantedLots);
    let price = ownPrice(order, this.#basePrice[slot] as number);
    if (changes > 0) {
      lots = Math.max(lots, this.#lots[slot] as number);
      price = Math.max(price, this.#price[slot] as number);
    }
    this.#count(order, lots, price);
  }

  #count(order: Order, lots: number, price: number): void {
    const { slot, symbol } = order;
    const before = this.#counted[slot] as number;
    const after = Math.max(0, lots - order.filledLots);
    const value = after * price - before * (this.#price[slot] as number);
    this.#lots[slot] = lots;
    this.#price[slot] = price;
    this.#counted[slot] = after;
    if (order.side === BUY) add(this.buyLots, this.buyValue, symbol, after - before, value);
    else add(this.sellLots, this.sellValue, symbol, after - before, value);
  }

  #addSlot(): void {
    this.#lots.push(0);
    this.#price.push(0);
    this.#counted.push(0);
    this.#basePrice.push(0);
    this.#changes.push(0);
    this.#isDoubtful.push(false);
  }
}

function add(
  lots: Float64Array,
  values: Float64Array,
  slot: number,
  more: number,
  value: number,
): void {
  const left = (lots[slot] as number) + more;
  lots[slot] = left;
  // Products beyond 2^53 are rounded: an empty book is worth nothing all the same.
  values[slot] = left === 0 ? 0 : (values[slot] as number) + value;
}

/** The most that a fill at what the order wants can cost per lot, ticks. */
function wantedPrice(order: Order, lastTicks: number): number {
  const { wantedPriceTicks, wantedTriggerTicks } = order;
  if (order.side === BUY && hasLimitPrice(order.type)) return wantedPriceTicks;
  return highest(lastTicks, wantedPriceTicks, wantedTriggerTicks, activationOf(order));
}

/** The same for what the order is and what it wants. */
function ownPrice(order: Order, baseTicks: number): number {
  const wanted = wantedPrice(order, baseTicks);
  const { priceTicks, triggerTicks } = order;
  if (order.side === BUY && hasLimitPrice(order.type)) return highest(wanted, priceTicks, 0, 0);
  return highest(wanted, priceTicks, triggerTicks, 0);
}

function activationOf({ conditions }: Order): number {
  return conditions.isPlain ? Number.NaN : conditions.activationTicks;
}

/** The highest of those that are numbers. */
function highest(first: number, second: number, third: number, fourth: number): number {
  let most = first === first ? first : 0;
  if (second > most) most = second;
  if (third > most) most = third;
  if (fourth > most) most = fourth;
  return most;
}
