import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Disk } from "#data/journal/disk.ts";
import { Simulation } from "#live/faults/simulate.ts";
import { workload } from "#live/faults/workload.ts";
import type { Profile } from "#live/faults/world/profile.ts";
import { drawPlan } from "#live/faults/world/profiles.ts";

const FOLDER = "/journal";

/** A run of the live driver in a simulated world, to its end. */
export function simulate(seed: string, profile: Profile = "swarm"): Simulation {
  const plan = drawPlan(seed, profile);
  const simulation = new Simulation({
    plan,
    strategyOf: (target) =>
      workload({
        seed: plan.seed,
        account: target.key,
        plan: plan.workload,
        hasProtection: plan.features.hasProtection,
        candleMs: plan.candleMs,
      }),
  });
  simulation.run();
  return simulation;
}

/** Copies the journal of a simulated disk into a real folder; `keep` leaves files out. */
export function copyJournal(
  disk: Disk,
  folder: string,
  keep: (name: string) => boolean = () => true,
): void {
  mkdirSync(folder, { recursive: true });
  for (const name of disk.list(FOLDER)) {
    if (!/\.jsonl?$|\.json$/.test(name) || !keep(name)) continue;
    const path = join(FOLDER, name);
    const bytes = Buffer.alloc(disk.size(path) ?? 0);
    const file = disk.open(path, "read");
    file.read(0, bytes);
    file.close();
    writeFileSync(join(folder, name), bytes);
  }
}

/** The journal of a simulated run in a real folder. */
export function simulatedJournal(folder: string, seed: string, profile?: Profile): Simulation {
  const simulation = simulate(seed, profile);
  copyJournal(simulation.world.disk, folder);
  return simulation;
}
