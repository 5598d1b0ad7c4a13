import { portableLn } from "#data/synthetic/portable-ln.ts";
import { assert } from "#engine/assert.ts";

const TWO_32 = 0x1_0000_0000;
const TWO_26 = 0x400_0000;
const TWO_53 = 0x20_0000_0000_0000;

/** Four unsigned 32-bit words, not all of them zero. */
export type RandomState = readonly [number, number, number, number];

/**
 * The generator xoshiro128** 1.1 (D. Blackman, S. Vigna, https://prng.di.unimi.it/xoshiro128starstar.c): 32 bits at a
 * time, the same on every machine.
 */
export class RandomStream {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  constructor(state: RandomState) {
    this.goTo(state);
  }

  /** Where it stands: a stream that is made or put there goes on in the same way. */
  get state(): RandomState {
    return [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#d >>> 0];
  }

  goTo([a, b, c, d]: RandomState): void {
    assert((a | b | c | d) !== 0, () => "A state has a bit that is set");
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#d = d | 0;
  }

  /** 32 bits, as an unsigned integer. */
  next(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** Uniform in [0, 1), in steps of 2^-53. */
  uniform(): number {
    const high = this.next() >>> 5;
    return (high * TWO_26 + (this.next() >>> 6)) / TWO_53;
  }

  /** Whether something of this probability happens; one draw whatever the probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** A whole number from `low` to `high`, both included, every one as likely: draws that would favour some are left out. */
  integer(low: number, high: number): number {
    const count = high - low + 1;
    assert(count >= 1 && count <= TWO_32, () => `There are numbers from ${low} to ${high}`);
    const limit = TWO_32 - (TWO_32 % count);
    for (;;) {
      const draw = this.next();
      if (draw < limit) return low + (draw % count);
    }
  }

  pick<T>(from: readonly T[]): T {
    assert(from.length > 0, () => "There is something to pick from");
    return from[this.integer(0, from.length - 1)] as T;
  }

  /** The place of one of the weights, each as likely as its share of their sum. */
  weighted(weights: readonly number[]): number {
    let sum = 0;
    for (const weight of weights) sum += weight;
    assert(sum > 0, () => "Some weight is above zero");
    let rest = this.uniform() * sum;
    for (let at = 0; at < weights.length; at++) {
      rest -= weights[at] as number;
      if (rest < 0) return at;
    }
    return weights.findLastIndex((weight) => weight > 0);
  }

  /** Exponentially distributed with that mean: the time to the next of events that know nothing of each other. */
  exponential(mean: number): number {
    return -portableLn(1 - this.uniform()) * mean;
  }
}
