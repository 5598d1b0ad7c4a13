import { DrydockError } from "#engine/errors.ts";
import { type FundingColumns, lowerBound } from "#engine/market/bars.ts";
import { fundingStamp } from "#engine/market/funding-stamp.ts";

/** Venues write the stamp up to some seconds late; what is missing is missing by an hour at least. */
const SLACK_MS = 60_000;
const HOUR_MS = 3_600_000;
/** A longer step is a hole whatever is beside it. */
const STEP_MAX_MS = 8 * HOUR_MS;
/** So many steps on one side say what the interval is there. */
const NEAR_STEPS = 5;
/** A longer step that so many of its neighbours repeat is an interval of the venue, not a hole. */
const REPEATS = 3;

export interface FundingNeed {
  readonly label: string;
  /** First decision and last close of the run. */
  readonly from: number;
  readonly to: number;
  readonly missing: "error" | "zero" | "last";
  /** The venue's usual interval, for a series that is too short to show its own. */
  readonly usualMs: number;
}

/** The interval at which a venue exchanges funding where nothing else is known. */
export function usualFundingMs(exchange: string): number {
  return exchange.startsWith("hyperliquid") ? HOUR_MS : 8 * HOUR_MS;
}

/**
 * The time of the first row that a run uses: a rate that is carried on from before the run's rows is one of them.
 */
export function firstFunding(
  series: FundingColumns,
  request: { readonly fundingMissing: FundingNeed["missing"] },
  readFrom: number,
): number {
  if (request.fundingMissing !== "last") return readFrom;
  const before = lowerBound(series.time, series.length, readFrom) - 1;
  return before < 0 ? readFrom : (series.time[before] as number);
}

/**
 * The stamps inside a run that its funding series should have and has not, ascending. A run pays at stamps after its
 * first moment and before its last. What the interval is, the nearest rows of the whole series say, also those before
 * and after the run: intervals differ by symbol and change.
 *
 * @param series the whole series, not only what lies in the run
 */
export function missingStamps(
  series: FundingColumns,
  need: Pick<FundingNeed, "from" | "to" | "usualMs">,
): number[] {
  const { from, to, usualMs } = need;
  const stamps = stampsOf(series);
  const steps = stepsOf(stamps);
  const missing: number[] = [];
  const add = (stamp: number): void => {
    if (stamp > from && stamp < to) missing.push(stamp);
  };
  const [first] = stamps;
  const last = stamps.at(-1);
  if (first === undefined || last === undefined) {
    for (let at = nextMultiple(from, usualMs); at < to; at += usualMs) add(at);
    return missing;
  }
  const headMs = usualStep(steps.slice(0, NEAR_STEPS)) ?? usualMs;
  const before = Math.ceil((first - from) / headMs) - 1;
  for (let count = before; count > 0; count--) add(first - count * headMs);
  for (let row = 1; row < stamps.length; row++) {
    const [start, end] = [stamps[row - 1] as number, stamps[row] as number];
    if (end <= from || start >= to || isRegular(steps, row - 1)) continue;
    const stepMs = neighbours(steps, row - 1).find((step) => step !== undefined) ?? usualMs;
    for (let stamp = start + stepMs; stamp < end - SLACK_MS; stamp += stepMs) add(stamp);
  }
  const tailMs = usualStep(steps.slice(-NEAR_STEPS)) ?? usualMs;
  const skipped = Math.max(1, Math.floor((from - last) / tailMs));
  for (let stamp = last + skipped * tailMs; stamp < to; stamp += tailMs) add(stamp);
  return missing;
}

/**
 * The funding of a run: complete, or as `missing` says.
 * @param funding the rows that lie in the run
 * @param series the whole series that they are of
 * @throws E_FUNDING_MISSING naming the first missing stamp, or the first with no earlier rate to carry on
 */
