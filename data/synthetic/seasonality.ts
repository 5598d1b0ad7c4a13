import { portableLn } from "./portable-ln.ts";

/** Volatility by half hour of the day (UTC), relative: quiet mornings, the American session, midnight's new day. */
const HALF_HOURS = [
  1.05, 1.0, 0.98, 0.95, 0.92, 0.86, 0.8, 0.78, 0.75, 0.73, 0.72, 0.72, 0.76, 0.78, 0.82, 0.82,
  0.82, 0.8, 0.78, 0.76, 0.76, 0.76, 0.78, 0.8, 0.86, 1.02, 1.12, 1.5, 1.6, 1.48, 1.36, 1.28, 1.18,
  1.14, 1.1, 1.08, 1.08, 1.1, 1.16, 1.26, 1.14, 1.02, 0.98, 0.95, 0.96, 0.94, 0.92, 0.94,
];
/** Monday to Sunday. */
const WEEKDAYS = [1.04, 1.0, 1.03, 1.03, 1.0, 0.66, 0.72];

export const SEASON_SLOT_MS = 1_800_000;
export const SEASON_SLOTS = 7 * 48;
/** 1970-01-05 00:00 UTC, the first Monday. */
export const SEASON_ORIGIN_MS = 4 * 86_400_000;

/**
 * The log of the variance per half hour of the week, from Monday 00:00 UTC, with a mean variance of 1. Daylight saving
 * time is ignored: the American session opens at 13:30 all year.
 */
export function makeSeasonalLogVariance(): Float64Array {
  const variance = new Float64Array(SEASON_SLOTS);
  let sum = 0;
  for (let slot = 0; slot < SEASON_SLOTS; slot++) {
    const day = WEEKDAYS[Math.floor(slot / 48)] as number;
    const vol = day * (HALF_HOURS[slot % 48] as number);
    variance[slot] = vol * vol;
    sum += vol * vol;
  }
  return variance.map((each) => portableLn((each * SEASON_SLOTS) / sum));
}

/** The slot of the week that contains `time`, epoch ms. */
export function seasonSlot(time: number): number {
  const slots = Math.floor((time - SEASON_ORIGIN_MS) / SEASON_SLOT_MS);
  return slots - Math.floor(slots / SEASON_SLOTS) * SEASON_SLOTS;
}
