import { must } from "#engine/assert.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import type { Violation } from "#live/faults/checkers/checker.ts";
import {
  judgeAmbient,
  judgeInterleaving,
  judgeRepetition,
  type MakeSimulation,
} from "#live/faults/checkers/differential.ts";
import { judgeLeftOut } from "#live/faults/checkers/left-out.ts";
import { Watch } from "#live/faults/checkers/watch.ts";
import { Simulation } from "#live/faults/simulate.ts";
import { workloadOf } from "#live/faults/workload.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";
import { JournalFold } from "#live/steps/journal-fold.ts";
import { patch } from "./canary.ts";
import { ORDER_CANARIES } from "./order-canaries.ts";
import { readsTheClock, remembersRuns } from "./testing/ambient-strategies.ts";

/** A planted bug that shows between two runs, or in what a run asks its machine for. */
export interface DifferentialCanary {
  readonly name: string;
  readonly invariant: string;
  readonly says: string;
  readonly judge: (plan: WorldPlan, isPlanted: boolean) => Violation | null;
}

const withStrategy =
  (change: (strategy: Strategy) => Strategy): MakeSimulation =>
  (plan) =>
    new Simulation({ plan, strategyOf: ({ key }) => change(workloadOf(plan, key)) });

const asIs = (strategy: Strategy): Strategy => strategy;

/** The same bug as `retries-without-look-up`, seen in another order of callbacks. */
const watched =
  (isPlanted: boolean): MakeSimulation =>
  (plan) => {
    const retries = ORDER_CANARIES.find(({ name }) => name === "retries-without-look-up");
    const bug = must(retries, "There is that canary").plant();
    return new Simulation({
      plan: { ...plan, rates: { ...plan.rates, N2: 0.2 } },
      strategyOf: ({ key }) => workloadOf(plan, key),
      ...(isPlanted && { tamper: bug }),
      observe: (simulation) => new Watch(simulation),
    });
  };

/** A run that judges what its journal leaves open. */
function leftOut(plan: WorldPlan, isPlanted: boolean): Violation | null {
  const undo = isPlanted
    ? patch(
        JournalFold.prototype,
        "openUses",
        (original) =>
          function forgets(this: JournalFold) {
            return { ...original.call(this), openIntents: [] };
          },
      )
    : () => {};
  try {
    return judgeLeftOut(plan, withStrategy(asIs));
  } finally {
    undo();
  }
}

export const DIFFERENTIAL_CANARIES: readonly DifferentialCanary[] = [
  {
    name: "leaves-resting-orders-out",
    invariant: "I16",
    says: "An account that is flat and has orders that rest may be left out",
    judge: leftOut,
  },
  {
    name: "remembers-other-runs",
    invariant: "I38",
    says: "A strategy counts its decisions over all runs of the process",
    judge: (plan, isPlanted) =>
      judgeRepetition(plan, withStrategy(isPlanted ? remembersRuns : asIs)),
  },
  {
    name: "reads-the-clock",
    invariant: "I39",
    says: "A strategy asks the machine for the time",
    judge: (plan, isPlanted) => judgeAmbient(plan, withStrategy(isPlanted ? readsTheClock : asIs)),
  },
  {
    name: "retries-in-another-order",
    invariant: "I44",
    says: "A retry without a look-up, where only the other order of callbacks is run",
    judge: (plan, isPlanted) => judgeInterleaving(plan, watched(isPlanted)),
  },
];
