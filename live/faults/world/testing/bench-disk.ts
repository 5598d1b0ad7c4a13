import { CrashPoints } from "../crash-points.ts";
import type { FaultRates } from "../fault-codes.ts";
import { Faults } from "../faults.ts";
import { RandomStreams } from "../random-streams.ts";
import { parseSeed } from "../seed.ts";
import { VirtualDisk } from "../virtual-disk.ts";
import { VirtualTime } from "../virtual-time.ts";
import { START } from "./bench-world.ts";

export interface DiskBench {
  readonly disk: VirtualDisk;
  readonly points: CrashPoints;
  readonly faults: Faults;
  readonly time: VirtualTime;
}

/** A disk alone, with the folder /d on it. */
export function diskOf(seed: number, rates: FaultRates = {}): DiskBench {
  const streams = new RandomStreams(parseSeed(String(seed)));
  const time = new VirtualTime(START, streams.of("sched"));
  const faults = new Faults(rates, streams);
  const points = new CrashPoints();
  const disk = new VirtualDisk({ time, faults, points, stream: streams.of("disk") });
  disk.putFolder("/d");
  return { disk, points, faults, time };
}
