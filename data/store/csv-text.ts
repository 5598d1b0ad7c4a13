/**
 * The shortest decimal text that parses to the same double, without an exponent: 1e-7 is `0.0000001`. An unknown
 * value (NaN, null) is an empty cell.
 */
export function csvNumber(value: number | null): string {
  if (value === null || Number.isNaN(value)) return "";
  const text = String(value);
  const exponentAt = text.indexOf("e");
  return exponentAt < 0 ? text : withoutExponent(text, exponentAt);
}

/** A cell of text, quoted where it has to be. */
export function csvText(value: string | null): string {
  if (value === null) return "";
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** ISO-8601 in UTC; without the milliseconds when there are none: `2025-10-01T00:05:00Z`. */
export function isoTime(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}

function withoutExponent(text: string, exponentAt: number): string {
  const sign = text.startsWith("-") ? "-" : "";
  const digits = text.slice(sign.length, exponentAt).replace(".", "");
  const pointAt = text.indexOf(".");
  const whole = (pointAt < 0 ? exponentAt : pointAt) - sign.length;
  const point = whole + Number(text.slice(exponentAt + 1));
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + "0".repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
