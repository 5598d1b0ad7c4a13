/**
 * The grid on which open times must lie. Up to a day it is the multiples of the interval from 1970-01-01 UTC. Longer
 * bars keep the stamps of their source (weeks of one venue begin on Monday, of another on Thursday; months may be
 * stamped at their end), so for them the grid is whatever most rows share.
 */
import { MONTH_MS } from "#engine/market/interval.ts";

const DAY_MS = 86_400_000;

export interface TimeGrid {
  /** Distance to the nearest place on the grid, in ms; negative when the stamp is early. */
  offset(time: number): number;
  /** From one place on the grid to the next, in ms; NaN where that differs. */
  readonly stepMs: number;
  /** Whole intervals between two stamps, rounded. */
  steps(from: number, to: number): number;
  /** What most rows share beyond the grid's origin; 0 up to a day. */
  readonly shift: number;
}

export function makeGrid(intervalMs: number, time: Float64Array, length: number): TimeGrid {
  if (intervalMs === MONTH_MS) return monthGrid(time, length);
  const shift = intervalMs > DAY_MS ? mostFrequentShift(intervalMs, time, length) : 0;
  return {
    shift,
    stepMs: intervalMs,
    offset: (at) => {
      const rest = (((at - shift) % intervalMs) + intervalMs) % intervalMs;
      return rest > intervalMs / 2 ? rest - intervalMs : rest;
    },
    steps: (from, to) => Math.round((to - from) / intervalMs),
  };
}

/** Only whole days count: a weekly bar at 00:10 is still ten minutes off. */
function mostFrequentShift(intervalMs: number, time: Float64Array, length: number): number {
  const counts = new Map<number, number>();
  for (let index = 0; index < length; index++) {
    const day = Math.floor((time[index] as number) / DAY_MS) * DAY_MS;
    const shift = ((day % intervalMs) + intervalMs) % intervalMs;
    counts.set(shift, (counts.get(shift) ?? 0) + 1);
  }
  let best = 0;
  let most = 0;
  for (const [shift, count] of counts) {
    if (count > most || (count === most && shift < best)) {
      best = shift;
      most = count;
    }
  }
  return best;
}

/** Months are stamped on their first day or on their last; the shift is -1 day for the latter. */
function monthGrid(time: Float64Array, length: number): TimeGrid {
  let ends = 0;
  for (let index = 0; index < length; index++) {
    if (new Date((time[index] as number) + DAY_MS).getUTCDate() === 1) ends++;
  }
  const shift = ends * 2 > length ? -DAY_MS : 0;
  const monthOf = (at: number): number => {
    const date = new Date(at - shift);
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  };
  return {
    shift,
    stepMs: Number.NaN,
    offset: (at) => {
      const date = new Date(at - shift);
      return at - shift - Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
    },
    steps: (from, to) => monthOf(to) - monthOf(from),
  };
}
