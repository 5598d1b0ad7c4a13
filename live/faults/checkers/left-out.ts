import { DrydockError } from "#engine/errors.ts";
import { LiveDriver } from "#live/driver/live-driver.ts";
import type { TargetDriver } from "#live/driver/target-driver.ts";
import { JOURNAL } from "#live/faults/program.ts";
import type { Simulation } from "#live/faults/simulate.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";
import type { Violation } from "./checker.ts";
import { type MakeSimulation, violationOf } from "./differential.ts";

/**
 * I16: nobody has enabled any account any more, and each at which something is open is named all the same, and no other.
 * What is open is asked of the engines that ran, what is named comes from their journal.
 */
export function judgeLeftOut(plan: WorldPlan, make: MakeSimulation): Violation | null {
  const simulation = make(plan);
  simulation.startProgram();
  simulation.runUntil(plan.start + plan.durationMs);
  const { program } = simulation;
  if (program === null) return null;
  const open = program.driver.targets.filter(hasOpen).map(({ key }) => key);
  program.driver.stop();
  const [expected, named] = [open.toSorted().join(", "), namedByNone(simulation).join(", ")];
  if (named === expected) return null;
  const what = `A start with no account names those with something open: ${expected}, not ${named}`;
  return violationOf("I16", simulation, what);
}

function hasOpen({ engine }: TargetDriver): boolean {
  const { ledger, orderManager, reconcile, aged } = engine;
  const isOpen = (symbol: number): boolean =>
    ledger.positions[symbol]?.qtyLots !== 0 ||
    orderManager.store.working(symbol).length > 0 ||
    (aged?.positions.recordOf(symbol) ?? null) !== null;
  return (reconcile?.positions().length ?? 0) > 0 || ledger.positions.some((_, at) => isOpen(at));
}

/** The accounts that a start without any refuses to leave out. */
function namedByNone({ world }: Simulation): readonly string[] {
  const driver = new LiveDriver({
    journalFolder: JOURNAL,
    disk: world.disk,
    header: { id: "later", build: "later", configHash: "", seed: world.plan.seed },
    runKey: "later",
    clock: world.driverClock(),
    targets: [],
    fenceMs: 0,
    snapshotEvery: Number.POSITIVE_INFINITY,
    onFailed: (error) => {
      throw error;
    },
  });
  try {
    driver.start();
    return [];
  } catch (error) {
    if (!(error instanceof DrydockError) || error.code !== "E_CONFIG") throw error;
    return Array.from(error.message.matchAll(/"([^"]+)"/g), ([, key = ""]) => key);
  }
}
