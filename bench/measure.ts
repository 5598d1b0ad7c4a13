import type { BarColumns } from "#engine/market/bars.ts";

/** One line of the budget. */
export interface BenchRow {
  readonly work: string;
  /** Time in ms, for the ratio. */
  readonly ms: number;
  /** What the row is about, with its unit. */
  readonly figure: string;
  /** Empty where the budget has none. */
  readonly bar: string;
  readonly holds: boolean;
}

/** The shortest of several runs: what else the machine did only ever adds. */
export function best(runs: number, work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

export async function bestAsync(runs: number, work: () => Promise<void>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

let sink = 0;

/** Nanoseconds per bar to read and add up all six columns once. */
export function scanNs(bars: BarColumns): number {
  const { time, open, high, low, close, volume, length } = bars;
  const ms = best(7, () => {
    let sum = 0;
    for (let row = 0; row < length; row++) {
      sum +=
        (time[row] as number) +
        (open[row] as number) +
        (high[row] as number) +
        (low[row] as number) +
        (close[row] as number) +
        (volume[row] as number);
    }
    sink += sum;
  });
  // The sum is used, so that the loop is not optimised away.
  return Number.isNaN(sink) ? 0 : (ms * 1e6) / length;
}

export function printRow(row: BenchRow, scan: number, bars: number): void {
  const ratio = (row.ms * 1e6) / (scan * bars);
  const bar =
    row.bar === "" ? "" : `   bar ${row.bar.padEnd(16)} ${row.holds ? "holds" : "MISSED"}`;
  process.stdout.write(
    `${row.work.padEnd(56)} ${row.figure.padStart(15)}  ${ratio.toFixed(1).padStart(6)} scans of ${scan.toFixed(2)} ns/bar${bar}\n`,
  );
}
