import type { VirtualTime } from "./virtual-time.ts";

/** The clock that the program sees on its machine: virtual time and what somebody set it off by. */
export class WallClock {
  readonly #time: VirtualTime;
  #offset = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** Epoch ms, whole. */
  now(): number {
    return this.#time.now + this.#offset;
  }

  /** Somebody, or a time server, sets it forward or back. */
  jump(ms: number): void {
    this.#offset += Math.round(ms);
  }

  get offset(): number {
    return this.#offset;
  }
}

/** The venue's clock: off by some ms, and going wrong by some ms per day. */
export class VenueClock {
  readonly #time: VirtualTime;
  readonly #start: number;
  #skew: number;
  #driftMsPerDay: number;

  constructor(time: VirtualTime, skew = 0, driftMsPerDay = 0) {
    this.#time = time;
    this.#start = time.now;
    this.#skew = skew;
    this.#driftMsPerDay = driftMsPerDay;
  }

  /** Epoch ms, whole. */
  now(): number {
    return this.at(this.#time.now);
  }

  /** What it shows at a moment of virtual time. */
  at(time: number): number {
    const drifted = ((time - this.#start) * this.#driftMsPerDay) / DAY;
    return Math.floor(time + this.#skew + drifted);
  }

  /** It goes right from now on. */
  heal(): void {
    this.#skew = 0;
    this.#driftMsPerDay = 0;
  }
}

const DAY = 86_400_000;
