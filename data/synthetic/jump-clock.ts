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
  /** What is left of the exponential draw. In an array, because a number that changes in a loop may be boxed. */
  readonly #left: Float64Array;

  constructor(
    jumps: JumpOptions,
    perYear: number,
    setup: { readonly multipliers: readonly number[]; readonly stream: RandomStream },
  ) {
    this.#jumps = jumps;
    this.#draws = setup.stream;
    this.#rates = Float64Array.from(setup.multipliers, (each) => (each * perYear) / YEAR_MS);
    this.#left = Float64Array.of(-portableLn(this.#draws.uniform()));
  }

  /** Writes the sum of the jumps in each step, in standard deviations of a day; nearly always 0. */
  fill(target: Float64Array, count: number, regimes: Uint8Array, stepMs: number): void {
    target.fill(0, 0, count);
    const left = this.#left;
    const rates = this.#rates;
    for (let at = 0; at < count; at++) {
      left[0] = (left[0] as number) - (rates[regimes[at] as number] as number) * stepMs;
      if ((left[0] as number) <= 0) this.#jump(target, at);
    }
  }

  #jump(target: Float64Array, at: number): void {
    const { downShare, meanSize } = this.#jumps;
    while ((this.#left[0] as number) <= 0) {
      const isDown = this.#draws.uniform() < downShare;
      const size = -meanSize * portableLn(this.#draws.uniform());
      target[at] = (target[at] as number) + (isDown ? -size : size);
      this.#left[0] = (this.#left[0] as number) - portableLn(this.#draws.uniform());
    }
  }
}
