import { FAULT_CODES, type FaultCode, type FaultRates } from "./fault-codes.ts";
import type { RandomStream } from "./random-stream.ts";
import type { RandomStreams } from "./random-streams.ts";

/**
 * Decides when which fault strikes, and counts. Every code draws from a stream of its own: a fault that is left out
 * does not move when the others strike.
 */
export class Faults {
  readonly #rates: Record<string, number>;
  readonly #streams: RandomStreams;
  readonly #own: Partial<Record<FaultCode, RandomStream>> = {};
  readonly #fired: Record<FaultCode, number>;

  constructor(rates: FaultRates, streams: RandomStreams) {
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

  /** Whether the fault strikes at this opportunity. */
  strikes(code: FaultCode): boolean {
    const rate = this.rate(code);
    if (rate <= 0 || !this.of(code).chance(rate)) return false;
    this.#fired[code] += 1;
    return true;
  }

  /** The same without counting: whether it has struck shows later. */
  tempts(code: FaultCode): boolean {
    const rate = this.rate(code);
    return rate > 0 && this.of(code).chance(rate);
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

  /** No fault strikes any more, but for those that stay. */
  heal(stay: ReadonlySet<FaultCode> = NONE): void {
    for (const code of FAULT_CODES) if (!stay.has(code)) this.#rates[code] = 0;
  }
}

const NONE: ReadonlySet<FaultCode> = new Set();
