import type { DriverClock, Scheduled } from "#live/ports/driver-clock.ts";

/**
 * The engine's time over the lives of a process: a clock of the machine that was set back between two of them does not
 * take the engine's time back with it.
 */
export class EngineClock implements DriverClock {
  readonly #clock: DriverClock;
  readonly #shift: number = 0;

  /** `notBefore`: the time of the last thing that is known to have happened, epoch ms. */
  constructor(clock: DriverClock, notBefore: number) {
    this.#clock = clock;
    this.#shift = Math.max(0, notBefore - clock.now());
  }

  now(): number {
    return this.#clock.now() + this.#shift;
  }

  at(time: number, run: () => void): Scheduled {
    return this.#clock.at(time - this.#shift, run);
  }
}
