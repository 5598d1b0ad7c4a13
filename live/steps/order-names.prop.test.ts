import * as fc from "fast-check";
import { expect, test } from "vitest";
import { orderState } from "#engine/orders/order-state.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { ENDED_KEPT, type Order, OrderStore } from "#engine/orders/order-store.ts";
import { OVERLAP_MS } from "#engine/reconcile/execution-memory.ts";
import { OrderNames } from "./order-names.ts";

type NamedStep = Parameters<OrderNames["follow"]>[0];
const MINUTE = 60_000;

/** A store of orders, each placed under two names, and the steps that tell of it. */
class World {
  readonly store = new OrderStore(1);
  readonly open: Order[] = [];
  /** What the rule says, without slots or queues: every order with the time of its end. */
  placed: { clientId: string; requestId: number; endedAt: number | null; nth: number }[] = [];
  now = 0;
  lastBeganAt: number | null = null;
  #ends = 0;

  constructor() {
    this.store.track();
  }

  place(): NamedStep {
    const order = this.store.create(0);
    this.open.push(order);
    const { requestId } = order;
    const clientIds = [1, 2].map((attempt) => `${requestId} ${attempt}`);
    for (const clientId of clientIds)
      this.placed.push({ clientId, requestId, endedAt: null, nth: -1 });
    const requests = clientIds.map((id) => ({
      kind: "place" as const,
      order: requestId,
      requestId: id,
    }));
    return { ...this.#step(), requests };
  }

  end(): NamedStep {
    const order = this.open.shift();
    if (order === undefined) return this.#step();
    const { requestId } = order;
    this.store.transition(order, STATUS.rejected);
    for (const one of this.placed) {
      if (one.requestId === requestId) Object.assign(one, { endedAt: this.now, nth: this.#ends });
    }
    this.#ends += 1;
    return this.#step();
  }

  cut(): NamedStep {
    this.lastBeganAt = this.now;
    this.placed = this.placed.filter(({ endedAt, nth }) => {
      const isOld = endedAt !== null && endedAt <= this.now - OVERLAP_MS;
      return !isOld || nth >= this.#ends - ENDED_KEPT;
    });
    return { ...this.#step(), control: { reconcile: { lastBeganAt: this.now } } };
  }

  state(): Parameters<OrderNames["restore"]>[1] {
    return {
      orders: this.store.state(),
      control: { reconcile: { lastBeganAt: this.lastBeganAt } },
    };
  }

  #step(): NamedStep {
    return { event: { time: this.now }, orders: this.store.takeTouched().map(orderState) };
  }
}

const deeds = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("trade" as const), count: fc.integer({ min: 1, max: 300 }) }),
    fc.record({ kind: fc.constant("place" as const), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant("end" as const), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant("wait" as const), count: fc.integer({ min: 1, max: 8 }) }),
    fc.record({ kind: fc.constant("cut" as const), count: fc.constant(1) }),
    fc.record({ kind: fc.constant("restart" as const), count: fc.constant(1) }),
  ),
  { maxLength: 30, size: "max" },
);

test("I47: names are those of orders that are known or may still be executed, restarted or not", () => {
  const property = fc.property(deeds, (list) => {
    const world = new World();
    const names = new OrderNames();
    let restarted = new OrderNames();
    const take = (step: NamedStep): void => {
      for (const one of [names, restarted]) {
        one.follow(step);
        for (const { requestId } of step.requests ?? []) one.bind(requestId, `v ${requestId}`);
      }
    };
    for (const { kind, count } of list) {
      if (kind === "wait") world.now += count * MINUTE;
      else if (kind === "cut") take(world.cut());
      else if (kind === "restart") {
        const kept = JSON.parse(JSON.stringify(restarted.state()));
        restarted = new OrderNames();
        restarted.restore(kept, JSON.parse(JSON.stringify(world.state())));
      } else {
        for (let at = 0; at < count; at++) {
          if (kind !== "end") take(world.place());
          if (kind !== "place") take(world.end());
        }
      }
      const known = world.placed.map(({ clientId, requestId, endedAt }) =>
        endedAt === null
          ? [clientId, requestId, `v ${clientId}`]
          : [clientId, requestId, `v ${clientId}`, endedAt],
      );
      expect(names.state()).toEqual(known);
      expect(restarted.state()).toEqual(known);
    }
  });
  fc.assert(property, { numRuns: 60 });
});

test("what is forgotten leaves nothing behind, and is bound to nothing again", () => {
  const world = new World();
  const names = new OrderNames();
  for (let at = 0; at <= ENDED_KEPT; at++) {
    names.follow(world.place());
    names.follow(world.end());
  }
  expect(names.bind("0 1", "venue's")).toBe(true);
  world.now += OVERLAP_MS;
  names.follow(world.cut());
  expect(names.requestIdOf("0 1")).toBe(-1);
  expect(names.clientIdOf(0)).toBeUndefined();
  expect(names.clientIdAt("venue's")).toBeUndefined();
  expect(names.venueIdOf("0 1")).toBeUndefined();
  expect(names.bind("0 1", "venue's")).toBe(false);
  expect(names.clientIdAt("venue's")).toBeUndefined();
});

test("names of a journal that does not say when orders ended go with a later cut", () => {
  const names = new OrderNames();
  const orders = { working: [], ended: [], slots: [] };
  names.restore([["old", 0, "venue's"]], {
    orders,
    control: { reconcile: { lastBeganAt: 1_000 } },
  });
  const cut = (lastBeganAt: number): NamedStep => {
    return { event: { time: lastBeganAt }, control: { reconcile: { lastBeganAt } } };
  };
  names.follow(cut(999 + OVERLAP_MS));
  expect(names.requestIdOf("old")).toBe(0);
  names.follow(cut(1_000 + OVERLAP_MS));
  expect(names.requestIdOf("old")).toBe(-1);
});
