import { assert } from "#engine/assert.ts";

/**
 * The content of an intent's identity, without the run key: which strategy, which symbol, when it decided, which
 * leg (its purpose), and the how-manieth of that kind at that time. The same decision has the same key on any
 * machine and after any crash; the id text (128 bits of SHA-256 over run key and these fields) is made by the
 * drivers, where text is needed.
 */
export interface IntentKey {
  readonly strategy: number;
  readonly symbol: number;
  readonly decidedAt: number;
  readonly leg: number;
  readonly sequence: number;
}

const LEGS = 32;
const SEQUENCES = 2 ** 20;

/** Strategy, leg and sequence in one safe integer; symbol and time have columns of their own in a record. */
export function packKey(strategy: number, leg: number, sequence: number): number {
  assert(sequence < SEQUENCES, () => `At most ${SEQUENCES} intents of one leg at one time`);
  return (strategy * LEGS + leg) * SEQUENCES + sequence;
}

export function unpackKey(packed: number): Pick<IntentKey, "strategy" | "leg" | "sequence"> {
  const sequence = packed % SEQUENCES;
  const rest = (packed - sequence) / SEQUENCES;
  return { strategy: Math.floor(rest / LEGS), leg: rest % LEGS, sequence };
}

/**
 * Counts intents of one strategy, symbol and leg at one time. What else the engine decides at that time does not
 * move the count, so that a symbol keeps its keys when another one joins.
 */
export class LegCounter {
  readonly #symbolCount: number = 0;
  /** Time of the last intent and how many there were, by strategy, symbol and leg. */
  readonly #times: number[] = [];
  readonly #counts: number[] = [];

  constructor(symbolCount: number) {
    this.#symbolCount = symbolCount;
  }

  /** The sequence of the next intent: 0 for the first at `time`. */
  next(strategy: number, symbol: number, leg: number, time: number): number {
    const at = (strategy * this.#symbolCount + symbol) * LEGS + leg;
    while (this.#times.length <= at) {
      this.#times.push(Number.NaN);
      this.#counts.push(0);
    }
    const sequence = this.#times[at] === time ? (this.#counts[at] as number) : 0;
    this.#times[at] = time;
    this.#counts[at] = sequence + 1;
    return sequence;
  }

  /** Takes note of an intent that was made before: the next of its kind at its time comes after it. */
  resume(strategy: number, symbol: number, leg: number, time: number, sequence: number): void {
    const at = (strategy * this.#symbolCount + symbol) * LEGS + leg;
    const known = this.#times[at] ?? Number.NaN;
    if (known > time || (known === time && (this.#counts[at] as number) > sequence)) return;
    this.next(strategy, symbol, leg, time);
    this.#counts[at] = sequence + 1;
  }
}
