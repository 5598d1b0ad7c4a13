import type { Violation } from "#live/faults/batch/violation.ts";
import type { Simulation } from "#live/faults/simulate.ts";

/** What a finished run must come to at the least: at quiet the engines hold what the venues hold. */
export function quietViolations(simulation: Simulation, seq: number): readonly Violation[] {
  const { world, program } = simulation;
  const isTrading = program !== null;
  if (!isTrading) return [];
  return world.targets.flatMap(({ key, plan }) => {
    const ledger = program.engine(key)?.ledger;
    if (ledger === undefined) return [];
    const held = ledger.positions.reduce((sum, { qtyLots }) => sum + Math.abs(qtyLots), 0);
    const truth = world
      .truth(key)
      .positions.filter(({ symbol }) => plan.symbols.includes(symbol))
      .reduce((sum, { qtyLots }) => sum + Math.abs(qtyLots), 0);
    if (held === truth) return [];
    const message = `${key}: the engine holds ${held} lots, the venue ${truth}`;
    return [{ invariant: "I15", moment: "Q", time: world.time.now, seq, message }];
  });
}
