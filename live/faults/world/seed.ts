import { DrydockError } from "#engine/errors.ts";
import type { Word64 } from "./split-mix.ts";

/** A seed of a run: 64 bits, written as an unsigned decimal number. */
export type Seed = Word64;

const HALF = 0x1_0000_0000;

/** @throws E_USAGE unless the text is a whole number from 0 to 2^64 − 1. */
export function parseSeed(text: string): Seed {
  let high = 0;
  let low = 0;
  for (const digit of /^\d{1,20}$/.test(text) ? text : "x") {
    const sum = low * 10 + Number(digit);
    low = sum % HALF;
    high = high * 10 + Math.floor(sum / HALF);
    if (!(high < HALF)) {
      throw new DrydockError("E_USAGE", `"${text}" is no seed`, {
        hint: "A seed is a whole number from 0 to 18446744073709551615",
      });
    }
  }
  return { high, low };
}

export function seedText({ high, low }: Seed): string {
  let text = "";
  while (high > 0 || low > 0) {
    const rest = (high % 10) * HALF + low;
    text = `${rest % 10}${text}`;
    high = Math.floor(high / 10);
    low = Math.floor(rest / 10);
  }
  return text === "" ? "0" : text;
}

/** The seed that lies `count` further: what a batch of runs counts through. */
export function seedAfter({ high, low }: Seed, count: number): Seed {
  const sum = low + count;
  return { high: (high + Math.floor(sum / HALF)) % HALF, low: sum % HALF };
}
