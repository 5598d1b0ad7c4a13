import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assert } from "#engine/assert.ts";
import { Flatten, type FlattenOptions, type FlattenState } from "./flatten.ts";
import { FakeAccount, type Faults } from "./testing/fake-account.ts";

const faults: fc.Arbitrary<Faults> = fc.record({
  closes: fc.array(
    fc.constantFrom("fill", "part", "refuse", "lostFilled", "lostNothing", "slow" as const),
    { maxLength: 12 },
  ),
  cancels: fc.array(fc.constantFrom("cancel", "fillFirst", "refuse" as const), { maxLength: 8 }),
  cuts: fc.array(fc.constantFrom("good", "old", "missing" as const), { maxLength: 12 }),
  lateOrders: fc.array(fc.nat(12), { maxLength: 3 }),
});

const account = fc.record({
  lots: fc.array(fc.nat(100), { minLength: 1, maxLength: 4 }),
  orders: fc.array(fc.nat(3), { maxLength: 4 }),
  foreign: fc.nat(2),
  booksAreRight: fc.boolean(),
  faults,
  /** Steps after which the process dies and comes back from its journal. */
  crashes: fc.array(fc.nat(60), { maxLength: 4 }),
});

type Input = typeof account extends fc.Arbitrary<infer T> ? T : never;

const STEP_MS = 100;
/** Far more than any of the fault patterns needs. */
const STEPS_MAX = 20_000;

interface Outcome {
  readonly venue: FakeAccount;
  readonly flatten: Flatten;
  readonly steps: number;
  /** Whether the venue was flat at the last two cuts that were handed over. */
  readonly lastCuts: readonly boolean[];
}

function run(input: Input, options: Partial<FlattenOptions>): Outcome {
  const venue = new FakeAccount(input.lots, input.orders, input.faults, input.booksAreRight);
  for (let n = 0; n < input.foreign; n++) venue.addForeign();
  let flatten = new Flatten(venue, options);
  const lastCuts: boolean[] = [];
  let now = 1_000_000;
  flatten.start("test", now);
  let steps = 0;
  for (; flatten.isActive && steps < STEPS_MAX; steps++) {
    now += STEP_MS;
    if (input.crashes.includes(steps)) {
      const kept = JSON.parse(JSON.stringify(flatten.state())) as FlattenState;
      flatten = new Flatten(venue, options);
      flatten.restore(kept);
    }
    if (venue.step()) flatten.onOrderEnded(now);
    flatten.onTime(now);
    if (now < flatten.nextTimerAt || !flatten.takesCut(now)) continue;
    const cut = venue.cut(now);
    // A cut takes a while: its news come in a later step.
    if (cut === null) continue;
    lastCuts.push(venue.isFlat);
    now += 1;
    flatten.onSnapshot(cut, now);
  }
  return { venue, flatten, steps, lastCuts: lastCuts.slice(-2) };
}

test("I26: the kill switch ends flat whatever goes wrong for a while, and proves it on two cuts", () => {
  let tries = 0;
  const property = fc.property(account, (input) => {
    const { venue, flatten, lastCuts } = run(input, { foreignOrders: true, closeAttempts: 20 });
    const { status } = flatten;
    assert(status.phase === "done", () => `It is ${status.phase}: ${status.left.join()}`);
    assert(venue.isFlat && venue.foreign.length === 0, () => "Nothing is left");
    assert(venue.isHalted, () => "It stays halted");
    assert(lastCuts.length === 2 && lastCuts.every((flat) => flat), () => "Flat at both cuts");
    assert(venue.ownWorking(new Set()) === 0, () => "No order is without its end");
    assert(status.left.length === 0 && status.cleanCuts === 2, () => "It says so");
    tries += venue.closesSent;
  });
  fc.assert(property, { numRuns: 500 });
  expect(tries).toBeGreaterThan(1_000);
});

test("a venue that refuses for ever: it ends within its tries, and says what is left and why", () => {
  const property = fc.property(account, fc.integer({ min: 1, max: 5 }), (input, closeAttempts) => {
    const closes = Array.from({ length: 1_000 }, () => "refuse" as const);
    const hopeless = { ...input, lots: [...input.lots, 5], faults: { ...input.faults, closes } };
    const { venue, flatten, steps } = run(hopeless, { closeAttempts });
    const { status } = flatten;
    assert(status.phase === "failed", () => `It is ${status.phase}`);
    assert(steps < STEPS_MAX, () => "It ended by itself");
    assert(status.left.length > 0, () => "It says what is left");
    assert(
      status.problems.some((text) => text.endsWith("rejected")),
      () => "It says why",
    );
    const held = venue.positions.filter(({ lots }) => lots !== 0).length;
    // At most 100 lots and what late orders add, in parts of 40.
    assert(venue.closesSent <= held * 4 * closeAttempts, () => `${venue.closesSent} sent`);
  });
  fc.assert(property, { numRuns: 200 });
});

test("an account without a single cut is never called flat", () => {
  const cuts = Array.from({ length: STEPS_MAX }, () => "missing" as const);
  const nothing = { closes: [], cancels: [], cuts, lateOrders: [] };
  const input = { lots: [5], orders: [], foreign: 0, booksAreRight: true, crashes: [] };
  const { venue, flatten } = run({ ...input, faults: nothing }, {});
  expect(venue.isFlat).toBe(true);
  expect(flatten.status.phase).toBe("closing");
});

test("cuts that are older than the last activity are bounded and prove nothing", () => {
  const cuts = Array.from({ length: STEPS_MAX }, () => "old" as const);
  const input = { lots: [5], orders: [], foreign: 0, booksAreRight: true, crashes: [] };
  const { flatten } = run(
    { ...input, faults: { closes: [], cancels: [], cuts, lateOrders: [] } },
    { cutsMax: 20 },
  );
  expect(flatten.status).toMatchObject({ phase: "failed", cuts: 20, cleanCuts: 0 });
});
