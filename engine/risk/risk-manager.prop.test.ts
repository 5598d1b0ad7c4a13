import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assert } from "#engine/assert.ts";
import { EVENT } from "#engine/model/event.ts";
import { BUY, ORDER_TYPE, type OrderSide, SELL } from "#engine/model/order-terms.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import type { RiskLimits } from "./risk-limits.ts";
import { PRICE, RiskRig } from "./testing/risk-rig.ts";

/**
 * A venue that may do anything with an order at any time, and a reckoning of the worst that it still could do, made
 * from what was sent alone: the oracle for caps. Prices stand still, so that nothing but orders moves the account.
 */
const SYMBOLS = ["BTC", "BTC", "ETH", "SOL"];
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

type Step =
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

const at = fc.nat(5);
const lots = fc.integer({ min: 1, max: 12 });
const price = fc.integer({ min: 60, max: 140 });
const side = fc.constantFrom<OrderSide>(BUY, SELL);
const slot = fc.nat(SYMBOLS.length - 1);
const of = <K extends string>(...kinds: readonly K[]): fc.Arbitrary<K> => fc.constantFrom(...kinds);

const placing = fc.record({
  kind: of("place"),
  slot,
  side,
  type: fc.constantFrom(...TYPES),
  lots,
  price,
  reduceOnly: fc.nat(4).map((n) => n === 0),
});
const venueStep = fc.oneof(
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
const steps = fc.array(step, { maxLength: 60, size: "max" });

class World {
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

const PER_SYMBOL = 1_500;
const TOTAL = 2_800;
const CAPS: RiskLimits = {
  maxNotionalPerSymbol: PER_SYMBOL,
  maxTotalNotional: TOTAL,
  maxOpenPositions: 3,
};

test("I58: caps hold whatever the venue makes of what was sent, and risk never counts less than that", () => {
  let refused = 0;
  let passed = 0;
  const property = fc.property(steps, (list) => {
    const world = new World(CAPS, PRICE);
    for (const step of list) {
      const answer = world.do(step);
      if (answer === true) passed += 1;
      else if (answer === false) refused += 1;
      const total = world.total();
      const counted = world.rig.risk.worstNotional();
      assert(total <= TOTAL, () => `${total} in all`);
      for (const symbol of SYMBOLS) {
        assert(world.symbolValue(symbol) <= PER_SYMBOL, () => `Too much of ${symbol}`);
      }
      assert(world.taken() <= 3, () => "At most three positions");
      assert(counted >= total, () => `Counted ${counted} of ${total}`);
    }
  });
  fc.assert(property, { numRuns: 1_000 });
  // Both happen often, or the property says nothing.
  expect(passed).toBeGreaterThan(2_000);
  expect(refused).toBeGreaterThan(1_000);
});

test("I58: without a change in doubt risk counts exactly what the orders can open, and refuses nothing that fits", () => {
  const plain = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: placing },
      { weight: 2, arbitrary: fc.record({ kind: of("accept"), at }) },
      { weight: 3, arbitrary: fc.record({ kind: of("fill"), at, lots }) },
      { weight: 2, arbitrary: fc.record({ kind: of("cancel", "end", "reject"), at }) },
      { weight: 1, arbitrary: fc.record({ kind: of("outside"), slot }) },
      { weight: 1, arbitrary: fc.record({ kind: of("restart") }) },
    ),
    { maxLength: 60, size: "max" },
  );
  let fits = 0;
  const property = fc.property(plain, (list) => {
    const world = new World({ maxTotalNotional: TOTAL });
    for (const step of list) {
      const before = world.total();
      const answer = world.do(step);
      const counted = world.rig.risk.worstNotional();
      assert(counted === world.total(), () => `Counted ${counted} of ${world.total()}`);
      if (step.kind !== "place" || step.reduceOnly || answer !== false) continue;
      const isLimitBuy = step.side === BUY && step.type === ORDER_TYPE.limit;
      const market = step.type === ORDER_TYPE.market ? PRICE : step.price;
      const cost = step.lots * (isLimitBuy ? step.price : Math.max(PRICE, market));
      assert(before + cost > TOTAL, () => `${before} and ${cost} fit`);
      fits += 1;
    }
  });
  fc.assert(property, { numRuns: 500 });
  expect(fits).toBeGreaterThan(100);
});

