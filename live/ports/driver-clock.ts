/**
 * Time as the live driver knows it: epoch ms that go on evenly for the life of a process, whatever happens to the clock
 * of the machine.
 */
export interface DriverClock {
  now(): number;
  /** Calls once, at the time or as soon as possible after it. */
  at(time: number, run: () => void): Scheduled;
}

export interface Scheduled {
  cancel(): void;
}
