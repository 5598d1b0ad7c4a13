import { type FundingColumns, lowerBound } from "#engine/market/bars.ts";
import { fundingStamp } from "#engine/market/funding-stamp.ts";

/** The funding rates of a run's symbols, taken one after the other as their stamps pass. */
export class FundingSchedule {
  readonly #series: readonly (FundingColumns | null)[];
  /** Row of the next rate, per symbol. */
  readonly #next: Int32Array;

  /** `starts`: open of each symbol's first bar; what is stamped before it is nobody's. */
  constructor(series: readonly (FundingColumns | null)[], starts: readonly number[]) {
    this.#series = series;
    this.#next = Int32Array.from(series, (funding, at) =>
      funding === null ? 0 : lowerBound(funding.time, funding.length, starts[at] as number),
    );
  }

  /** The earliest stamp still to come over all symbols; Infinity when there is none. */
  get nextStamp(): number {
    let stamp = Number.POSITIVE_INFINITY;
    for (let at = 0; at < this.#series.length; at++) {
      const funding = this.#series[at] as FundingColumns | null;
      const next = this.#next[at] as number;
      if (funding === null || next >= funding.length) continue;
      stamp = Math.min(stamp, fundingStamp(funding.time[next] as number));
    }
    return stamp;
  }

  /** Takes the next rate of a symbol that is stamped by `time`, a fraction; NaN when there is none. */
  take(symbol: number, time: number): number {
    const funding = this.#series[symbol] as FundingColumns | null;
    const next = this.#next[symbol] as number;
    if (funding === null || next >= funding.length) return Number.NaN;
    if (fundingStamp(funding.time[next] as number) > time) return Number.NaN;
    this.#next[symbol] = next + 1;
    return funding.rate[next] as number;
  }
}
