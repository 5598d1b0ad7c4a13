import type { Simulation } from "#live/faults/simulate.ts";

/** The run is looked at up to a record and goes no further. */
export class RunStopped extends Error {
  override readonly name = "RunStopped";
}

/**
 * Ends a run at the first call of a port after the journal has a record. The records of one group commit come
 * together, so a few more may be there.
 */
export function stopAt(simulation: Simulation, seq: number): void {
  const { points } = simulation.world;
  const onCall = points.onCall;
  points.onCall = (point, call) => {
    onCall?.(point, call);
    const last = simulation.program?.driver.journal?.lastSeq ?? 0;
    if (last >= seq) throw new RunStopped(`Stopped at record ${last}`);
  };
}
