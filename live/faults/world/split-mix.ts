/** A 64-bit unsigned number as its two halves, each an unsigned 32-bit integer. */
export interface Word64 {
  readonly high: number;
  readonly low: number;
}

/**
 * The generator splitmix64 (S. Vigna, https://prng.di.unimi.it/splitmix64.c) in 32-bit arithmetic: it turns a seed into
 * the state of other generators.
 */
export class SplitMix64 {
  #high: number;
  #low: number;

  constructor(seed: Word64) {
    this.#high = seed.high | 0;
    this.#low = seed.low | 0;
  }

  /** The next 64 bits. */
  next(): Word64 {
    const low = (this.#low >>> 0) + 0x7f4a7c15;
    this.#low = low | 0;
    this.#high = (this.#high + (0x9e3779b9 | 0) + (low > 0xffff_ffff ? 1 : 0)) | 0;
    let word: Word64 = { high: this.#high >>> 0, low: this.#low >>> 0 };
    word = multiply(xorShifted(word, 30), 0xbf58476d, 0x1ce4e5b9);
    word = multiply(xorShifted(word, 27), 0x94d049bb, 0x133111eb);
    return xorShifted(word, 31);
  }
}

/** `word ^ (word >> bits)`, for 0 < bits < 32. */
function xorShifted({ high, low }: Word64, bits: number): Word64 {
  return {
    high: (high ^ (high >>> bits)) >>> 0,
    low: (low ^ ((low >>> bits) | (high << (32 - bits)))) >>> 0,
  };
}

/** The lower 64 bits of a product. */
function multiply(word: Word64, high: number, low: number): Word64 {
  const carried = highOfProduct(word.low, low);
  const cross = Math.imul(word.high, low) + Math.imul(word.low, high);
  return { high: (carried + cross) >>> 0, low: Math.imul(word.low, low) >>> 0 };
}

/** The upper 32 bits of the product of two unsigned 32-bit integers, from four products of halves. */
function highOfProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const rest = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(rest / 0x10000)) >>> 0;
}