export function completeFunding(
  funding: FundingColumns,
  series: FundingColumns,
  need: FundingNeed,
): { readonly funding: FundingColumns; readonly filled: number } {
  const missing = missingStamps(series, need);
  if (missing.length === 0) return { funding, filled: 0 };
  if (need.missing === "error") throw missingError(need.label, missing);
  if (need.missing === "zero") return { funding, filled: missing.length };
  const first = missing[0] as number;
  if (series.length === 0 || !((series.time[0] as number) < first)) {
    throw new DrydockError(
      "E_FUNDING_MISSING",
      `${need.label} has no rate before the missing stamp ${isoTime(first)}: there is no last one to carry on`,
      {
        while: "loading funding rates with --funding-missing last",
        hint: "Import the missing rates, or begin the run later with --from",
        or: "--funding-missing zero, or --funding none",
      },
    );
  }
  return { funding: carryForward(funding, series, missing), filled: missing.length };
}

function missingError(label: string, missing: readonly number[]): DrydockError {
  const first = isoTime(missing[0] as number);
  const times = missing.length === 1 ? "1 stamp" : `${missing.length} stamps`;
  return new DrydockError("E_FUNDING_MISSING", `${label} misses ${times}, first at ${first}`, {
    while: "loading funding rates",
    hint: "Import the missing rates, or shorten the run with --from and --to",
    or: "--funding-missing zero (or last), or --funding none",
  });
}

/** The rows, and at every missing stamp one with the rate before it, which may lie before the run. */
function carryForward(
  funding: FundingColumns,
  series: FundingColumns,
  missing: readonly number[],
): FundingColumns {
  const rows = Array.from({ length: funding.length }, (_, row) => ({
    time: funding.time[row] as number,
    rate: funding.rate[row] as number,
  }));
  for (const time of missing) {
    const row = lowerBound(series.time, series.length, time) - 1;
    rows.push({ time, rate: series.rate[row] as number });
  }
  rows.sort((a, b) => a.time - b.time);
  return {
    length: rows.length,
    time: Float64Array.from(rows, (row) => row.time),
    rate: Float64Array.from(rows, (row) => row.rate),
  };
}

/** Whether a step is one of the venue's, not a hole: not longer than what is usual on either side of it. */
function isRegular(steps: readonly number[], at: number): boolean {
  const step = steps[at] as number;
  if (step > STEP_MAX_MS) return false;
  if (neighbours(steps, at).some((usual) => usual !== undefined && step <= usual)) return true;
  let start = at;
  while (start > 0 && steps[start - 1] === step) start -= 1;
  let end = at + 1;
  while (end < steps.length && steps[end] === step) end += 1;
  // At the ends of a series a change of the interval has had no time to repeat itself.
  const isAtEnd = start === 0 || end === steps.length;
  return end - start >= (isAtEnd ? REPEATS - 1 : REPEATS);
}

/** What is usual before and after a step. */
function neighbours(
  steps: readonly number[],
  at: number,
): readonly [number | undefined, number | undefined] {
  return [
    usualStep(steps.slice(Math.max(0, at - NEAR_STEPS), at)),
    usualStep(steps.slice(at + 1, at + 1 + NEAR_STEPS)),
  ];
}

/** The most frequent step that no venue exceeds, the shortest of equals; undefined where there is none. */
function usualStep(steps: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const step of steps) {
    if (step <= STEP_MAX_MS) counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  let best: number | undefined;
  let most = 0;
  for (const [step, count] of counts) {
    if (count > most || (count === most && step < (best ?? Infinity))) {
      best = step;
      most = count;
    }
  }
  return best;
}

/** The minutes that the venue means, each once. */
function stampsOf(series: FundingColumns): readonly number[] {
  const stamps: number[] = [];
  for (let row = 0; row < series.length; row++) {
    const stamp = fundingStamp(series.time[row] as number);
    if (stamp !== stamps.at(-1)) stamps.push(stamp);
  }
  return stamps;
}

/** Steps between stamps, to the nearest hour: a stamp a minute early or late is no other interval. */
function stepsOf(stamps: readonly number[]): readonly number[] {
  return stamps.slice(1).map((stamp, at) => {
    const step = stamp - (stamps[at] as number);
    return Math.max(1, Math.round(step / HOUR_MS)) * HOUR_MS;
  });
}

function nextMultiple(time: number, stepMs: number): number {
  return (Math.floor(time / stepMs) + 1) * stepMs;
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
