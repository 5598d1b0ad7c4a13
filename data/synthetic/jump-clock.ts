import type { JumpOptions } from "./options.ts";
import { portableLn } from "./portable-ln.ts";
import type { RandomStream } from "./random-stream.ts";

const YEAR_MS = 365 * 86_400_000;

/**
 * A compound Poisson process whose rate depends on the regime: a jump comes when the summed rate has used up an
 * exponential draw, so times and sizes are nearly the same at every interval. Sizes are two-sided exponential, more
 * of them down (S. G. Kou, "A Jump-Diffusion Model for Option Pricing", Management Science 48, 2002).
 */
export class JumpClock {
  readonly #draws: RandomStream;
  readonly #jumps: JumpOptions;
  /** Rate per ms in each regime. */
  readonly #rates: Float64Array;
  #left: number;

  constructor(
    jumps: JumpOptions,
    perYear: number,
    setup: { readonly multipliers: readonly number[]; readonly stream: RandomStream },
  ) {
    this.#jumps = jumps;
    this.#draws = setup.stream;
    this.#rates = Float64Array.from(setup.multipliers, (each) => (each * perYear) / YEAR_MS);
    this.#left = -portableLn(this.#draws.uniform());
  }

  /** Writes the sum of the jumps in each step, in standard deviations of a day; nearly always 0. */
  fill(target: Float64Array, count: number, regimes: Uint8Array, stepMs: number): void {
    target.fill(0, 0, count);
    let left = this.#left;
    for (let at = 0; at < count; at++) {
      left -= (this.#rates[regimes[at] as number] as number) * stepMs;
      while (left <= 0) {
        target[at] = (target[at] as number) + this.#drawSize();
        left -= portableLn(this.#draws.uniform());
      }
    }
    this.#left = left;
  }

  #drawSize(): number {
    const isDown = this.#draws.uniform() < this.#jumps.downShare;
    const size = -this.#jumps.meanSize * portableLn(this.#draws.uniform());
    return isDown ? -size : size;
  }
}
