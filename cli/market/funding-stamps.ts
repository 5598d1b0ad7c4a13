import { DrydockError } from "#engine/errors.ts";
import type { FundingColumns } from "#engine/market/bars.ts";

/** Venues write the stamp up to some seconds late; what is missing is missing by an hour at least. */
const SLACK_MS = 60_000;
/** A venue can shorten or lengthen its interval; a step that stands alone is a hole. */
const HOUR_MS = 3_600_000;

export interface FundingNeed {
  readonly label: string;
  /** The run's first open and last close. */
  readonly from: number;
  readonly to: number;
  readonly missing: "error" | "zero" | "last";
}

/** The stamps that a series should have between the ends of a run and has not. */
export function missingStamps(funding: FundingColumns, from: number, to: number): number[] {
  if (funding.length === 0) return [];
  const step = modalStep(funding);
  const missing: number[] = [];
  const first = roundStamp(funding.time[0] as number);
  for (let stamp = first - step; stamp > from + SLACK_MS; stamp -= step) missing.unshift(stamp);
  for (let row = 1; row < funding.length; row++) {
    const before = roundStamp(funding.time[row - 1] as number);
    const now = roundStamp(funding.time[row] as number);
    if (now - before <= step + SLACK_MS || isRegularStep(funding, row)) continue;
    for (let stamp = before + step; stamp < now - SLACK_MS; stamp += step) missing.push(stamp);
  }
  const last = roundStamp(funding.time[funding.length - 1] as number);
  for (let stamp = last + step; stamp < to - SLACK_MS; stamp += step) missing.push(stamp);
  return missing.filter((stamp) => stamp > from && stamp < to);
}

/**
 * The funding of a run: complete, or as `fundingMissing` says.
 * @throws E_FUNDING_MISSING naming the first missing stamp
 */
export function completeFunding(
  funding: FundingColumns,
  need: FundingNeed,
): { readonly funding: FundingColumns; readonly filled: number } {
  const missing = missingStamps(funding, need.from, need.to);
  if (missing.length === 0) return { funding, filled: 0 };
  if (need.missing === "error") throw missingError(need.label, missing);
  if (need.missing === "zero") return { funding, filled: missing.length };
  return { funding: carryForward(funding, missing), filled: missing.length };
}

function missingError(label: string, missing: readonly number[]): DrydockError {
  const first = new Date(missing[0] as number).toISOString();
  const times = missing.length === 1 ? "1 stamp" : `${missing.length} stamps`;
  return new DrydockError("E_FUNDING_MISSING", `${label} misses ${times}, first at ${first}`, {
    while: "loading funding rates",
    hint: "Import the missing rates, or shorten the run with --from and --to",
    or: "--funding-missing zero (or last), or --funding none",
  });
}

/** Rows with the last known rate at every missing stamp; before the first row there is none to carry. */
function carryForward(funding: FundingColumns, missing: readonly number[]): FundingColumns {
  const rows: { time: number; rate: number }[] = [];
  let next = 0;
  let rate = 0;
  for (const stamp of [...missing, Number.POSITIVE_INFINITY]) {
    while (next < funding.length && (funding.time[next] as number) < stamp) {
      rate = funding.rate[next] as number;
      rows.push({ time: funding.time[next] as number, rate });
      next += 1;
    }
    if (stamp !== Number.POSITIVE_INFINITY && rows.length > 0) rows.push({ time: stamp, rate });
  }
  return {
    length: rows.length,
    time: Float64Array.from(rows, (row) => row.time),
    rate: Float64Array.from(rows, (row) => row.rate),
  };
}

/** A step that its neighbour repeats is an interval of the venue, not a hole. */
function isRegularStep(funding: FundingColumns, row: number): boolean {
  const step = stepAt(funding, row);
  const before = row > 1 ? stepAt(funding, row - 1) : Number.NaN;
  const after = row + 1 < funding.length ? stepAt(funding, row + 1) : Number.NaN;
  return step <= 8 * HOUR_MS && (step === before || step === after);
}

function stepAt(funding: FundingColumns, row: number): number {
  return roundStamp(funding.time[row] as number) - roundStamp(funding.time[row - 1] as number);
}

function modalStep(funding: FundingColumns): number {
  const counts = new Map<number, number>();
  for (let row = 1; row < funding.length; row++) {
    const step = stepAt(funding, row);
    if (step > 0) counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  let best = 8 * HOUR_MS;
  let most = 0;
  for (const [step, count] of counts) {
    if (count > most || (count === most && step < best)) {
      best = step;
      most = count;
    }
  }
  return best;
}

function roundStamp(time: number): number {
  return Math.floor(time / SLACK_MS) * SLACK_MS;
}
