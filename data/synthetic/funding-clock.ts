import type { FundingColumns } from "#engine/market/bars.ts";
import type { SyntheticSettings } from "./settings.ts";
import type { SyntheticSymbolSettings } from "./symbol-defaults.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Interest of the quote over the base currency per day, and the limit of what it may correct. */
const INTEREST_PER_DAY = 0.0003;
const CORRECTION_MAX = 0.0005;
/** Venues publish rates with eight decimals. */
const RATE_STEPS = 100_000_000;

/** Funding with the premium it came from. */
export interface SyntheticFunding extends FundingColumns {
  /** Weighted average premium of the interval that ends at each stamp, as a fraction. */
  readonly premium: Float64Array;
}

/**
 * Funding as Bybit computes it: rate = P + clamp(I − P, ±0.05 %), limited to the symbol's cap. P is the average of the
 * premium over the interval with weights 1, 2, … n by minute, I the interest of 0.03 % per day for the interval's
 * length. Source: https://www.bybit.com/en/help-center/article/Funding-fee-calculation and
 * https://www.bybit.com/en/announcement-info/fund-rate.
 *
 * Stamps stand on whole multiples of the interval (UTC), after the start and up to the end of the last bar, that moment
 * included. The first one may average over less than a whole interval.
 */
export class FundingClock {
  readonly #time: Float64Array;
  readonly #rate: Float64Array;
  readonly #premium: Float64Array;
  readonly #intervalMs: number;
  readonly #interest: number;
  readonly #cap: number;
  #length = 0;
  #stamp: number;
  #weights = 0;
  #weighted = 0;

  constructor(settings: SyntheticSettings, one: SyntheticSymbolSettings) {
    const { from, fundingIntervalMs } = settings;
    const to = from + settings.bars * settings.intervalMs;
    const before = Math.floor(from / fundingIntervalMs);
    const length = Math.floor(to / fundingIntervalMs) - before;
    this.#time = new Float64Array(length);
    this.#rate = new Float64Array(length);
    this.#premium = new Float64Array(length);
    this.#intervalMs = fundingIntervalMs;
    this.#stamp = (before + 1) * fundingIntervalMs;
    this.#interest = (INTEREST_PER_DAY * fundingIntervalMs) / DAY_MS;
    this.#cap = one.fundingCap;
  }

  /** Adds the premium of `count` steps, the first of which begins at `startMs`. */
  add(premium: Float64Array, count: number, startMs: number, stepMs: number): void {
    for (let at = 0; at < count; at++) {
      const end = startMs + (at + 1) * stepMs;
      const elapsed = end - (this.#stamp - this.#intervalMs);
      const weight = Math.ceil(elapsed / MINUTE_MS);
      this.#weights += weight;
      this.#weighted += weight * (premium[at] as number);
      if (end >= this.#stamp) this.#settle();
    }
  }

  finish(): SyntheticFunding {
    return {
      length: this.#length,
      time: this.#time,
      rate: this.#rate,
      premium: this.#premium,
    };
  }

  #settle(): void {
    const premium = this.#weighted / this.#weights;
    const correction = clamp(this.#interest - premium, CORRECTION_MAX);
    const rate = clamp(premium + correction, this.#cap);
    const at = this.#length++;
    this.#time[at] = this.#stamp;
    // Adding 0 turns a negative zero into a plain one.
    this.#rate[at] = Math.round(rate * RATE_STEPS) / RATE_STEPS + 0;
    this.#premium[at] = premium;
    this.#stamp += this.#intervalMs;
    this.#weights = 0;
    this.#weighted = 0;
  }
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit);
}
