import { toNormals } from "./to-normals.ts";

/**
 * A named stream of random numbers that belongs to one purpose. Streams of one seed do not influence each other, so a
 * new consumer with a new name leaves the old numbers as they are, and each stream is read in order of time, so a
 * longer run begins like a shorter one. Integer arithmetic only: the same numbers on every machine.
 *
 * Generator: sfc32 (C. Doty-Humphrey, PractRand), 96 bits of state and a 32-bit counter. The state comes from
 * splitmix64 (S. Vigna) over the seed mixed with the FNV-1a hash of the name.
 */
export class RandomStream {
  readonly #state: Int32Array;

  /** Seed: 64 bits, unsigned. */
  constructor(seed: bigint, name: string) {
    this.#state = makeState(seed, name);
    this.fillUniform(new Float64Array(WARM_UP_DRAWS), WARM_UP_DRAWS);
  }

  /** Writes `count` draws, uniform in (0, 1), both ends excluded, in steps of 2^-52. */
  fillUniform(target: Float64Array, count: number): void {
    const state = this.#state;
    let a = state[0] as number;
    let b = state[1] as number;
    let c = state[2] as number;
    let counter = state[3] as number;
    for (let at = 0; at < count; at++) {
      const high = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + high) | 0;
      const low = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + low) | 0;
      target[at] = ((high >>> 6) * 2 ** 26 + (low >>> 6) + 0.5) * 2 ** -52;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = counter;
  }

  /** Writes `count` standard normal draws. */
  fillNormal(target: Float64Array, count: number): void {
    this.fillUniform(target, count);
    toNormals(target, count);
  }
}

const WARM_UP_DRAWS = 16;
const MASK_64 = 0xffff_ffff_ffff_ffffn;

function makeState(seed: bigint, name: string): Int32Array {
  let hash = 0xcbf2_9ce4_8422_2325n;
  for (let at = 0; at < name.length; at++) {
    hash = ((hash ^ BigInt(name.charCodeAt(at))) * 0x100_0000_01b3n) & MASK_64;
  }
  // The seed is mixed before it meets the name, so that no seed is another one's neighbour under some name.
  let state = splitMix(seed & MASK_64) ^ hash;
  const words = new Int32Array(4);
  for (let at = 0; at < 3; at++) {
    state = (state + GOLDEN) & MASK_64;
    words[at] = Number(BigInt.asIntN(32, splitMix(state)));
  }
  words[3] = 1;
  return words;
}

const GOLDEN = 0x9e37_79b9_7f4a_7c15n;

function splitMix(value: bigint): bigint {
  let z = (value + GOLDEN) & MASK_64;
  z = ((z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & MASK_64;
  z = ((z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn) & MASK_64;
  return z ^ (z >> 31n);
}
