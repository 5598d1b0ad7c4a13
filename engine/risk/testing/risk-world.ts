import * as fc from "fast-check";
import { EVENT } from "#engine/model/event.ts";
import { BUY, ORDER_TYPE, type OrderSide, SELL } from "#engine/model/order-terms.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import { PRICE, RiskRig } from "./risk-rig.ts";

/**
 * A venue that may do anything with an order at any time, and a reckoning of the worst that it still could do, made
 * from what was sent alone: the oracle for caps. Prices stand still, so that nothing but orders moves the account.
 */
export const SYMBOLS = ["BTC", "BTC", "ETH", "SOL"];
const TYPES = [ORDER_TYPE.market, ORDER_TYPE.limit, ORDER_TYPE.stopMarket] as const;

/** Terms that an order may have at the venue: what it was placed with and every change that is not answered. */
interface Terms {
  readonly lots: number;
  readonly price: number;
}
interface VenueOrder {
  readonly order: Order;
  terms: Terms;
  asked: Terms[];
  filled: number;
  isDone: boolean;
}

export type Step =
  | {
      readonly kind: "place";
      readonly slot: number;
      readonly side: OrderSide;
      readonly type: (typeof TYPES)[number];
      readonly lots: number;
      readonly price: number;
      readonly reduceOnly: boolean;
    }
  | { readonly kind: "amend"; readonly at: number; readonly lots: number; readonly price: number }
  | {
      readonly kind: "cancel" | "accept" | "reject" | "end" | "amended" | "refused" | "lost";
      readonly at: number;
    }
  | { readonly kind: "fill"; readonly at: number; readonly lots: number }
  | { readonly kind: "outside"; readonly slot: number }
  | { readonly kind: "halt" }
  | { readonly kind: "restart" };

export const at = fc.nat(5);
export const lots = fc.integer({ min: 1, max: 12 });
const price = fc.integer({ min: 60, max: 140 });
const side = fc.constantFrom<OrderSide>(BUY, SELL);
export const slot = fc.nat(SYMBOLS.length - 1);
export const of = <K extends string>(...kinds: readonly K[]): fc.Arbitrary<K> =>
  fc.constantFrom(...kinds);

export const placing = fc.record({
  kind: of("place"),
  slot,
  side,
  type: fc.constantFrom(...TYPES),
  lots,
  price,
  reduceOnly: fc.nat(4).map((n) => n === 0),
});
export const venueStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: of("accept"), at }) },
  { weight: 4, arbitrary: fc.record({ kind: of("fill"), at, lots }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: of("cancel", "reject", "end", "amended", "amended", "refused", "lost"),
      at,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: of("outside"), slot }) },
);
const amending = fc.record({ kind: of("amend"), at, lots, price });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: placing },
  { weight: 3, arbitrary: amending },
  { weight: 6, arbitrary: venueStep },
  { weight: 1, arbitrary: fc.record({ kind: of("restart") }) },
);
export const steps = fc.array(step, { maxLength: 60, size: "max" });

export class World {
  readonly rig: RiskRig;
  readonly live: VenueOrder[] = [];
  readonly #buysAbove: number;

  /** @param buysAbove Lowest price of a buy limit: one that fills below the price that stands still is worth more then. */
  constructor(limits: RiskLimits, buysAbove = 0) {
    this.#buysAbove = buysAbove;
    this.rig = new RiskRig(limits, SYMBOLS, 1e9);
  }

  /** Whether risk let it through; undefined when the step asks for nothing. */
  do(step: Step): boolean | undefined {
    const { rig } = this;
    if (step.kind === "place") return this.#place(step);
    if (step.kind === "halt") rig.risk.halt("test", rig.now);
    else if (step.kind === "restart") rig.restart();
    else if (step.kind === "outside") this.#closeOutside(step.slot);
    else {
      const one = this.live[step.at % Math.max(1, this.live.length)];
      if (one === undefined) return undefined;
      if (step.kind === "amend") return this.#amend(one, step.lots, step.price);
      if (step.kind === "fill") this.#fill(one, step.lots);
      else this.#say(one, step.kind);
      if (one.isDone) this.live.splice(this.live.indexOf(one), 1);
    }
    return undefined;
  }

  #place(step: Extract<Step, { readonly kind: "place" }>): boolean {
    const isLimit = step.type === ORDER_TYPE.limit;
    const isStop = step.type === ORDER_TYPE.stopMarket;
    const price = isLimit && step.side === BUY ? Math.max(step.price, this.#buysAbove) : step.price;
    const order = this.rig.place(step.slot, step.side, step.lots, {
      type: step.type,
      reduceOnly: step.reduceOnly,
      ...(isLimit ? { price } : {}),
      ...(isStop ? { trigger: price } : {}),
    });
    if (order.status === STATUS.rejected) return false;
    const terms = { lots: order.qtyLots, price: step.type === ORDER_TYPE.market ? PRICE : price };
    this.live.push({ order, terms, asked: [], filled: 0, isDone: false });
    return true;
  }

