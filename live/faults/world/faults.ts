import { FAULT_CODES, type FaultCode, type FaultRates } from "./fault-codes.ts";
import type { RandomStream } from "./random-stream.ts";
import type { RandomStreams } from "./random-streams.ts";
import type { ScriptedStrike } from "./scripted-strike.ts";

/**
 * Decides when which fault strikes, and counts. Every code draws from a stream of its own: a fault that is left out
 * does not move when the others strike.
 */
export class Faults {
  /** What struck so far, in order, while it is wanted; null: nobody wants it. */
  log: ScriptedStrike[] | null = null;
  readonly #rates: Record<string, number>;
  readonly #streams: RandomStreams;
  readonly #own: Partial<Record<FaultCode, RandomStream>> = {};
  readonly #fired: Record<FaultCode, number>;
  /** Opportunities so far. */
  readonly #chances: Partial<Record<FaultCode, number>> = {};
  /** By code and opportunity; null: the draws decide. */
  readonly #script: ReadonlyMap<string, ScriptedStrike> | null;

  /** `script`: exactly these strike, whatever is drawn. */
  constructor(rates: FaultRates, streams: RandomStreams, script?: readonly ScriptedStrike[]) {
    this.#script =
      script === undefined ? null : new Map(script.map((strike) => [keyOf(strike), strike]));
    this.#rates = { ...rates };
    this.#streams = streams;
    this.#fired = Object.fromEntries(FAULT_CODES.map((code) => [code, 0])) as Record<
      FaultCode,
      number
    >;
  }

  /** How often each has struck so far. */
  get fired(): Readonly<Record<FaultCode, number>> {
    return this.#fired;
  }

  rate(code: FaultCode): number {
    return this.#rates[code] ?? 0;
  }

  isOn(code: FaultCode): boolean {
    return this.rate(code) > 0;
  }

  /** Whether the fault strikes at this opportunity, which may be so many times as tempting as another. */
  strikes(code: FaultCode, weight = 1): boolean {
    if (!this.tempts(code, weight)) return false;
    this.#fired[code] += 1;
    return true;
  }

  /** The same without counting: whether it has struck shows later. */
  tempts(code: FaultCode, weight = 1): boolean {
    const rate = this.rate(code);
    if (rate <= 0) return false;
    // Drawn in any case: what else is drawn from the stream stays as it is.
    const isDrawn = this.of(code).chance(Math.min(1, rate * weight));
    if (this.#script === null && this.log === null) return isDrawn;
    const at = (this.#chances[code] ?? 0) + 1;
    this.#chances[code] = at;
    return this.#script === null ? this.#noted(code, at, isDrawn) : this.#scripted(code, at);
  }

  /** A timed fault strikes now: as the script has it, or by what is drawn. */
  begins(code: FaultCode, at: number): void {
    if (this.#script === null) this.#noted(code, at, true);
    else this.#scripted(code, at);
  }

  /** It has struck: for what is not decided by a chance at this place. */
  note(code: FaultCode): void {
    this.#fired[code] += 1;
  }

  /** The stream for how hard it strikes. */
  of(code: FaultCode): RandomStream {
    this.#own[code] ??= this.#streams.of(`fault ${code}`);
    return this.#own[code];
  }

  /** A delay of this fault, whole ms. */
  delay(code: FaultCode, low: number, high: number): number {
    return this.of(code).integer(low, high);
  }

  #noted(code: FaultCode, at: number, isStrike: boolean): boolean {
    if (isStrike) this.log?.push({ code, at, state: this.of(code).state });
    return isStrike;
  }

  #scripted(code: FaultCode, at: number): boolean {
    const strike = this.#script?.get(keyOf({ code, at }));
    if (strike === undefined) return false;
    this.of(code).goTo(strike.state);
    return true;
  }

  /** No fault strikes any more, but for those that stay. */
  heal(stay: ReadonlySet<FaultCode> = NONE): void {
    for (const code of FAULT_CODES) if (!stay.has(code)) this.#rates[code] = 0;
  }
}

function keyOf({ code, at }: Pick<ScriptedStrike, "code" | "at">): string {
  return `${code} ${at}`;
}

const NONE: ReadonlySet<FaultCode> = new Set();
