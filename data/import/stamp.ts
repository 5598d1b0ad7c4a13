/**
 * Time stamps as files write them, turned into epoch ms UTC. Numbers carry their unit in their size: seconds,
 * milliseconds, microseconds and nanoseconds of the years 1973 to 2103 do not overlap, so a column may even mix
 * them. Text without an offset counts as UTC. Days before months (`31/12/2023`) are refused, since `01/02/2023`
 * would be read wrongly without notice.
 */

const SECONDS_MIN = 1e8;
const SECONDS_MAX = 4.2e9;

/** Epoch ms of a number in s, ms, µs or ns; null when it is none. Below a ms it rounds down. */
export function epochToMs(value: number): number | null {
  if (value >= SECONDS_MIN && value < SECONDS_MAX) return Math.round(value * 1e3);
  if (value >= SECONDS_MIN * 1e3 && value < SECONDS_MAX * 1e3) return Math.floor(value);
  if (value >= SECONDS_MIN * 1e6 && value < SECONDS_MAX * 1e6) return Math.floor(value / 1e3);
  if (value >= SECONDS_MIN * 1e9 && value < SECONDS_MAX * 1e9) return Math.floor(value / 1e6);
  return null;
}

/** The same for whole numbers beyond 2^53: nanoseconds lose nothing. */
export function bigEpochToMs(value: bigint): number | null {
  if (value > 10n ** 17n) return epochToMs(Number(value / 1_000_000n));
  return epochToMs(Number(value));
}

/** Epoch ms of a cell, number or text; null when it is no time. */
export function parseStamp(text: string): number | null {
  const cell = text.trim();
  if (/^\d+(?:\.\d*)?$/.test(cell)) return parseNumericStamp(cell);
  return parseTextStamp(cell);
}

function parseNumericStamp(cell: string): number | null {
  // By far the most frequent form: 13 digits are ms, and never a date.
  if (cell.length === 13) return epochToMs(Number(cell));
  const compact = parseCompactStamp(cell);
  if (compact !== null) return compact;
  // 17 to 19 digits are nanoseconds: cut before Number() rounds them to a double.
  if (/^\d{17,19}$/.test(cell)) return epochToMs(Number(cell.slice(0, -6)));
  return epochToMs(Number(cell));
}

/** `20230901`, `202309011230` and `20230901123000`: dates, although they look like epochs. */
function parseCompactStamp(cell: string): number | null {
  const match = /^((?:19|20)\d\d)([01]\d)([0-3]\d)(?:([0-2]\d)([0-5]\d)([0-5]\d)?)?$/.exec(cell);
  if (match === null) return null;
  const day = dayMs(Number(match[1]), Number(match[2]), Number(match[3]));
  const clock = clockMs(match[4], match[5], match[6], undefined, undefined);
  return day === null || clock === null ? null : day + clock;
}

const CLOCK = String.raw`(\d{1,2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?(?:[-\s]*([AaPp][Mm]))?`;
const ZONE = String.raw`\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?`;
const YEAR_FIRST = new RegExp(
  String.raw`^(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:[T\s_]+${CLOCK})?${ZONE}$`,
);
/** Dukascopy and MetaTrader write the day first with points: `31.12.2023 23:00:00.000`. */
const DAY_FIRST = new RegExp(String.raw`^(\d{2})(\.)(\d{2})\.(\d{4})(?:[T\s_]+${CLOCK})?${ZONE}$`);

function parseTextStamp(cell: string): number | null {
  const yearFirst = YEAR_FIRST.exec(cell);
  const match = yearFirst ?? DAY_FIRST.exec(cell);
  if (match === null) return null;
  const year = Number(yearFirst === null ? match[4] : match[1]);
  const month = Number(match[3]);
  const date = Number(yearFirst === null ? match[1] : match[4]);
  const day = dayMs(year, month, date);
  const clock = clockMs(match[5], match[6], match[7], match[8], match[9]);
  const offset = zoneMs(match[10]);
  return day === null || clock === null ? null : day + clock - offset;
}

/** Midnight of a date that exists; 30 February does not. */
function dayMs(year: number, month: number, date: number): number | null {
  const ms = Date.UTC(year, month - 1, date);
  const back = new Date(ms);
  const isReal =
    back.getUTCFullYear() === year &&
    back.getUTCMonth() === month - 1 &&
    back.getUTCDate() === date;
  return isReal ? ms : null;
}

function clockMs(
  hourText: string | undefined,
  minuteText: string | undefined,
  secondText: string | undefined,
  fraction: string | undefined,
  half: string | undefined,
): number | null {
  let hour = Number(hourText ?? 0);
  const minute = Number(minuteText ?? 0);
  const second = Number(secondText ?? 0);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return null;
  const milliseconds = Number((fraction ?? "").padEnd(3, "0").slice(0, 3));
  return hour * 3_600_000 + minute * 60_000 + second * 1_000 + milliseconds;
}

function zoneMs(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? "");
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === "-" ? -minutes : minutes) * 60_000;
}