  #amend(one: VenueOrder, lots: number, moved: number): boolean {
    const { order, terms } = one;
    const price = order.side === BUY ? Math.max(moved, this.#buysAbove) : moved;
    const wanted = Math.max(lots, order.filledLots + 1);
    const isLimit = order.type === ORDER_TYPE.limit;
    if (!this.rig.amend(order, wanted, isLimit ? price : Number.NaN)) return false;
    one.asked.push({ lots: wanted, price: isLimit ? price : terms.price });
    return true;
  }

  #fill(one: VenueOrder, lots: number): void {
    const { order } = one;
    const left = one.terms.lots - one.filled;
    const held = this.rig.lots(order.symbol);
    const reducible = held * order.side < 0 ? Math.abs(held) : 0;
    const qty = Math.min(lots, left, order.reduceOnly ? reducible : left);
    if (qty <= 0) return;
    // Engine and venue agree on the size that is filled: a fill beyond it comes after the news of the change.
    if (order.filledLots + qty > order.qtyLots) return;
    one.filled += qty;
    this.rig.fill(order, qty);
    one.isDone = isTerminal(order.status);
  }

  #say(
    one: VenueOrder,
    kind: "cancel" | "accept" | "reject" | "end" | "amended" | "refused" | "lost",
  ): void {
    const { rig } = this;
    const { order } = one;
    const isFirst = order.status === STATUS.sent || order.status === STATUS.unknown;
    if (kind === "cancel") rig.orders.cancel(order);
    else if (kind === "accept") rig.say(EVENT.orderAccepted, order);
    else if (kind === "reject" && isFirst && one.filled === 0) rig.say(EVENT.orderRejected, order);
    else if (kind === "end" && !isFirst) rig.say(EVENT.orderCancelled, order);
    else if (kind === "lost") rig.say(EVENT.unknownOutcome, order);
    else if (kind === "refused" && one.asked.length > 0) {
      one.asked.shift();
      rig.say(EVENT.commandRejected, order, { reason: 5 });
    } else if (kind === "amended" && !isFirst) {
      const [next] = one.asked;
      if (next === undefined) return;
      one.asked.shift();
      one.terms = { lots: Math.max(next.lots, one.filled), price: next.price };
      rig.say(EVENT.orderAmended, order, {
        qtyLots: one.terms.lots,
        priceTicks: order.type === ORDER_TYPE.limit ? next.price : Number.NaN,
        triggerTicks: order.triggerTicks,
      });
    }
    one.isDone = isTerminal(order.status);
  }

  /** The owner closes a position by hand, or the venue liquidates it. */
  #closeOutside(slot: number): void {
    const held = this.rig.lots(slot);
    if (held !== 0) this.rig.execute(slot, held > 0 ? SELL : BUY, Math.abs(held));
  }

  /** Value of a slot if the venue filled all that it may on one side, the worse one. */
  slotValue(slot: number): number {
    const held = this.rig.lots(slot);
    let long = Math.max(0, held) * PRICE;
    let short = Math.max(0, -held) * PRICE;
    for (const { order, terms, asked, filled } of this.live) {
      if (order.symbol !== slot || order.reduceOnly) continue;
      const all = [terms, ...asked];
      const size = Math.max(0, ...all.map((one) => one.lots)) - filled;
      const isLimitBuy = order.side === BUY && order.type === ORDER_TYPE.limit;
      const cost = Math.max(isLimitBuy ? 0 : PRICE, ...all.map((one) => one.price));
      if (order.side === BUY) long += size * cost;
      else short += size * cost;
    }
    return Math.max(long, short);
  }

  /** Lots that closes of a side may still fill. */
  closing(slot: number, side: OrderSide): number {
    let lots = 0;
    for (const { order, terms, asked, filled } of this.live) {
      const isClose = order.reduceOnly && order.type === ORDER_TYPE.market;
      if (!isClose || order.symbol !== slot || order.side !== side) continue;
      lots += Math.max(terms.lots, ...asked.map((one) => one.lots)) - filled;
    }
    return lots;
  }

  total(): number {
    return SYMBOLS.reduce((sum, _, slot) => sum + this.slotValue(slot), 0);
  }

  symbolValue(symbol: string): number {
    return SYMBOLS.reduce((sum, name, at) => sum + (name === symbol ? this.slotValue(at) : 0), 0);
  }

  taken(): number {
    return SYMBOLS.filter(
      (_, slot) =>
        this.rig.lots(slot) !== 0 ||
        this.live.some(({ order }) => order.symbol === slot && !order.reduceOnly),
    ).length;
  }
}
