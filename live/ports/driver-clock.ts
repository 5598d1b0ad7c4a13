/** Time as the live driver knows it: epoch ms that never go back, whatever happens to the clock of the machine. */
export interface DriverClock {
  now(): number;
  /** Calls once, at the time or as soon as possible after it. */
  at(time: number, run: () => void): Scheduled;
}

export interface Scheduled {
  cancel(): void;
}
