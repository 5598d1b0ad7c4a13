import { DrydockError } from "#engine/errors.ts";

/** Words for a bar's length: 1m … 45m, 1h … 12h, 1d, 3d, 1w. Weeks begin on Monday, as on every venue here. */
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const WEEK_MS = 604_800_000;
/** 1970-01-01 was a Thursday; the first Monday came four days later. */
const FIRST_MONDAY_MS = 4 * 86_400_000;

/** @throws E_USAGE when the text is not an interval such as `5m`, `4h` or `1d`. */
export function parseInterval(text: string): number {
  const match = /^([1-9]\d{0,3})([smhdw])$/.exec(text.trim());
  const unit = match?.[2];
  if (match === null || unit === undefined) {
    throw new DrydockError("E_USAGE", `"${text}" is not an interval`, {
      hint: "Use a number and a unit, such as 1m, 5m, 1h, 4h, 1d or 1w",
    });
  }
  return Number(match[1]) * (UNIT_MS[unit] as number);
}

/** The shortest customary word for a length in ms: 3,600,000 is `1h`, not `60m`. */
export function formatInterval(ms: number): string {
  for (const unit of ["w", "d", "h", "m", "s"]) {
    const unitMs = UNIT_MS[unit] as number;
    if (ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  }
  return `${ms}ms`;
}

/** The open time of the bar of this interval that contains `time`. */
export function floorToInterval(time: number, intervalMs: number): number {
  const origin = intervalMs % WEEK_MS === 0 ? FIRST_MONDAY_MS : 0;
  return Math.floor((time - origin) / intervalMs) * intervalMs + origin;
}
