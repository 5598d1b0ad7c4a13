import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assert } from "#engine/assert.ts";
import { isTerminal, NEXT_STATUS, STATUS, type Status, statusName } from "./order-status.ts";
import { type Order, OrderStore, SLOTS_MAX } from "./order-store.ts";

const SYMBOLS = 3;
/** As the store promises: an ended order is found until this many later ones have ended. */
const ENDED_KEPT = 256;

interface ModelOrder {
  readonly requestId: number;
  readonly symbol: number;
  status: Status;
  /** How many orders had ended when this one did; null while it lives. */
  endedAs: number | null;
}

interface Model {
  readonly orders: ModelOrder[];
  /** Request ids ever given: none comes twice. */
  readonly ids: Set<number>;
  ended: number;
}

type StoreCommand = fc.Command<Model, OrderStore>;

/** After each command: everything that the store can be asked. */
function expectAgreement(model: Model, store: OrderStore): void {
  const living = Array.from({ length: SYMBOLS }, (): number[] => []);
  const wrong: ModelOrder[] = [];
  for (const one of model.orders) {
    if (one.endedAs === null) living[one.symbol]?.push(one.requestId);
    const found = store.find(one.requestId);
    const isKept = one.endedAs === null || model.ended - one.endedAs < ENDED_KEPT;
    const isRight =
      found === undefined
        ? !isKept
        : isKept &&
          found.requestId === one.requestId &&
          found.symbol === one.symbol &&
          found.status === one.status;
    if (!isRight) wrong.push(one);
  }
  expect(wrong).toEqual([]);
  const working = living.map((_, symbol) => store.working(symbol).map((order) => order.requestId));
  expect(working.map((ids) => [...ids].sort((a, b) => a - b))).toEqual(
    living.map((ids) => ids.sort((a, b) => a - b)),
  );
}

class CreateOrder implements StoreCommand {
  readonly symbol: number;

  constructor(symbol: number) {
    this.symbol = symbol;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, store: OrderStore): void {
    const order = store.create(this.symbol);
    assert(order.filledLots === 0 && order.attempt === 0, () => "A new order has no past");
    assert(order.status === STATUS.planned, () => "A new order is planned");
    assert(!model.ids.has(order.requestId), () => "No request id is given twice");
    model.ids.add(order.requestId);
    model.orders.push({
      requestId: order.requestId,
      symbol: this.symbol,
      status: STATUS.planned,
      endedAs: null,
    });
    expectAgreement(model, store);
  }

  toString(): string {
    return `create(symbol ${this.symbol})`;
  }
}

class MoveOrder implements StoreCommand {
  readonly pick: number;
  readonly way: number;

  constructor(pick: number, way: number) {
    this.pick = pick;
    this.way = way;
  }

  check(model: Readonly<Model>): boolean {
    return model.orders.length > 0;
  }

  run(model: Model, store: OrderStore): void {
    const one = model.orders[this.pick % model.orders.length] as ModelOrder;
    const order = store.find(one.requestId);
    if (order === undefined) return;
    const ways = NEXT_STATUS[statusName(one.status)];
    if (isTerminal(one.status)) {
      // Late news of an order that has ended changes nothing.
      const isMoved = store.transition(order, (this.way % 12) as Status);
      assert(!isMoved, () => "A terminal status never leaves");
    } else {
      const to = STATUS[ways[this.way % ways.length] as keyof typeof STATUS];
      assert(store.transition(order, to), () => "A way of the table is open");
      one.status = to;
      if (isTerminal(to)) {
        model.ended += 1;
        one.endedAs = model.ended;
      }
    }
    expectAgreement(model, store);
  }

  toString(): string {
    return `move(order ${this.pick}, way ${this.way})`;
  }
}

/** Ends many orders at once, so that slots are used again. */
class EndMany implements StoreCommand {
  readonly count: number;

  constructor(count: number) {
    this.count = count;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, store: OrderStore): void {
    for (let at = 0; at < this.count; at++) {
      const order: Order = store.create(at % SYMBOLS);
      assert(!model.ids.has(order.requestId), () => "No request id is given twice");
      model.ids.add(order.requestId);
      assert(store.transition(order, STATUS.rejected), () => "A planned order may be rejected");
      model.ended += 1;
      model.orders.push({
        requestId: order.requestId,
        symbol: at % SYMBOLS,
        status: STATUS.rejected,
        endedAs: model.ended,
      });
    }
    expectAgreement(model, store);
  }

  toString(): string {
    return `end(${this.count})`;
  }
}

test("the store agrees with a plain list, whatever is created, moved and ended", () => {
  const commands = fc.commands(
    [
      fc.nat(SYMBOLS - 1).map((symbol) => new CreateOrder(symbol)),
      fc.tuple(fc.nat(50), fc.nat(11)).map(([pick, way]) => new MoveOrder(pick, way)),
      fc.integer({ min: 1, max: 300 }).map((count) => new EndMany(count)),
    ],
    { size: "+1" },
  );
  const property = fc.property(commands, (sequence) => {
    fc.modelRun(
      () => ({
        model: { orders: [], ids: new Set<number>(), ended: 0 },
        real: new OrderStore(SYMBOLS),
      }),
      sequence,
    );
  });
  fc.assert(property, { numRuns: 60 });
});

const NAMES = Object.keys(STATUS) as readonly (keyof typeof STATUS)[];

/** What `transition` does between two statuses: moves, does nothing, or refuses with the reason. */
function outcomeOf(from: keyof typeof STATUS, to: keyof typeof STATUS): boolean | string {
  const store = new OrderStore(1);
  const order = store.create(0);
  order.status = STATUS[from];
  try {
    return store.transition(order, STATUS[to]);
  } catch (error) {
    return (error as Error).message;
  }
}

test.each(NAMES)(
  "transition() from %s goes the ways of the table and refuses its holes",
  (from) => {
    for (const to of NAMES) {
      const isIdle = from === to || isTerminal(STATUS[from]);
      const refused = isIdle ? false : `An order goes from ${from} to ${to}`;
      expect(outcomeOf(from, to)).toBe(NEXT_STATUS[from].includes(to) ? true : refused);
    }
  },
);

test("find() knows neither references of nobody nor numbers that are none", () => {
  const store = new OrderStore(1);
  store.create(0);
  for (const id of [-1, 0.5, 1, SLOTS_MAX, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(store.find(id)).toBeUndefined();
  }
});

test("a slot that is used again forgets what its last order protected", () => {
  const store = new OrderStore(1);
  const first = store.create(0);
  first.protection.name(95, null);
  first.protection.isInForce = true;
  store.transition(first, STATUS.rejected);
  for (let at = 0; at < ENDED_KEPT + 1; at++) store.transition(store.create(0), STATUS.rejected);
  expect(store.find(first.requestId - SLOTS_MAX)).toBeUndefined();
  expect(first.protection).toMatchObject({
    namesStop: false,
    namesTarget: false,
    isInForce: false,
  });
});

test("an order that is forgotten stays so in a store that was restored", () => {
  const store = new OrderStore(1);
  const orders = Array.from({ length: ENDED_KEPT + 1 }, () => store.create(0));
  const requestIds = orders.map(({ requestId }) => requestId);
  for (const order of orders) store.transition(order, STATUS.rejected);
  const restored = new OrderStore(1);
  restored.restore(store.state());
  for (const one of [store, restored]) {
    const found = requestIds.filter((requestId) => one.find(requestId) !== undefined);
    expect(found).toEqual(requestIds.slice(1));
  }
});
