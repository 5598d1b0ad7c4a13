import { RandomStream } from "./random-stream.ts";
import type { Seed } from "./seed.ts";
import { SplitMix64 } from "./split-mix.ts";

/**
 * All randomness of a run: one seed, split by name into streams that know nothing of each other. A further name, or a
 * further draw from one stream, leaves the numbers of all others as they are.
 */
export class RandomStreams {
  readonly #seed: Seed;
  readonly #streams = new Map<string, RandomStream>();

  constructor(seed: Seed) {
    this.#seed = seed;
  }

  /** The stream of a name; the same one whoever asks. */
  of(name: string): RandomStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = makeStream(this.#seed, name);
      this.#streams.set(name, stream);
    }
    return stream;
  }
}

/** The seed is mixed before it meets the name, so that no seed is another one's neighbour under some name. */
function makeStream(seed: Seed, name: string): RandomStream {
  const mixed = new SplitMix64(seed).next();
  const named = {
    high: (mixed.high ^ hash(name, FNV_OFFSET)) >>> 0,
    low: (mixed.low ^ hash(name, ~FNV_OFFSET)) >>> 0,
  };
  const generator = new SplitMix64(named);
  const [first, second] = [generator.next(), generator.next()];
  return new RandomStream([first.high, first.low, second.high, second.low || 1]);
}

const FNV_OFFSET = 0x811c9dc5;

/** FNV-1a over the code units of a name. */
function hash(name: string, offset: number): number {
  let value = offset;
  for (let at = 0; at < name.length; at++) {
    value = Math.imul(value ^ name.charCodeAt(at), 0x0100_0193);
  }
  return value;
}
