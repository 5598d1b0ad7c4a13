import { DrydockError } from "#engine/errors.ts";
import { formatInterval, MONTH_MS } from "#engine/market/interval.ts";

export interface FoundInterval {
  /** Null when there are too few rows and no name. */
  readonly intervalMs: number | null;
  readonly note: string | null;
}

const DAY_MS = 86_400_000;

/** More distinct steps than this mean that the rows are no bars; counting stops. */
const DISTINCT_STEPS_MAX = 5_000;

interface Steps {
  /** Steps rounded to whole seconds, with how often each occurs. */
  readonly counts: ReadonlyMap<number, number>;
  readonly total: number;
  readonly modal: number | null;
  readonly shortest: number | null;
}

/**
 * The interval of bars whose sorted times are given: the most frequent step. The name of the file decides when there
 * is no step to count, or when rows are so sparse that the most frequent step is a multiple of the true one.
 *
 * @param named from the file name; content overrules it, with a note.
 * @param told by the user; content that contradicts it is refused.
 * @throws E_DATA_INTERVAL when the rows do not have the interval the user told.
 */
export function findInterval(
  time: Float64Array,
  length: number,
  named: number | null,
  told: number | null,
): FoundInterval {
  const steps = countSteps(time, length);
  const wanted = told ?? named;
  if (steps.modal === null || steps.shortest === null) return { intervalMs: wanted, note: null };
  const counted = isMonthly(steps) ? MONTH_MS : steps.modal;
  if (wanted === null || wanted === counted) return { intervalMs: counted, note: null };
  if (steps.shortest === wanted && [...steps.counts.keys()].every((step) => step % wanted === 0)) {
    const note = `Most rows are ${formatInterval(counted)} apart, the closest ${formatInterval(wanted)}: read as sparse ${formatInterval(wanted)} bars`;
    return { intervalMs: wanted, note };
  }
  if (told !== null) {
    throw new DrydockError(
      "E_DATA_INTERVAL",
      `The rows are ${formatInterval(counted)} apart, not ${formatInterval(told)}`,
      { hint: `Leave the interval out, or name ${formatInterval(counted)}` },
    );
  }
  return {
    intervalMs: counted,
    note: `The name says ${formatInterval(wanted)}, the rows are ${formatInterval(counted)} apart: read as ${formatInterval(counted)}`,
  };
}

function countSteps(time: Float64Array, length: number): Steps {
  const counts = new Map<number, number>();
  let total = 0;
  for (let index = 1; index < length; index++) {
    const raw = (time[index] as number) - (time[index - 1] as number);
    const step = Math.round(raw / 1_000) * 1_000;
    if (step <= 0) continue;
    total++;
    const count = counts.get(step);
    if (count !== undefined || counts.size < DISTINCT_STEPS_MAX) counts.set(step, (count ?? 0) + 1);
  }
  let modal: number | null = null;
  let shortest: number | null = null;
  let most = 0;
  for (const [step, count] of counts) {
    if (shortest === null || step < shortest) shortest = step;
    // Of two steps that are equally frequent the shorter one can make up the longer, not the reverse.
    if (count > most || (count === most && modal !== null && step < modal)) {
      most = count;
      modal = step;
    }
  }
  return { counts, total, modal, shortest };
}

/** Steps of 28 to 31 days for at least four in five rows. */
function isMonthly(steps: Steps): boolean {
  let monthly = 0;
  for (const [step, count] of steps.counts) {
    if (step >= 28 * DAY_MS && step <= 31 * DAY_MS) monthly += count;
  }
  return monthly * 5 >= steps.total * 4;
}
