/** Bars as plain objects, for tests of importers; prices have two decimals, so that text and double agree. */
export interface SampleRow {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export const SAMPLE_START = Date.UTC(2024, 0, 1);

/** A quiet random walk from a fixed seed: no gaps, no flat bars, no zero volume. */
export function sampleRows(count: number, intervalMs = 60_000, start = SAMPLE_START): SampleRow[] {
  let seed = 12_345;
  const next = (limit: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % limit;
  };
  let cents = 4_200_000;
  return Array.from({ length: count }, (_, index) => {
    const open = cents;
    cents += next(2_001) - 1_000;
    const high = Math.max(open, cents) + 1 + next(500);
    const low = Math.min(open, cents) - 1 - next(500);
    return {
      time: start + index * intervalMs,
      open: open / 100,
      high: high / 100,
      low: low / 100,
      close: cents / 100,
      volume: (1_000 + next(90_000)) / 1_000,
    };
  });
}

/** The rows as text, `sep` between cells, with the time as `stamp` writes it. */
export function toCsv(
  rows: readonly SampleRow[],
  stamp: (time: number) => string | number = (time) => time,
  sep = ",",
): string {
  return rows
    .map((row) => [stamp(row.time), row.open, row.high, row.low, row.close, row.volume].join(sep))
    .join("\n");
}

/** ccxt's arrays. */
export function toArrays(rows: readonly SampleRow[]): number[][] {
  return rows.map((row) => [row.time, row.open, row.high, row.low, row.close, row.volume]);
}
