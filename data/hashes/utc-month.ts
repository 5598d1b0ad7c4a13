import { lowerBound } from "#engine/market/bars.ts";

/** Rows `[start, end)` that fall into one UTC month. */
export interface MonthSlice {
  /** `2025-10`. */
  readonly month: string;
  readonly start: number;
  readonly end: number;
}

/** The UTC month of a time in epoch ms: `2025-10`. */
export function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, -"-01T00:00:00.000Z".length);
}

/** Epoch ms of the first instant of a month. */
export function monthStart(month: string): number {
  return Date.parse(`${month}-01T00:00:00.000Z`);
}

/** Epoch ms of the first instant after a month. */
export function monthEnd(month: string): number {
  const start = new Date(monthStart(month));
  return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
}

/** Splits sorted times into months; a month without rows has no slice. */
export function splitMonths(time: Float64Array, length: number): MonthSlice[] {
  const slices: MonthSlice[] = [];
  let start = 0;
  while (start < length) {
    const month = monthOf(time[start] as number);
    const end = lowerBound(time, length, monthEnd(month));
    slices.push({ month, start, end });
    start = end;
  }
  return slices;
}
