import { must } from "#engine/assert.ts";
import { type IndicatorSpec, runKernel } from "#engine/indicators/kernel.ts";
import { type BarColumns, sliceBars } from "#engine/market/bars.ts";
import { formatInterval, parseInterval } from "#engine/market/interval.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import type { SweepResult } from "#sim/audit/audit-terms.ts";
import { isSameNumber, TOLERANCE } from "#sim/audit/compare-logs.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";

/** Calls of kernels in one sweep: some seconds. Prefixes are left out evenly where all would take more. */
const CALLS_MAX = 150_000_000;
/** More suspects than this are not looked into one by one. */
const SUSPECTS_MAX = 8;

interface Track {
  readonly bars: BarColumns;
  readonly expected: readonly Float64Array[];
}

/**
 * One indicator on every prefix of its columns, a fresh kernel for each: at the last row of a prefix it must say what
 * it says there when all rows are at hand. The time is quadratic, so it is for indicators that compute a table ahead,
 * whose single bars no growing column can tell apart.
 */
export class KernelSweep {
  readonly #spec: IndicatorSpec;
  readonly #tracks: readonly Track[];
  readonly #stride: number;
  readonly #suspects: number[] = [];
  #track = 0;
  #row = 0;

  constructor(
    strategy: Strategy,
    params: Readonly<Record<string, unknown>>,
    symbols: readonly BacktestSymbol[],
    indicator: string,
  ) {
    const entry = must(strategy.indicators({ params })[indicator], "The indicator is there");
    const word = "interval" in entry ? formatInterval(parseInterval(entry.interval)) : "";
    const spec = "interval" in entry ? entry.spec : entry;
    this.#spec = spec;
    this.#tracks = symbols.map((one) => {
      const bars = word === "" ? one.strategyBars : must(one.higher.get(word), "Bars are loaded");
      return { bars, expected: runKernel(spec, bars) };
    });
    const calls = this.#tracks.reduce((sum, { bars }) => sum + bars.length ** 2 / 2, 0);
    this.#stride = Math.max(1, Math.ceil(calls / CALLS_MAX));
  }

  get result(): SweepResult {
    return { suspects: this.#suspects, isDense: this.#stride === 1 };
  }

  /** Tries so many prefixes; returns whether more are left. */
  advance(prefixes: number): boolean {
    for (let done = 0; done < prefixes; done++) {
      const track = this.#tracks[this.#track];
      if (track === undefined || this.#suspects.length >= SUSPECTS_MAX) return false;
      if (this.#row >= track.bars.length) {
        this.#track += 1;
        this.#row = 0;
        continue;
      }
      if (!this.#agrees(track, this.#row)) {
        this.#suspects.push((track.bars.time[this.#row] as number) + track.bars.intervalMs);
      }
      this.#row += this.#stride;
    }
    return true;
  }

  #agrees({ bars, expected }: Track, row: number): boolean {
    const prefix = sliceBars(bars, 0, row + 1);
    const kernel = this.#spec.create();
    try {
      for (let index = 0; index <= row; index++) kernel.next(prefix, index);
    } catch {
      // It works on all rows: what the missing ones make it throw is for the cut to show.
      return false;
    }
    return expected.every((column, output) =>
      isSameNumber(column[row] as number, kernel.out[output] as number, TOLERANCE),
    );
  }
}