test("what is counted does not drift: when every order has ended nothing is left", () => {
  const property = fc.property(steps, (list) => {
    const world = new World({ maxTotalNotional: 50_000 });
    for (const step of list) world.do(step);
    for (const { order } of world.live) {
      if (order.status === STATUS.sent) world.rig.say(EVENT.orderAccepted, order);
      world.rig.say(EVENT.orderCancelled, order);
    }
    world.live.length = 0;
    expect(world.rig.risk.worstNotional()).toBe(world.total());
  });
  fc.assert(property, { numRuns: 300 });
});

const closing: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: placing.map((one) => ({
      ...one,
      slot: 0,
      type: ORDER_TYPE.market,
      reduceOnly: one.price > 90,
    })),
  },
  { weight: 8, arbitrary: venueStep },
  { weight: 1, arbitrary: fc.record({ kind: of("halt", "restart") }) },
);

test("I26: when a close is sent, all that may still be filled are together no larger than the position", () => {
  let shared = 0;
  const property = fc.property(fc.array(closing, { maxLength: 60, size: "max" }), (list) => {
    const world = new World({});
    for (const step of list) {
      const answer = world.do(step);
      if (step.kind !== "place") continue;
      const held = world.rig.lots(step.slot);
      const lots = world.closing(step.slot, step.side);
      if (answer === false && step.reduceOnly) {
        shared += 1;
        assert(held * step.side < 0, () => `${held} may be closed`);
        assert(lots >= Math.abs(held), () => `Only ${lots} of ${held} are closed`);
      }
      const sent = answer === true ? world.live.at(-1)?.order : undefined;
      if (sent?.reduceOnly !== true || held * step.side >= 0 || lots === sent.qtyLots) continue;
      assert(lots <= Math.abs(held), () => `${lots} of ${held} are closed`);
    }
  });
  fc.assert(property, { numRuns: 500 });
  expect(shared).toBeGreaterThan(100);
});

test("I61: from a halt on nothing grows or opens but what was asked before it, across restarts at any point", () => {
  const random = fc.record({ before: steps, after: steps });
  let reduced = 0;
  const property = fc.property(random, ({ before, after }) => {
    const world = new World({});
    for (const step of before) world.do(step);
    world.do({ kind: "halt" });
    world.do({ kind: "restart" });
    // What was asked before the halt ends now, so that all that happens from here on was asked under it.
    const entries = world.live.filter(({ order }) => !order.reduceOnly);
    for (const one of entries) {
      if (one.order.status === STATUS.sent) world.rig.say(EVENT.orderAccepted, one.order);
      world.rig.say(EVENT.orderCancelled, one.order);
      world.live.splice(world.live.indexOf(one), 1);
    }
    for (const step of after) {
      const held = SYMBOLS.map((_, slot) => world.rig.lots(slot));
      const answer = world.do(step);
      for (const [slot, lots] of held.entries()) {
        const now = world.rig.lots(slot);
        assert(Math.abs(now) <= Math.abs(lots), () => `Grew from ${lots} to ${now}`);
        assert(now * lots >= 0, () => `Turned from ${lots} to ${now}`);
      }
      if (step.kind === "place" && answer === true) {
        assert(world.live.at(-1)?.order.reduceOnly === true, () => "It can only reduce");
        if (!step.reduceOnly) reduced += 1;
      }
    }
    expect(world.rig.risk.latches.halt?.reason).toBe("test");
  });
  fc.assert(property, { numRuns: 500 });
  expect(reduced).toBeGreaterThan(50);
});

test("I61: a halt asks for the end of every entry, also of those that the venue takes later", () => {
  const property = fc.property(steps, (list) => {
    const world = new World({});
    for (const step of list) world.do(step);
    world.rig.commands();
    world.do({ kind: "halt" });
    for (const { order } of world.live) {
      if (order.status === STATUS.sent || order.status === STATUS.unknown) {
        world.rig.say(EVENT.orderAccepted, order);
      }
    }
    world.rig.risk.onTime(1);
    for (const { order } of world.live) {
      const isAsked = order.status === STATUS.cancelling || order.status === STATUS.amending;
      expect(order.reduceOnly || isAsked).toBe(true);
    }
  });
  fc.assert(property, { numRuns: 300 });
});
