import { DrydockError } from "#engine/errors.ts";

/** Words for a bar's length: 1m … 45m, 1h … 12h, 1d, 3d, 1w, 1M. Weeks begin on Monday, as on every venue here. */
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * The nominal length that stands for a calendar month, written `1M`. Monthly bars keep the stamps of their source,
 * their real steps are 28 to 31 days, and `time + MONTH_MS` is only roughly their close.
 */
export const MONTH_MS = 30 * 86_400_000;

const WEEK_MS = 604_800_000;
/** 1970-01-01 was a Thursday; the first Monday came four days later. */
const FIRST_MONDAY_MS = 4 * 86_400_000;

/** @throws E_USAGE when the text is not an interval such as `5m`, `4h` or `1d`, or is as long as `1M` stands for. */
export function parseInterval(text: string): number {
  if (text.trim() === "1M") return MONTH_MS;
  const match = /^([1-9]\d{0,3})([smhdw])$/.exec(text.trim());
  const unit = match?.[2];
  if (match === null || unit === undefined) {
    throw new DrydockError("E_USAGE", `"${text}" is not an interval`, {
      hint: "Use a number and a unit, such as 1m, 5m, 1h, 4h, 1d, 1w or 1M",
    });
  }
  const ms = Number(match[1]) * (UNIT_MS[unit] as number);
  // In ms it could not be told from the calendar month, whose bars are cut quite differently.
  if (ms === MONTH_MS) {
    throw new DrydockError("E_USAGE", `Bars of ${text.trim()} are not supported`, {
      hint: "Write 1M for calendar months, or choose another length such as 28d",
    });
  }
  return ms;
}

/** The shortest customary word for a length in ms: 3,600,000 is `1h`, not `60m`. */
export function formatInterval(ms: number): string {
  if (ms === MONTH_MS) return "1M";
  for (const unit of ["w", "d", "h", "m", "s"]) {
    const unitMs = UNIT_MS[unit] as number;
    if (ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  }
  return `${ms}ms`;
}

/** The open time of the bar of this interval that contains `time`. */
export function floorToInterval(time: number, intervalMs: number): number {
  if (intervalMs === MONTH_MS) return floorToMonth(time);
  const origin = intervalMs % WEEK_MS === 0 ? FIRST_MONDAY_MS : 0;
  return Math.floor((time - origin) / intervalMs) * intervalMs + origin;
}

/**
 * Midnight UTC of the first of the month that contains `time`. Days are counted in eras of 400 years that begin on
 * 1 March, so that the leap day comes last (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
 */
export function floorToMonth(time: number): number {
  const day = Math.floor(time / 86_400_000);
  const sinceEra = day + 719_468;
  const dayOfEra = sinceEra - Math.floor(sinceEra / 146_097) * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5);
  return (day - dayOfMonth) * 86_400_000;
}
