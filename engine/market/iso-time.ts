const DAY_MS = 86_400_000;
const DAYS_OF_ERA = 146_097;
/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH_DAY = 719_468;

/**
 * A time (epoch ms, years 0 to 9999) as ISO 8601 in UTC with milliseconds, without asking a clock of this machine. The
 * calendar is H. Hinnant's `civil_from_days`: years begin in March, so that the leap day is the last.
 */
export function isoTime(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const rest = ms - days * DAY_MS;
  const shifted = days + EPOCH_DAY;
  const era = Math.floor(shifted / DAYS_OF_ERA);
  const day = shifted - era * DAYS_OF_ERA;
  const leaps = Math.floor(day / 1_460) - Math.floor(day / 36_524) + Math.floor(day / 146_096);
  const year = Math.floor((day - leaps) / 365);
  const dayOfYear = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  const isNextYear = month >= 10;
  const date = [
    digits(year + era * 400 + (isNextYear ? 1 : 0), 4),
    digits(isNextYear ? month - 9 : month + 3, 2),
    digits(dayOfMonth, 2),
  ].join("-");
  const [hour, minute] = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60];
  const second = Math.floor(rest / 1_000) % 60;
  const time = [hour, minute, second].map((part) => digits(part, 2)).join(":");
  return `${date}T${time}.${digits(Math.floor(rest % 1_000), 3)}Z`;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}
