import { expect, test } from "vitest";
import { isTerminal } from "#engine/orders/order-status.ts";
import { ENDED_KEPT } from "#engine/orders/order-store.ts";
import { OVERLAP_MS } from "#engine/reconcile/execution-memory.ts";
import { ModelProgram } from "./testing/model-program.ts";
import { ModelVenue } from "./testing/model-venue.ts";

const MINUTE = 60_000;

/** A program at a venue where everything arrives at once, but for the fills that a test holds back. */
class Desk {
  readonly #queue: (() => void)[] = [];
  readonly #held: (() => void)[] = [];
  holdsFills = false;
  readonly venue = new ModelVenue((what, run) => {
    const queue = this.holdsFills && what === "fill" ? this.#held : this.#queue;
    queue.push(run);
  });
  readonly program = new ModelProgram(this.venue);

  constructor() {
    this.pass(5_000);
  }

  pass(ms: number): void {
    const drain = (): void => {
      for (let run = this.#queue.shift(); run !== undefined; run = this.#queue.shift()) run();
    };
    drain();
    this.program.clock.pass(ms, drain);
  }

  /** What was held back arrives. */
  releaseFills(): void {
    this.#queue.push(...this.#held.splice(0));
    this.pass(1);
  }

  /** An order that rests; its client id. */
  place(pauseMs = MINUTE): string {
    this.program.decide((ctx) => ctx.order({ side: "buy", type: "limit", qty: 0.004, price: 90 }));
    this.pass(pauseMs);
    return this.venue.orders.at(-1)?.clientId ?? "";
  }

  cancelAll(pauseMs = MINUTE): void {
    this.program.decide((ctx) => ctx.cancelAll());
    this.pass(pauseMs);
  }

  /** So many orders that rest for a while and are cancelled. */
  rounds(count: number, pauseMs = MINUTE): void {
    for (let round = 0; round < count; round++) {
      this.place(pauseMs);
      this.cancelAll(pauseMs);
    }
  }

  get lots(): number | undefined {
    return this.program.target.engine.ledger.positions[0]?.qtyLots;
  }

  get names(): readonly string[] {
    return this.program.target.names
      .state()
      .map((name) => JSON.stringify(name))
      .sort();
  }
}

test("I47: a long run knows a bounded number of names, and the fold of its journal the same", () => {
  const desk = new Desk();
  // Those within the overlap, once more while a cut is waited for.
  const namesMax = ENDED_KEPT + (2 * OVERLAP_MS) / MINUTE;
  const counts = [ENDED_KEPT + 10, 60, 7];
  for (const count of counts) {
    desk.rounds(count);
    const before = desk.names;
    expect(before.length).toBeGreaterThanOrEqual(ENDED_KEPT);
    expect(before.length).toBeLessThanOrEqual(namesMax);
    desk.program.crash();
    desk.program.start();
    expect(desk.names).toEqual(before);
    desk.pass(MINUTE);
  }
  expect(desk.venue.orders.length).toBe(counts.reduce((sum, count) => sum + count, 0));
  expect(desk.program.failures).toEqual([]);
});

test("an execution that is told late is that of its order, which ended lately", () => {
  const desk = new Desk();
  const clientId = desk.place();
  desk.holdsFills = true;
  desk.venue.fill(2);
  desk.cancelAll();
  desk.rounds(ENDED_KEPT - 100);
  const { names, engine } = desk.program.target;
  const requestId = names.requestIdOf(clientId);
  expect(requestId).toBeGreaterThanOrEqual(0);
  const order = engine.orderManager.store.find(requestId);
  expect(order !== undefined && isTerminal(order.status)).toBe(true);
  expect(order?.filledLots).toBe(2);
  desk.releaseFills();
  expect(order?.filledLots).toBe(2);
  expect(desk.lots).toBe(2);
});

test("a message of an order whose names are gone books nothing for a second time", () => {
  const desk = new Desk();
  const clientId = desk.place();
  desk.holdsFills = true;
  desk.venue.fill(2);
  desk.cancelAll();
  desk.rounds(ENDED_KEPT + 20);
  expect(desk.program.target.names.requestIdOf(clientId)).toBe(-1);
  desk.releaseFills();
  expect(desk.lots).toBe(2);
  expect(desk.program.failures).toEqual([]);
});

test("I7: an execution that is told again once its order is forgotten, minutes later, is booked once", () => {
  const desk = new Desk();
  const clientId = desk.place();
  desk.holdsFills = true;
  desk.venue.fill(2);
  desk.cancelAll();
  expect(desk.lots).toBe(2);
  desk.rounds(ENDED_KEPT + 1, 500);
  const { names, engine } = desk.program.target;
  const requestId = names.requestIdOf(clientId);
  expect(requestId).toBeGreaterThanOrEqual(0);
  expect(engine.orderManager.store.find(requestId)).toBeUndefined();
  desk.releaseFills();
  expect(desk.lots).toBe(2);
});
