/**
 * What is wrong with funding rates before they may enter the store. Venues stamp some ms late, change a symbol's
 * interval (8 h, 4 h, 1 h) and may pay at odd hours in between; what costs money is a rate twice or a rate missing.
 */
import type { FundingColumns } from "#engine/market/bars.ts";
import { type Finding, Tally } from "./finding.ts";
import { formatTime, plural } from "./wording.ts";

export interface FundingCheckOptions {
  readonly now?: number | undefined;
  readonly where?: ((index: number) => string) | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** No venue pays less often; a longer step is a hole whatever is beside it. */
const STEP_MAX_MS = 24 * HOUR_MS;
/** Beyond the caps of the venues (2 to 4 % per interval); a column in percent is there at once. */
const RATE_MAX = 0.05;
/** The usual rate is 0.0001; a median above this is percent or something else altogether. */
const MEDIAN_MAX = 0.004;

/** Two rates closer together than this are one payment, stamped twice. */
export const SAME_STAMP_MS = MINUTE_MS;

/** All findings, errors first. */
export function checkFunding(
  funding: FundingColumns,
  options: FundingCheckOptions = {},
): Finding[] {
  const where = options.where ?? ((index: number): string => `row ${index + 1}`);
  const findings = [
    ...checkRates(funding, where),
    ...checkRepeats(funding, where),
    ...checkStamps(funding, where),
    ...checkSteps(funding),
    ...checkFuture(funding, options.now),
  ];
  const rank = { error: 0, warning: 1, info: 2 };
  return findings.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

type Where = (index: number) => string;

function checkRates(funding: FundingColumns, where: Where): Finding[] {
  const notFinite = new Tally();
  const absurd = new Tally();
  const sizes: number[] = [];
  for (let index = 0; index < funding.length; index++) {
    const time = funding.time[index] as number;
    const rate = funding.rate[index] as number;
    const place = (): string => `${rate} at ${formatTime(time)}, ${where(index)}`;
    if (!Number.isFinite(rate + time)) notFinite.add(time, index, place);
    else {
      sizes.push(Math.abs(rate));
      if (Math.abs(rate) > RATE_MAX) absurd.add(time, index, place);
    }
  }
  const findings: Finding[] = [];
  if (notFinite.count > 0) {
    const message = `${plural(notFinite.count, "rate")} missing or no number, the first: ${notFinite.first[0]?.detail}`;
    findings.push({
      code: "notFinite",
      severity: "error",
      count: notFinite.count,
      first: notFinite.first,
      message,
    });
  }
  const median = sizes.sort((a, b) => a - b)[sizes.length >> 1] ?? 0;
  if (median > MEDIAN_MAX) {
    const message = `Half of the rates are beyond ${median} per interval: they are probably percent, not fractions`;
    findings.push({
      code: "absurdRate",
      severity: "error",
      count: sizes.length,
      first: absurd.first,
      message,
    });
  } else if (absurd.count > 0) {
    const message = `${plural(absurd.count, "rate")} beyond ${RATE_MAX * 100} % per interval, the first: ${absurd.first[0]?.detail}`;
    findings.push({
      code: "absurdRate",
      severity: "warning",
      count: absurd.count,
      first: absurd.first,
      message,
    });
  }
  return findings;
}

function checkRepeats(funding: FundingColumns, where: Where): Finding[] {
  const unsorted = new Tally();
  const same = new Tally();
  const conflicting = new Tally();
  for (let index = 1; index < funding.length; index++) {
    const time = funding.time[index] as number;
    const step = time - (funding.time[index - 1] as number);
    const [before, rate] = [funding.rate[index - 1], funding.rate[index]];
    const place = (): string =>
      `${before} and ${rate} at ${formatTime(time)}, ${where(index - 1)} and ${where(index)}`;
    if (step < 0) unsorted.add(time, index, place);
    else if (step < SAME_STAMP_MS)
      (Object.is(before, rate) ? same : conflicting).add(time, index, place);
  }
  const findings: Finding[] = [];
  if (unsorted.count > 0) {
    const message = `${plural(unsorted.count, "rate")} earlier than the one before`;
    findings.push({
      code: "unsorted",
      severity: "error",
      count: unsorted.count,
      first: unsorted.first,
      message,
    });
  }
  if (same.count > 0) {
    const message = `${plural(same.count, "rate")} twice, the first: ${same.first[0]?.detail}`;
    findings.push({
      code: "duplicate",
      severity: "warning",
      count: same.count,
      first: same.first,
      message,
    });
  }
  if (conflicting.count > 0) {
    const message = `${plural(conflicting.count, "rate")} twice with different values, the first: ${conflicting.first[0]?.detail}`;
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

/** Stamps beside the full hour: some ms are the venue's delay, minutes are not. */
function checkStamps(funding: FundingColumns, where: Where): Finding[] {
  const late = new Tally();
  const misaligned = new Tally();
  let latest = 0;
  for (let index = 0; index < funding.length; index++) {
    const time = funding.time[index] as number;
    const after = ((time % HOUR_MS) + HOUR_MS) % HOUR_MS;
    const offset = Math.min(after, HOUR_MS - after);
    if (offset === 0) continue;
    const place = (): string => `${formatTime(time)}, ${where(index)}`;
    if (offset < MINUTE_MS) {
      late.add(time, index, place);
      latest = Math.max(latest, offset);
    } else misaligned.add(time, index, place);
  }
  const findings: Finding[] = [];
  if (late.count > 0) {
    const message = `${plural(late.count, "stamp")} off the full hour by up to ${latest} ms, as venues write them`;
    findings.push({
      code: "offStamp",
      severity: "info",
      count: late.count,
      first: late.first,
      message,
    });
  }
  if (misaligned.count > 0) {
    const message = `${plural(misaligned.count, "stamp")} not at a full hour, the first: ${misaligned.first[0]?.detail}`;
    findings.push({
      code: "misaligned",
      severity: "warning",
      count: misaligned.count,
      first: misaligned.first,
      message,
    });
  }
  return findings;
}

/** A step longer than the usual one before and the one after is a hole; one that stays is a new interval. */
function checkSteps(funding: FundingColumns): Finding[] {
  const gaps = new Tally();
  const changes = new Tally();
  let missing = 0;
  let longest = { after: 0, missing: 0 };
  const step = (index: number): number =>
    Math.round(
      ((funding.time[index] as number) - (funding.time[index - 1] as number)) / MINUTE_MS,
    ) * MINUTE_MS;
  let earlier = 0;
  for (let index = 1; index < funding.length; index++) {
    const here = step(index);
    if (here <= 0) continue;
    const before = funding.time[index - 1] as number;
    const later = index + 1 < funding.length ? step(index + 1) : 0;
    const usual = Math.max(earlier, later);
    if (here > STEP_MAX_MS || (usual > 0 && here >= usual * 1.5)) {
      const absent = usual > 0 ? Math.max(1, Math.round(here / usual) - 1) : 1;
      missing += absent;
      if (absent > longest.missing) longest = { after: before, missing: absent };
      gaps.add(
        before + here,
        index,
        () => `${plural(absent, "rate")} missing after ${formatTime(before)}`,
      );
      continue;
    }
    if (earlier > 0 && here !== earlier && here === later) {
      const from = earlier / HOUR_MS;
      changes.add(
        before,
        index,
        () => `from ${from} h to ${here / HOUR_MS} h at ${formatTime(before)}`,
      );
    }
    earlier = here;
  }
  const findings: Finding[] = [];
  if (gaps.count > 0) {
    const message = `${plural(gaps.count, "gap")}, ${plural(missing, "rate")} missing, the longest ${longest.missing} after ${formatTime(longest.after)}`;
    findings.push({
      code: "gap",
      severity: "warning",
      count: gaps.count,
      first: gaps.first,
      missing,
      longest,
      message,
    });
  }
  if (changes.count > 0) {
    const message = `The interval changes ${plural(changes.count, "time")}, first ${changes.first[0]?.detail}`;
    findings.push({
      code: "intervalChange",
      severity: "info",
      count: changes.count,
      first: changes.first,
      message,
    });
  }
  return findings;
}

function checkFuture(funding: FundingColumns, now: number | undefined): Finding[] {
  const tally = new Tally();
  for (let index = 0; index < funding.length; index++) {
    const time = funding.time[index] as number;
    if (now !== undefined && time > now + HOUR_MS) tally.add(time, index, () => formatTime(time));
  }
  if (tally.count === 0) return [];
  const message = `${plural(tally.count, "rate")} in the future, the first at ${tally.first[0]?.detail}`;
  return [{ code: "future", severity: "warning", count: tally.count, first: tally.first, message }];
}
