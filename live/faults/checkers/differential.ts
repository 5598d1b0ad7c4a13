import { sha256Hex } from "#data/hashes/sha256.ts";
import { watchAmbient } from "#live/ambient-reads.ts";
import { segmentsOf } from "#live/faults/batch/journal-text.ts";
import type { Simulation } from "#live/faults/simulate.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";
import type { Violation } from "./checker.ts";
import { watchOf } from "./watch.ts";

/** Makes a simulation of a plan; what is between two of them is what is compared. */
export type MakeSimulation = (plan: WorldPlan) => Simulation;

/** SHA-256 over the segments of the journal as they lie on the disk. */
export function journalHash({ world }: Simulation): string {
  return sha256Hex(segmentsOf(world.disk).map(sha256Hex).join("\n"));
}

/** I38: the same plan twice writes the same journal, byte for byte. */
export function judgeRepetition(plan: WorldPlan, make: MakeSimulation): Violation | null {
  const [one, other] = [make(plan), make(plan)];
  one.run();
  other.run();
  const hashes = [one, other].map(journalHash);
  if (hashes[0] === hashes[1]) return null;
  const what = `Seed ${plan.seed} writes one journal: ${hashes.join(" and ")}`;
  return violationOf("I38", one, what);
}

/** I39: nothing in a run asks the machine for the time, for chance or for a timer. */
export function judgeAmbient(plan: WorldPlan, make: MakeSimulation): Violation | null {
  const simulation = make(plan);
  const { reads } = watchAmbient(() => simulation.run());
  const [first] = reads;
  if (first === undefined) return null;
  return violationOf(
    "I39",
    simulation,
    `A run asks its ports alone: ${first.name}\n${first.stack}`,
  );
}

/** I44: what holds always holds for another order of what is ready at one time; the simulation is made with a watch. */
export function judgeInterleaving(plan: WorldPlan, make: MakeSimulation): Violation | null {
  const simulation = make({ ...plan, tieBreak: `${plan.tieBreak} again` });
  simulation.run();
  const [first] = watchOf(simulation).violations;
  if (first === undefined) return null;
  return violationOf(
    "I44",
    simulation,
    `${first.invariant} holds in every order: ${first.message}`,
  );
}

/** One that shows between two runs. */
export function violationOf(invariant: string, { world }: Simulation, message: string): Violation {
  return { invariant, moment: "D", time: world.time.now, seq: 0, message };
}
