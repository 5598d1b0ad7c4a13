import { portableExp } from "./portable-exp.ts";
import { portableLn } from "./portable-ln.ts";
import { LAYER_CORES, LAYER_EDGES, LAYERS, TAIL_START } from "./ziggurat.ts";

/**
 * A named stream of random numbers that belongs to one purpose. Streams of one seed do not influence each other, so a
 * new consumer with a new name leaves the old numbers as they are, and each stream is read in order of time, so a
 * longer run begins like a shorter one. The same numbers on every machine.
 *
 * Generator: sfc32 (C. Doty-Humphrey, PractRand), 96 bits of state and a 32-bit counter. The state comes from
 * splitmix64 (S. Vigna) over the seed mixed with the FNV-1a hash of the name.
 */
export class RandomStream {
  readonly #state: Int32Array;

  /** Seed: 64 bits, unsigned. */
  constructor(seed: bigint, name: string) {
    this.#state = makeState(seed, name);
    for (let draw = 0; draw < WARM_UP_DRAWS; draw++) this.uniform();
  }

  /** One draw, uniform in (0, 1), both ends excluded, in steps of 2^-52. */
  uniform(): number {
    this.fillUniform(single, 1);
    return single[0] as number;
  }

  /** Writes `count` uniform draws. */
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
      target[at] = ((high >>> 6) * TWO_26 + (low >>> 6) + 0.5) * TWO_MINUS_52;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = counter;
  }

  /** Writes `count` standard normal draws, by the ziggurat method. */
  fillNormal(target: Float64Array, count: number): void {
    const state = this.#state;
    let a = state[0] as number;
    let b = state[1] as number;
    let c = state[2] as number;
    let counter = state[3] as number;
    let at = 0;
    while (at < count) {
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
      // Uniform in [−1, 1] from 56 bits; the other eight choose the layer.
      const u = (high + (low >>> 8) * TWO_MINUS_24) * TWO_MINUS_31;
      const layer = low & (LAYERS - 1);
      if (Math.abs(u) < (LAYER_CORES[layer] as number)) {
        target[at++] = u * (LAYER_EDGES[layer] as number);
        continue;
      }
      // About 1 in 80 comes here and may need further draws.
      state[0] = a;
      state[1] = b;
      state[2] = c;
      state[3] = counter;
      if (this.#acceptAtEdge(target, at, layer, u)) at += 1;
      a = state[0] as number;
      b = state[1] as number;
      c = state[2] as number;
      counter = state[3] as number;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = counter;
  }

  /** Decides on a candidate outside its layer's core; writes the draw when it is accepted. */
  #acceptAtEdge(target: Float64Array, at: number, layer: number, u: number): boolean {
    if (layer === 0) {
      const z = this.#drawTail();
      target[at] = u < 0 ? -z : z;
      return true;
    }
    const edge = LAYER_EDGES[layer] as number;
    const inner = LAYER_EDGES[layer + 1] as number;
    const z = u * edge;
    const bottom = portableExp(-0.5 * (edge * edge - z * z));
    const top = portableExp(-0.5 * (inner * inner - z * z));
    target[at] = z;
    return bottom + this.uniform() * (top - bottom) < 1;
  }

  #drawTail(): number {
    for (;;) {
      const x = -portableLn(this.uniform()) / TAIL_START;
      if (-2 * portableLn(this.uniform()) > x * x) return TAIL_START + x;
    }
  }
}

const WARM_UP_DRAWS = 16;
const TWO_26 = 67_108_864;
const TWO_MINUS_24 = 1 / 16_777_216;
const TWO_MINUS_31 = 1 / 2_147_483_648;
const TWO_MINUS_52 = 1 / 4_503_599_627_370_496;
const MASK_64 = 0xffff_ffff_ffff_ffffn;
const GOLDEN = 0x9e37_79b9_7f4a_7c15n;
const single = new Float64Array(1);

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

function splitMix(value: bigint): bigint {
  let z = (value + GOLDEN) & MASK_64;
  z = ((z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & MASK_64;
  z = ((z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn) & MASK_64;
  return z ^ (z >> 31n);
}
