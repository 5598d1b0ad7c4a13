/**
 * xoshiro128** by D. Blackman and S. Vigna (https://prng.di.unimi.it), seeded through splitmix64 as its authors
 * advise. Same seed, same numbers, on any machine.
 */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** Any finite seed; fractions are cut off. */
  constructor(seed: number) {
    const state = { value: BigInt.asUintN(64, BigInt(Math.trunc(seed))) };
    const first = splitMix64(state);
    const second = splitMix64(state);
    this.#a = Number(first & 0xffffffffn) | 0;
    this.#b = Number(first >> 32n) | 0;
    this.#c = Number(second & 0xffffffffn) | 0;
    this.#d = Number(second >> 32n) | 0;
  }

  /** An integer in 0 … 2³² − 1. */
  nextUint32(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** A number in 0 (inclusive) … 1 (exclusive). */
  next(): number {
    return this.nextUint32() / 4_294_967_296;
  }

  /** An integer in 0 … count − 1; the bias is below count / 2³². */
  index(count: number): number {
    return Math.floor(this.next() * count);
  }
}

function splitMix64(state: { value: bigint }): bigint {
  state.value = BigInt.asUintN(64, state.value + 0x9e3779b97f4a7c15n);
  let mixed = state.value;
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
  return mixed ^ (mixed >> 31n);
}
