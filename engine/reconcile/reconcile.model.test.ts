import * as fc from "fast-check";
import { expect, test } from "vitest";
import { checkPolicies } from "./policies.ts";
import { ModelWorld } from "./testing/model-world.ts";
import { newsInAnyOrder } from "./testing/news-in-any-order.ts";
import { sameCutAgain } from "./testing/same-cut-again.ts";
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
      const isKept = { quarantine: true, adopt: false, close: false }[policy];
      const left = world.mirror
        .state()
        .filter(({ isUntracked, size, lots }) => isUntracked && size >= 1 && lots !== null);
      expect(isKept || left.length === 0).toBe(true);
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

test("I7: news in any order, repeated or lost, and cuts between them, end in the same state", () => {
  fc.assert(newsInAnyOrder, { numRuns: 500 });
});

test("I21: the same cut again, and the same account again, write nothing", () => {
  fc.assert(sameCutAgain, { numRuns: 300 });
});
