import type { DriverClock, Scheduled } from "#live/ports/driver-clock.ts";
import type { CrashPoints } from "./crash-points.ts";
import type { VirtualProcess } from "./virtual-process.ts";
import type { VirtualTime } from "./virtual-time.ts";
import type { WallClock } from "./world-clocks.ts";

/**
 * The clock of one life of the program: the wall clock at its start and the time that has passed since, so that a jump
 * of the wall clock shows in the next life only.
 */
export class ProcessClock implements DriverClock {
  readonly #time: VirtualTime;
  readonly #process: VirtualProcess;
  readonly #points: CrashPoints;
  readonly #offset: number;

  constructor(time: VirtualTime, wall: WallClock, process: VirtualProcess, points: CrashPoints) {
    this.#time = time;
    this.#process = process;
    this.#points = points;
    this.#offset = wall.now() - time.now;
  }

  now(): number {
    return this.#time.now + this.#offset;
  }

  at(time: number, run: () => void): Scheduled {
    return this.#points.around("clock.at", () =>
      this.#time.at(time - this.#offset, run, this.#process),
    );
  }
}
