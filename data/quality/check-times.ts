/** Order, duplicates, alignment and gaps of open times. */
import type { BarColumns } from "#engine/market/bars.ts";
import { formatInterval, MONTH_MS } from "#engine/market/interval.ts";
import { compareRows, describeDifference } from "./compare-rows.ts";
import { type Finding, Tally } from "./finding.ts";
import { makeGrid, type TimeGrid } from "./time-grid.ts";
import { formatCount, formatTime, plural } from "./wording.ts";

type Where = (index: number) => string;

const DAY_MS = 86_400_000;

export function checkTimes(bars: BarColumns, where: Where): Finding[] {
  if (bars.length === 0) return [];
  const grid = bars.intervalMs > 0 ? makeGrid(bars.intervalMs, bars.time, bars.length) : null;
  return [
    ...checkOrder(bars, where),
    ...checkDuplicates(bars, where),
    ...(grid === null ? [] : checkAlignment(bars, grid, where)),
    ...(grid === null ? [] : checkGaps(bars, grid)),
  ];
}

function checkOrder(bars: BarColumns, where: Where): Finding[] {
  const tally = new Tally();
  for (let index = 1; index < bars.length; index++) {
    const time = bars.time[index] as number;
    const before = bars.time[index - 1] as number;
    if (!(time < before)) continue;
    tally.add(
      time,
      index,
      () => `${formatTime(time)} after ${formatTime(before)}, ${where(index)}`,
    );
  }
  if (tally.count === 0) return [];
  return [
    {
      code: "unsorted",
      severity: "error",
      count: tally.count,
      first: tally.first,
      message: `${plural(tally.count, "row")} earlier than the row before`,
    },
  ];
}

/** Rows with the open time of the row before: the same row again, the same but rounded, or another opinion. */
function checkDuplicates(bars: BarColumns, where: Where): Finding[] {
  const same = new Tally();
  const rounded = new Tally();
  const conflicting = new Tally();
  let widest = { index: 0, distance: -1 };
  let first = 0;
  for (let index = 1; index < bars.length; index++) {
    const time = bars.time[index] as number;
    if (time !== bars.time[first]) {
      first = index;
      continue;
    }
    const base = first;
    const { relation, distance } = compareRows(bars, base, index);
    const tally = { same, rounded, conflicting }[relation];
    tally.add(time, index, () => {
      const places = `${where(base)} and ${where(index)}`;
      const difference = relation === "same" ? "" : `: ${describeDifference(bars, base, index)}`;
      return `${formatTime(time)}, ${places}${difference}`;
    });
    if (relation === "conflicting" && distance > widest.distance) widest = { index, distance };
  }
  const findings: Finding[] = [];
  if (same.count > 0) {
    const message = `${plural(same.count, "row")} twice, identical, the first at ${same.first[0]?.detail}`;
    findings.push({
      code: "duplicate",
      severity: "warning",
      count: same.count,
      first: same.first,
      message,
    });
  }
  if (rounded.count > 0) {
    const message = `${plural(rounded.count, "row")} twice, once rounded, the first at ${rounded.first[0]?.detail}`;
    findings.push({
      code: "roundedDuplicate",
      severity: "warning",
      count: rounded.count,
      first: rounded.first,
      message,
    });
  }
  if (conflicting.count > 0) {
    const { index } = widest;
    const worst = `${formatTime(bars.time[index] as number)} (${describeDifference(bars, firstOfTime(bars, index), index)})`;
    const message = `${plural(conflicting.count, "row")} twice with different values, the widest apart at ${worst}`;
    findings.push({
      code: "conflictingDuplicate",
      severity: "error",
      count: conflicting.count,
      first: conflicting.first,
      message,
    });
  }
  return findings;
}

function firstOfTime(bars: BarColumns, index: number): number {
  let first = index;
  while (first > 0 && bars.time[first - 1] === bars.time[index]) first--;
  return first;
}

function checkAlignment(bars: BarColumns, grid: TimeGrid, where: Where): Finding[] {
  const findings: Finding[] = [];
  const tally = new Tally();
  const offsets = new Set<number>();
  let onGrid = Number.NaN;
  for (let index = 0; index < bars.length; index++) {
    const time = bars.time[index] as number;
    // One interval after a row on the grid is on it too: hardly any row needs the division.
    if (time === onGrid + grid.stepMs) {
      onGrid = time;
      continue;
    }
    const offset = grid.offset(time);
    if (offset === 0) onGrid = time;
    if (offset === 0 || !Number.isFinite(time)) continue;
    if (offsets.size < 3) offsets.add(offset);
    tally.add(time, index, () => `${formatTime(time)}, ${where(index)}`);
  }
  const word = formatInterval(bars.intervalMs);
  if (tally.count > 0) {
    const isConstant = tally.count === bars.length && offsets.size === 1;
    const by = `${formatSpan(Math.abs([...offsets][0] ?? 0))}`;
    findings.push({
      code: "misaligned",
      severity: "error",
      count: tally.count,
      first: tally.first,
      message: isConstant
        ? `All rows stand ${by} off the ${word} grid: the times are probably not UTC`
        : `${plural(tally.count, "row")} off the ${word} grid, the first at ${tally.first[0]?.detail}`,
    });
  }
  if (bars.intervalMs === MONTH_MS && grid.shift === -DAY_MS) {
    const time = bars.time[0] as number;
    findings.push({
      code: "monthEndStamp",
      severity: "warning",
      count: bars.length,
      first: [{ time, index: 0, detail: formatTime(time) }],
      message:
        "Months are stamped on their last day, so each bar seems to begin when it ends; name the stamp as close to move them to the first",
    });
  }
  return findings;
}

function checkGaps(bars: BarColumns, grid: TimeGrid): Finding[] {
  const tally = new Tally();
  let missing = 0;
  let longest = { after: 0, missing: 0 };
  let overWeekend = 0;
  for (let index = 1; index < bars.length; index++) {
    const before = bars.time[index - 1] as number;
    const time = bars.time[index] as number;
    if (time === before + grid.stepMs) continue;
    const absent = grid.steps(before, time) - 1;
    if (!(absent > 0)) continue;
    missing += absent;
    if (absent > longest.missing) longest = { after: before, missing: absent };
    if (crossesWeekend(before, time)) overWeekend++;
    tally.add(time, index, () => `${plural(absent, "bar")} missing after ${formatTime(before)}`);
  }
  if (tally.count === 0) return [];
  const usual =
    overWeekend * 4 > tally.count * 3 && bars.intervalMs <= DAY_MS
      ? "; most of them are weekends, as on a market that closes"
      : "";
  return [
    {
      code: "gap",
      severity: "warning",
      count: tally.count,
      first: tally.first,
      missing,
      longest,
      message: `${plural(tally.count, "gap")}, ${plural(missing, "bar")} missing, the longest ${formatCount(longest.missing)} after ${formatTime(longest.after)}${usual}`,
    },
  ];
}

/** From Friday or Saturday to Sunday or Monday, without a whole week between. */
function crossesWeekend(before: number, time: number): boolean {
  const from = new Date(before).getUTCDay();
  const to = new Date(time).getUTCDay();
  return (from === 5 || from === 6) && (to === 0 || to === 1) && time - before < 5 * DAY_MS;
}

function formatSpan(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${ms / 1_000} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 6_000) / 10} min`;
  return `${Math.round(ms / 360_000) / 10} h`;
}
