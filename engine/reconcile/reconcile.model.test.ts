import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isTerminal } from "#engine/orders/order-status.ts";
import { checkPolicies } from "./policies.ts";
import type { News } from "./testing/model-exchange.ts";
import { ModelWorld } from "./testing/model-world.ts";
import {
  HAPPENINGS,
  lostNews,
  newModel,
  restart,
  restored,
  violationsAtQuiet,
  type WorldCommand,
} from "./testing/world-commands.ts";

const COMMANDS = fc.commands(
  [...HAPPENINGS, fc.constant(lostNews), fc.constant(restored), fc.constant(restart)],
  { size: "+1", maxCommands: 60 },
);

/** Everything that reconcile can do, and how often a batch of runs made it do so. */
function countDeeds(world: ModelWorld, counts: Map<string, number>): void {
  for (const line of world.log) {
    const [word = "", found = ""] = line.split(" ");
    const deed = word === "raised" ? found : word;
    counts.set(deed, (counts.get(deed) ?? 0) + 1);
  }
}

const ALWAYS_MET = [
  "bookMissedFill",
  "bookExternalExecution",
  "bookEstimatedClose",
  "setPosition",
  "doubtOrder",
  "endOrder",
  "adoptOrderTerms",
  "cancelVenueOrder",
  "restoreProtection",
  "applySettings",
  "adoptBalance",
  "halt",
  "sideFlip",
  "missingOrder",
  "missingProtection",
  "staleProtection",
  "row",
];
const MET_BY_POLICY = {
  quarantine: ["orphanPosition", "quarantine", "release"],
  adopt: ["orphanPosition"],
  close: ["orphanPosition", "closeReduceOnly", "quarantine", "release"],
} as const;

test.each(["quarantine", "adopt", "close"] as const)(
  "I15, I32, I62: whatever is done and lost on either side, at quiet both say the same (orphans: %s)",
  (policy) => {
    const policies = checkPolicies({ orphanPosition: policy });
    const counts = new Map<string, number>();
    const property = fc.property(COMMANDS, (commands) => {
      const world = new ModelWorld({ policies });
      fc.modelRun(() => ({ model: newModel(), real: world }), commands);
      world.quiet();
      countDeeds(world, counts);
      expect(violationsAtQuiet(world)).toEqual([]);
      // I21: what is reconciled is left alone.
      world.log.length = 0;
      world.run(120_000);
      expect(world.log).toEqual([]);
      const untracked = world.mirror
        .state()
        .filter(({ isUntracked, size }) => isUntracked && size >= 1);
      if (policy === "close") expect(untracked).toEqual([]);
      if (policy === "adopt") expect(untracked.every(({ lots }) => lots === null)).toBe(true);
    });
    fc.assert(property, { numRuns: 700 });
    const expected = [...ALWAYS_MET, ...MET_BY_POLICY[policy]];
    expect(expected.filter((deed) => !counts.has(deed))).toEqual([]);
  },
);

/** What a sequence leaves: everything that reconcile did, and what it knows. */
function traceOf(
  commands: readonly WorldCommand[],
  restartsAfter: (at: number) => boolean,
): unknown {
  const world = new ModelWorld();
  const model = newModel();
  commands.forEach((command, at) => {
    command.run(model, world);
    if (!restartsAfter(at)) return;
    world.restart();
    model.gate = false;
  });
  const { cadence, ...state } = world.reconciler.state();
  return { log: world.log, state, cadence: cadence.failures, mirror: world.mirror.state() };
}

test("I47: a restart anywhere goes on as if nothing had happened, but that the gate waits for a cut", () => {
  const sequences = fc.array(fc.oneof(...HAPPENINGS), { minLength: 5, maxLength: 60 });
  const property = fc.property(sequences, fc.nat(60), (commands, at) => {
    const whole = JSON.stringify(traceOf(commands, () => false));
    expect(JSON.stringify(traceOf(commands, (here) => here === at % commands.length))).toBe(whole);
    expect(JSON.stringify(traceOf(commands, () => true))).toBe(whole);
  });
  fc.assert(property, { numRuns: 300 });
});

/** Sizes, orders and rows at quiet, without what depends on when it was heard of. */
function settled(world: ModelWorld): unknown {
  return {
    lots: world.books.holdings.map(({ lots }) => lots),
    orders: [...world.books.orders.values()].map(({ requestId, filledLots, status }) => [
      requestId,
      filledLots,
      isTerminal(status),
    ]),
    rows: world.mirror
      .state()
      .map(({ symbol, slot, lots, isUntracked }) => [symbol, slot, lots, isUntracked]),
    wallet: Math.round(world.books.wallet * 100),
  };
}

test("I7: news in any order, repeated or lost, and cuts between them, end in the same state", () => {
  const trades = fc.array(
    fc.tuple(fc.nat(1), fc.constantFrom(-3, -2, 2, 3), fc.constantFrom("ours", "ours", "manual")),
    { minLength: 1, maxLength: 8 },
  );
  const ways = fc.array(
    fc.tuple(fc.nat(), fc.constantFrom("hear", "keep", "lose", "cut", "wait")),
    {
      maxLength: 40,
    },
  );
  const property = fc.property(trades, ways, (wanted, deliveries) => {
    const [ordered, other] = [false, true].map((isShuffled) => {
      const world = new ModelWorld();
      world.run(100);
      for (const [index, lots, whose] of wanted) {
        world.now += 10;
        if (whose === "ours") world.enter(index, lots);
        else if ((world.exchange.holdings[index]?.lots ?? 0) * lots > 0) world.manual(index, lots);
      }
      if (isShuffled) shuffle(world, deliveries);
      world.quiet();
      return world;
    });
    if (ordered === undefined || other === undefined) return;
    expect(violationsAtQuiet(other)).toEqual([]);
    expect(settled(other)).toEqual(settled(ordered));
  });
  fc.assert(property, { numRuns: 500 });
});

function shuffle(world: ModelWorld, deliveries: readonly (readonly [number, string])[]): void {
  for (const [pick, what] of deliveries) {
    world.now += 1;
    const news: News | undefined = world.news[pick % Math.max(1, world.news.length)];
    if (what === "cut") world.endCut(world.beginCut());
    else if (what === "wait") world.run(pick % 40_000);
    else if (news !== undefined) {
      if (what !== "lose") world.hear(news);
      if (what !== "keep") world.news.splice(world.news.indexOf(news), 1);
    }
  }
}
