import type { SeedReport } from "#live/faults/batch/check-seed.ts";
import { FAULT_CODES, type FaultCode } from "#live/faults/world/fault-codes.ts";

/** What many seeds came to together. */
export interface Totals {
  readonly seeds: number;
  readonly failed: number;
  readonly runs: number;
  readonly events: number;
  readonly records: number;
  /** Virtual time of all runs, ms. */
  readonly virtualMs: number;
  /** Lives of the program that ended early, by what ended them. */
  readonly ends: Readonly<Record<string, number>>;
  /** How often each fault struck in the first run of each seed; every code is there. */
  readonly fired: Readonly<Record<FaultCode, number>>;
  /** How often each of the rare situations came up in the first run of each seed. */
  readonly sometimes: Readonly<Record<string, number>>;
}

/** Adds up reports of seeds; the order in which they come does not matter. */
export class TotalsCount {
  #seeds = 0;
  #failed = 0;
  #runs = 0;
  #events = 0;
  #records = 0;
  #virtualMs = 0;
  readonly #ends = new Map<string, number>();
  readonly #fired = new Map<string, number>(FAULT_CODES.map((code) => [code, 0]));
  readonly #sometimes = new Map<string, number>();

  add(report: SeedReport): void {
    this.#seeds += 1;
    if (report.failure !== null) this.#failed += 1;
    this.#runs += report.runs;
    this.#events += report.events;
    this.#records += report.records;
    this.#virtualMs += report.virtualMs;
    addAll(this.#ends, report.ends);
    addAll(this.#fired, report.fired);
    addAll(this.#sometimes, report.sometimes);
  }

  get totals(): Totals {
    return {
      seeds: this.#seeds,
      failed: this.#failed,
      runs: this.#runs,
      events: this.#events,
      records: this.#records,
      virtualMs: this.#virtualMs,
      ends: sorted(this.#ends),
      fired: Object.fromEntries(this.#fired) as Record<FaultCode, number>,
      sometimes: Object.fromEntries(this.#sometimes),
    };
  }
}

/** What never came up: faults, then situations. */
export function zerosOf({ fired, sometimes }: Totals): readonly string[] {
  return [...Object.entries(fired), ...Object.entries(sometimes)].flatMap(([name, count]) =>
    count === 0 ? [name] : [],
  );
}

function addAll(sums: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) {
    sums.set(name, (sums.get(name) ?? 0) + count);
  }
}

function sorted(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
