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

/**
 * The venue's clock: off by some ms, and going wrong by some ms per day. It never goes back: once healed, one that is
 * ahead runs slower until it is right, one that is behind jumps.
 */
export class VenueClock {
  readonly #time: VirtualTime;
  #isHealed = false;
  #since: number;
  #skew: number;
  /** What it gains per ms. */
  #gain: number;

  constructor(time: VirtualTime, skew = 0, driftMsPerDay = 0) {
    this.#time = time;
    this.#since = time.now;
    this.#skew = skew;
    this.#gain = driftMsPerDay / DAY;
  }

  /** Epoch ms, whole. */
  now(): number {
    return this.at(this.#time.now);
  }

  /** What it shows at a moment of virtual time. */
  at(time: number): number {
    const offset = this.#skew + (time - this.#since) * this.#gain;
    return Math.floor(time + (this.#isHealed ? Math.max(0, offset) : offset));
  }

  /** It goes right from now on, or as soon as it can. */
  heal(): void {
    const { now } = this.#time;
    this.#skew = this.at(now) - now;
    this.#since = now;
    this.#gain = -SLEW;
    this.#isHealed = true;
  }
}

const DAY = 86_400_000;
/** A clock that is put right loses at most this share of the time. */
const SLEW = 0.1;
