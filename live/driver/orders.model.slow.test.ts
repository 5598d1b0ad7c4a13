import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isTerminal, STATUS, statusName } from "#engine/orders/order-status.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { ModelProgram } from "./testing/model-program.ts";
import { type Fate, ModelVenue } from "./testing/model-venue.ts";

/** What must never be untrue, whatever has arrived so far. */
interface Model {
  /** Terminal statuses seen, by request id. */
  readonly ended: Map<number, number>;
  isUp: boolean;
}

interface Real {
  readonly venue: ModelVenue;
  readonly program: ModelProgram;
}

/** What is untrue and must never be, in words. */
function faults(model: Model, { venue, program }: Real): readonly string[] {
  const found: string[] = program.failures.map(String);
  const names = venue.orders.map(({ clientId }) => clientId);
  if (new Set(names).size < names.length) found.push("I1: a client id is at the venue twice");
  if (!model.isUp) return found;
  const { engine, names: ours } = program.target;
  for (const [clientId, requestId] of ours.state()) {
    const order = engine.orderManager.store.find(requestId);
    if (order === undefined) continue;
    const told = `${clientId} ${statusName(order.status)}`;
    const before = model.ended.get(requestId);
    if (before !== undefined && before !== order.status)
      found.push(`I8: ${told} had ended otherwise`);
    if (isTerminal(order.status)) model.ended.set(requestId, order.status);
    const attempts = venue.orders.filter(({ clientId: id }) => ours.requestIdOf(id) === requestId);
    if (attempts.length > 1) found.push(`I1: ${told} is ${attempts.length} orders`);
    const filled = attempts.reduce((sum, { filledLots }) => sum + filledLots, 0);
    if (order.filledLots > filled) found.push(`I6: ${told} has more filled than was executed`);
    const isOpen = attempts.some(({ status }) => status === "open");
    if (order.status === STATUS.rejected && isOpen) found.push(`I4: ${told} rests at the venue`);
  }
  return found;
}

type Step = fc.AsyncCommand<Model, Real, boolean>;

const command = (
  name: string,
  run: (real: Real, model: Model) => void,
  isFor: "up" | "down" | "both" = "up",
): Step => ({
  check: (model) => Promise.resolve(isFor === "both" || model.isUp === (isFor === "up")),
  run: async (model, real) => {
    run(real, model);
    const found = faults(model, real);
    if (found.length > 0) throw new Error(found.join("; "));
    // What travels may arrive here, or later.
    await Promise.resolve();
  },
  toString: () => name,
});

const lots = fc.integer({ min: 1, max: 8 });
const fate = fc.constantFrom<Fate>("arrives", "requestLost", "answerLost", "arrivesLate");

/** What a strategy decides at the close of a candle, and what becomes of the request that follows. */
const decision = (
  name: string,
  act: (ctx: SymbolContext, qty: number) => void,
): fc.Arbitrary<Step> =>
  fc.tuple(lots, fate).map(([size, becomes]) =>
    command(`${name} ${size}, ${becomes}`, ({ program, venue }) => {
      venue.fate = becomes;
      program.decide((ctx) => act(ctx, size / 1_000));
    }),
  );

const turn = decision("enter or exit", (ctx, qty) => {
  if (ctx.position.isFlat) ctx.enterLong({ qty });
  else ctx.exit();
});
const fillAll = fc.constant(command("fill all", ({ venue }) => venue.fill(1_000), "both"));

const commands = fc.commands<Model, Real, boolean>(
  [
    decision("enter", (ctx, qty) => ctx.enterLong({ qty })),
    decision("limit", (ctx, qty) => ctx.order({ side: "buy", type: "limit", qty, price: 90 })),
    decision("exit", (ctx) => ctx.exit()),
    // Often, so that there are positions to be closed.
    turn,
    turn,
    turn,
    decision("cancel all", (ctx) => ctx.cancelAll()),
    fillAll,
    fillAll,
    lots.map((qty) => command(`fill ${qty}`, ({ venue }) => venue.fill(qty), "both")),
    fc.constant(command("close by hand", ({ venue }) => venue.closeByHand(), "both")),
    fc.constant(command("disconnect", ({ venue }) => venue.disconnect())),
    fc.constant(command("reconnect", ({ venue }) => venue.reconnect())),
    fc
      .constantFrom(1, 600, 5_000, 40_000)
      .map((ms) => command(`tick ${ms}`, ({ program }) => program.clock.pass(ms), "both")),
    fc.constant(
      command("crash", ({ program }, model) => {
        program.crash();
        model.isUp = false;
        // News that was not synced is fetched again: the order may not have ended yet, as far as the next life knows.
        model.ended.clear();
      }),
    ),
    fc.constant(
      command(
        "restart",
        ({ program }, model) => {
          program.start();
          model.isUp = true;
        },
        "down",
      ),
    ),
  ],
  { maxCommands: 80, size: "max" },
);

test("I1, I4, I6, I8, I15: whatever arrives when, no order is doubled and in the end both sides say the same", async () => {
  const seen = { placed: 0, lost: 0, restarts: 0, resent: 0 };
  const property = fc.asyncProperty(fc.scheduler(), commands, async (scheduler, cmds) => {
    let isAtOnce = true;
    const queue: (() => void)[] = [];
    const venue = new ModelVenue((what, run) => {
      if (isAtOnce) queue.push(run);
      else void scheduler.schedule(Promise.resolve(), what).then(run);
    });
    const real = { venue, program: new ModelProgram(venue) };
    const model: Model = { ended: new Map(), isUp: true };
    settle(real, model, queue, 3);
    isAtOnce = false;
    await fc.scheduledModelRun(scheduler, () => ({ model, real }), cmds);
    await scheduler.waitIdle();
    isAtOnce = true;
    settle(real, model, queue, 60);
    expect(faults(model, real)).toEqual([]);
    const { engine } = real.program.target;
    expect(engine.orderNews.unresolved.orders).toEqual([]);
    expect(engine.ledger.positions[0]?.qtyLots).toBe(venue.lots);
    const open = engine.orderManager.store.working(0).map(({ remainingLots }) => remainingLots);
    const truth = venue.orders.filter(({ status }) => status === "open");
    const left = truth.map(({ qtyLots, filledLots }) => qtyLots - filledLots);
    expect(open.toSorted(ascending)).toEqual(left.toSorted(ascending));
    seen.placed += venue.orders.length;
    seen.lost += venue.lostCount;
    seen.restarts += real.program.starts - 1;
    const { ended, working } = engine.orderManager.store.state();
    seen.resent += [...ended, ...working].filter(({ attempt }) => attempt > 1).length;
  });
  await fc.assert(property, { numRuns: 600 });
  // The runs reach what they are about.
  expect(Math.min(seen.placed, seen.lost, seen.restarts)).toBeGreaterThan(50);
  expect(seen.resent).toBeGreaterThan(0);
});

const ascending = (a: number, b: number): number => a - b;

/** Nothing goes wrong any more, everything arrives, and time goes on. */
function settle(
  { venue, program }: Real,
  model: Model,
  queue: (() => void)[],
  rounds: number,
): void {
  const drain = (): void => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) run();
  };
  if (!model.isUp) program.start();
  model.isUp = true;
  drain();
  venue.fate = "arrives";
  venue.reconnect();
  for (let round = 0; round < rounds; round++) {
    drain();
    program.clock.pass(5_000, drain);
  }
}
