import { must } from "#engine/assert.ts";
import { portableLn } from "./portable-ln.ts";
import type { RandomStream } from "./random-stream.ts";
import { type Regime, type RegimeModel, regimeShares } from "./regime-model.ts";

const DAY_MS = 86_400_000;

/** Walks through the states of a regime model in continuous time, so that the schedule is the same at every interval. */
export class RegimeClock {
  readonly #model: RegimeModel;
  readonly #draws: RandomStream;
  #regime: number;
  #until: number;

  constructor(model: RegimeModel, stream: RandomStream, from: number) {
    this.#model = model;
    this.#draws = stream;
    this.#regime = pick(regimeShares(model), this.#draws.uniform());
    this.#until = from;
    this.#stay();
  }

  /** Writes the state that holds at the start of each of `count` steps. */
  fill(target: Uint8Array, count: number, startMs: number, stepMs: number): void {
    for (let at = 0; at < count; at++) {
      const time = startMs + at * stepMs;
      while (time >= this.#until) {
        this.#regime = pick(this.#current.next, this.#draws.uniform());
        this.#stay();
      }
      target[at] = this.#regime;
    }
  }

  get #current(): Regime {
    return must(this.#model[this.#regime], "the regime is one of the model's");
  }

  #stay(): void {
    if (this.#model.length === 1) this.#until = Number.POSITIVE_INFINITY;
    else this.#until -= this.#current.meanDays * DAY_MS * portableLn(this.#draws.uniform());
  }
}

function pick(shares: readonly number[], draw: number): number {
  let left = draw;
  for (const [at, share] of shares.entries()) {
    left -= share;
    if (left < 0) return at;
  }
  // The shares add up to 1 but for rounding; the rest belongs to the last state that has a share.
  return shares.findLastIndex((share) => share > 0);
}
