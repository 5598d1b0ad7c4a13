import type { SeriesKind } from "#data/series.ts";
import type { BarColumns, FundingColumns } from "#engine/market/bars.ts";

/** Rows of any series as columns; the first column is the time. What the store and the cache have in common. */
export interface SeriesColumns {
  readonly length: number;
  readonly columns: readonly Float64Array[];
}

export interface SeriesTable {
  readonly table: "bars" | "funding";
  readonly columns: readonly string[];
}

const BARS: SeriesTable = {
  table: "bars",
  columns: ["time", "open", "high", "low", "close", "volume"],
};
const FUNDING: SeriesTable = { table: "funding", columns: ["time", "rate"] };

/** Where the rows of a kind are stored and what their columns are called. */
export function tableOf(kind: SeriesKind): SeriesTable {
  return kind === "funding" ? FUNDING : BARS;
}

export function barColumns(bars: BarColumns): SeriesColumns {
  const { time, open, high, low, close, volume, length } = bars;
  return { length, columns: [time, open, high, low, close, volume] };
}

export function fundingColumns(funding: FundingColumns): SeriesColumns {
  return { length: funding.length, columns: [funding.time, funding.rate] };
}

export function toBars(rows: SeriesColumns, intervalMs: number): BarColumns {
  const [time, open, high, low, close, volume] = rows.columns as readonly [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { intervalMs, length: rows.length, time, open, high, low, close, volume };
}

export function toFunding(rows: SeriesColumns): FundingColumns {
  const [time, rate] = rows.columns as readonly [Float64Array, Float64Array];
  return { length: rows.length, time, rate };
}

/** The rows `[start, end)`, without copying. */
export function sliceColumns(rows: SeriesColumns, start: number, end: number): SeriesColumns {
  return {
    length: end - start,
    columns: rows.columns.map((column) => column.subarray(start, end)),
  };
}

/** Allocates columns in memory that workers can share; each column begins on a cache line. */
export function allocateShared(columnCount: number, length: number): SeriesColumns {
  const stride = Math.ceil((length * 8) / CACHE_LINE) * CACHE_LINE;
  const buffer = new SharedArrayBuffer(Math.max(CACHE_LINE, stride * columnCount));
  const columns = Array.from(
    { length: columnCount },
    (_, index) => new Float64Array(buffer, index * stride, length),
  );
  return { length, columns };
}

const CACHE_LINE = 64;
