import type { RunLog } from "#sim/audit/run-log.ts";

/** Cuts on bars that follow one another: a leak that comes and goes shows in one of them. */
const WINDOW = 16;

/**
 * The times at which the data are cut, in order: the first decisions and others spread over the run, doubling
 * distances from the first bar, a window of successive bars, and random bars for the rest.
 * @param log The full run; the strategy was asked in it
 * @param count How many, fewer where there are not so many bars
 */
export function chooseCuts(log: RunLog, count: number, seed: number): readonly number[] {
  const asked = askedTimes(log);
  if (asked.length <= count) return asked;
  const decided = [...new Set(log.decisions.map(({ time }) => time))];
  const chosen = new Set<number>();
  const take = (time: number | undefined, limit: number): void => {
    if (time !== undefined && chosen.size < limit) chosen.add(time);
  };
  for (const time of decided.slice(0, count >>> 3)) take(time, count);
  for (const time of spread(decided, count >>> 2)) take(time, count);
  for (let at = 0; at < asked.length; at = 2 * at + 1) take(asked[at], count >>> 1);
  const middle = decided[decided.length >>> 1] ?? asked[asked.length >>> 1];
  const from = Math.max(0, asked.indexOf(middle ?? 0) - WINDOW / 2);
  for (let at = from; at < from + WINDOW; at++) take(asked[at], count - (count >>> 3));
  // The limit is for the case that hardly a bar is left to find.
  for (let step = 1; chosen.size < count; step++) {
    take(asked[scatter(seed, step) % asked.length], count);
    if (step > 8 * count) break;
  }
  return [...chosen].sort((a, b) => a - b);
}

/** Every time at which the strategy decided something, evenly thinned to at most `count`. */
export function decisionCuts(log: RunLog, count: number): readonly number[] {
  const decided = [...new Set(log.decisions.map(({ time }) => time))];
  return decided.length <= count ? decided : spread(decided, count);
}

/** Every time at which the strategy was asked, of all symbols, in order. */
export function askedTimes(log: RunLog): readonly number[] {
  const times = new Set<number>();
  for (const symbol of log.symbols.values()) for (const time of symbol.times) times.add(time);
  return [...times].sort((a, b) => a - b);
}

function spread(times: readonly number[], count: number): readonly number[] {
  const step = times.length / Math.max(1, count);
  return Array.from({ length: count }, (_, at) => times[Math.floor(at * step)]).filter(
    (time) => time !== undefined,
  );
}

function scatter(seed: number, step: number): number {
  let hash = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(step, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return (hash ^ (hash >>> 13)) >>> 0;
}
