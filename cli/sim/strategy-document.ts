import type { DayTold, StoryTold } from "#cli/sim/sim-task.ts";
import { strategyAdvice } from "#cli/sim/strategy-advice.ts";
import type { StrategyAbout } from "#cli/sim/strategy-offer.ts";
import { isoTime } from "#data/store/csv-text.ts";

/** A day that cost more than this share of the balance beyond the same day without faults, percent, hurts. */
export const HURT_PCT = 1;
/** So much longer without a stop than without faults, minutes. */
export const UNPROTECTED_MINUTES = 5;
const MINUTE = 60_000;

export type StrategyDocument = ReturnType<typeof strategyDocument>;
export type DayDocument = StrategyDocument["days"][number];

/** What bad days made of a strategy: the part `strategy` of `drydock.sim.run/1`. */
export function strategyDocument(about: StrategyAbout, days: readonly DayTold[]) {
  const rows = days.map((day) => dayDocument(day, about.balance));
  const exceptions = exceptionsOf(days);
  const worst = rows
    .filter(({ difference }) => difference !== null)
    .toSorted((a, b) => (a.difference ?? 0) - (b.difference ?? 0))[0];
  const isBroken =
    rows.some(
      ({ passed, calm, unknownsLeft, doubledOrders }) =>
        !passed || calm.invariant !== null || unknownsLeft + doubledOrders > 0,
    ) || exceptions.length > 0;
  const isHurt = rows.some(
    ({ differencePct, unprotectedMinutes, calm }) =>
      (differencePct ?? 0) < -HURT_PCT ||
      (unprotectedMinutes ?? 0) > (calm.unprotectedMinutes ?? 0) + UNPROTECTED_MINUTES,
  );
  const verdict = isBroken ? "failed" : isHurt ? "hurt" : "survived";
  const { hasState: _hasState, from, to, ...shown } = about;
  const facts = { rows, exceptions, worst, about };
  return {
    ...shown,
    from: isoTime(from),
    to: isoTime(to),
    verdict: verdict as "failed" | "hurt" | "survived",
    advice: strategyAdvice(facts),
    exceptions,
    worstSeed: worst?.seed ?? null,
    worstDifference: worst?.difference ?? null,
    worstDrawdownPct: Math.max(0, ...rows.map(({ maxDrawdownPct }) => maxDrawdownPct)),
    orders: sum(rows.map(({ orders }) => orders)),
    executions: sum(rows.map(({ executions }) => executions)),
    doubledOrders: sum(rows.map(({ doubledOrders }) => doubledOrders)),
    unknowns: sum(rows.map(({ unknowns }) => unknowns)),
    unknownsLeft: sum(rows.map(({ unknownsLeft }) => unknownsLeft)),
    restarts: sum(rows.map(({ restarts }) => restarts)),
    faults: sum(rows.map(({ faults }) => faults)),
    findings: findingsOf(days),
    // A day that broke another rule ended there: nothing was compared.
    positionsEqualAtQuiet: rows.some(({ invariant }) => invariant === "I15")
      ? false
      : rows.some(({ passed }) => passed)
        ? true
        : null,
    days: rows,
  };
}

function dayDocument({ report, from, to, bad, calm, calmFailure }: DayTold, balance: number) {
  // A run that broke an invariant ended there: its money is not that of a whole day.
  const isWhole = report.failure === null && calmFailure === null;
  const difference = isWhole ? money(bad.pnl - calm.pnl) : null;
  return {
    seed: report.seed,
    from: isoTime(from),
    to: isoTime(to),
    passed: report.failure === null,
    invariant: report.failure?.invariant ?? null,
    faults: sum(Object.values(report.fired)),
    restarts: sum(Object.values(report.ends)),
    ...storyDocument(bad),
    calm: { ...storyDocument(calm), invariant: calmFailure?.invariant ?? null },
    difference,
    differencePct: difference === null ? null : money((100 * difference) / balance),
  };
}

function storyDocument(story: StoryTold) {
  const { orders, executions, doubledOrders, unknowns, unknownsLeft, findings } = story;
  return {
    pnl: money(story.pnl),
    maxDrawdownPct: money(story.maxDrawdownPct),
    orders,
    executions,
    doubledOrders,
    unknowns,
    unknownsLeft,
    findings,
    exposedMinutes: money(story.exposedMs / MINUTE),
    /** Null where no stop was ever asked for: then nothing is missing. */
    unprotectedMinutes: story.hadStops ? money(story.unprotectedMs / MINUTE) : null,
  };
}

/** Each place once, with the first day on which it was reached. */
function exceptionsOf(days: readonly DayTold[]) {
  const found = new Map<string, ReturnType<typeof exceptionOf>>();
  for (const { report, bad, calm } of days) {
    for (const failure of bad.failures) {
      const calmToo = calm.failures.some(({ place }) => place?.text === failure.place?.text);
      const key = `${failure.place?.text ?? ""} ${failure.message}`;
      if (!found.has(key)) found.set(key, exceptionOf(failure, report.seed, calmToo));
    }
  }
  return [...found.values()];
}

function exceptionOf(
  { message, place, time }: StoryTold["failures"][number],
  seed: string,
  alsoWithoutFaults: boolean,
) {
  return {
    message,
    place: place?.text ?? null,
    excerpt: place?.excerpt ?? null,
    seed,
    time: isoTime(time),
    alsoWithoutFaults,
  };
}

function findingsOf(days: readonly DayTold[]) {
  const counts = new Map<string, number>();
  for (const { bad } of days) {
    for (const [name, count] of Object.entries(bad.findings)) {
      counts.set(name, (counts.get(name) ?? 0) + count);
    }
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => ({ class: name, count }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Six decimals: more of a float64 sum is noise. */
function money(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
