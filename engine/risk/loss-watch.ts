import type { RiskLimits } from "#engine/risk/risk-limits.ts";

export const DAY_MS = 86_400_000;

/** Equity as far as the loss limits need it, as JSON; null where nothing has been seen. */
export interface LossState {
  /** Number of the UTC day since the epoch. */
  readonly day: number;
  readonly dayStart: number;
  readonly peak: number;
  readonly last: number;
}

/** Which limit the equity has passed. */
export type LossBreach = "none" | "dailyLoss" | "drawdown";

/**
 * Daily loss and drawdown from one equity after the other, quote units. What is seen at the first millisecond of a UTC
 * day ends the day before and begins the new one; else a day begins with the last equity seen before it.
 */
export class LossWatch {
  readonly #dailyPct: number = Number.POSITIVE_INFINITY;
  readonly #dailyQuote: number = Number.POSITIVE_INFINITY;
  readonly #drawdownPct: number = Number.POSITIVE_INFINITY;
  #day = Number.NaN;
  #dayStart = Number.NaN;
  #peak = Number.NaN;
  #last = Number.NaN;
  #breachedDay = Number.NaN;

  constructor(limits: RiskLimits) {
    this.#dailyPct = limits.maxDailyLossPct ?? Number.POSITIVE_INFINITY;
    this.#dailyQuote = limits.maxDailyLossQuote ?? Number.POSITIVE_INFINITY;
    this.#drawdownPct = limits.maxDrawdownPct ?? Number.POSITIVE_INFINITY;
  }

  /** End of the day of the daily loss found last, epoch ms. */
  get breachEndsAt(): number {
    return (this.#breachedDay + 1) * DAY_MS;
  }

  /** Takes note of the equity at a time; one that is not known (NaN) says nothing. */
  see(equity: number, time: number): LossBreach {
    if (equity !== equity) return "none";
    const day = Math.floor(time / DAY_MS);
    // A decision on bars that became complete late is not a day of its own.
    if (day <= this.#day) return this.#judge(equity);
    const isMidnight = time === day * DAY_MS;
    const breach = isMidnight ? this.#judge(equity) : "none";
    const isFirst = this.#last !== this.#last;
    this.#dayStart = isMidnight || isFirst ? equity : this.#last;
    this.#day = day;
    return breach === "none" ? this.#judge(equity) : breach;
  }

  /** Somebody has looked at the loss and resumed: what is beyond its limit counts anew from the equity seen last. */
  forgive(): void {
    if (this.#isDailyLoss()) this.#dayStart = this.#last;
    if (this.#isDrawdown()) this.#peak = this.#last;
  }

  /** Money was put in (above 0) or taken out: neither a profit nor a loss. */
  onTransfer(amount: number): void {
    this.#dayStart += amount;
    this.#peak += amount;
    this.#last += amount;
  }

  state(): LossState | null {
    if (this.#last !== this.#last) return null;
    return { day: this.#day, dayStart: this.#dayStart, peak: this.#peak, last: this.#last };
  }

  restore(state: LossState | null): void {
    this.#day = state?.day ?? Number.NaN;
    this.#dayStart = state?.dayStart ?? Number.NaN;
    this.#peak = state?.peak ?? Number.NaN;
    this.#last = state?.last ?? Number.NaN;
  }

  #judge(equity: number): LossBreach {
    this.#last = equity;
    if (!(equity <= this.#peak)) this.#peak = equity;
    if (this.#isDailyLoss()) {
      this.#breachedDay = this.#day;
      return "dailyLoss";
    }
    return this.#isDrawdown() ? "drawdown" : "none";
  }

  #isDailyLoss(): boolean {
    const lost = this.#dayStart - this.#last;
    return lost >= this.#dailyQuote || reaches(lost, this.#dayStart, this.#dailyPct);
  }

  #isDrawdown(): boolean {
    return reaches(this.#peak - this.#last, this.#peak, this.#drawdownPct);
  }
}

function reaches(lost: number, base: number, pct: number): boolean {
  // No limit is no limit, even on a base that is lost already.
  return pct < Number.POSITIVE_INFINITY && lost > 0 && lost * 100 >= base * pct;
}
