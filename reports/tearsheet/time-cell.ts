const ISO =
  /^(\d{4})([-/])(\d{1,2})(?:\2(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?)?\s?(Z|UTC|[+-]\d{2}:?\d{2})?$/i;
const COMPACT_DATE = /^(?:19|20)\d{6}$/;
const EPOCH = /^\d{9,19}(?:\.\d+)?$/;

/**
 * The instant that a cell names, epoch ms UTC, or null: ISO dates and times (UTC without a zone), `2024-01` for a
 * month, `20240131`, and epoch seconds, milliseconds, microseconds or nanoseconds by their size.
 */
export function parseTimeCell(cell: string): number | null {
  if (COMPACT_DATE.test(cell)) {
    return utcInstant(Number(cell.slice(0, 4)), Number(cell.slice(4, 6)), Number(cell.slice(6)));
  }
  if (EPOCH.test(cell)) return epochMs(Number(cell));
  const match = ISO.exec(cell);
  if (match === null) return null;
  const [, year, , month, day = "1", hour = "0", minute = "0", second = "0", fraction = ""] = match;
  const date = utcInstant(Number(year), Number(month), Number(day));
  const isClockTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  if (date === null || !isClockTime) return null;
  const ms = Number(fraction.padEnd(3, "0").slice(0, 3));
  const clock = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + ms;
  return date + clock - zoneOffsetMs(match[9] ?? "Z");
}

/** Epoch numbers of our time: seconds have 9 or 10 digits, and each finer unit three more. */
function epochMs(value: number): number {
  if (value >= 1e17) return Math.floor(value / 1e6);
  if (value >= 1e14) return Math.floor(value / 1e3);
  if (value >= 1e11) return Math.floor(value);
  return Math.round(value * 1000);
}

/** Midnight UTC of a calendar date; null for a date that does not exist. */
function utcInstant(year: number, month: number, day: number): number | null {
  const instant = Date.UTC(year, month - 1, day);
  const date = new Date(instant);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? instant : null;
}

function zoneOffsetMs(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === "-" ? -1 : 1) * minutes * 60_000;
}
