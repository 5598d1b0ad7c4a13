import { formatNumber } from "#reports/metrics/format.ts";

/** Small texts that several sections share. Times are UTC. */

/** 2024-03-05 13:00, with seconds where there are any. */
export function formatTime(time: number): string {
  const iso = new Date(time).toISOString();
  const seconds = iso.slice(17, 23);
  const end = seconds === "00.000" ? 16 : iso.endsWith(".000Z") ? 19 : 23;
  return iso.slice(0, end).replace("T", " ");
}

/** Decimals of a step such as 0.01 or 5e-7. */
export function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 12; decimals++) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return decimals;
  }
  return 12;
}

/** A quantity in at most ten significant digits, without trailing zeros. */
export function formatQuantity(value: number): string {
  const text = Number(value.toPrecision(10));
  return text.toString().includes("e") ? text.toFixed(12).replace(/0+$/, "") : String(text);
}

export function formatCount(value: number): string {
  return formatNumber(value, 0, "plain");
}

/** 3 d 4 h, 5 h 10 min, 7 min: the two largest parts. */
export function formatDuration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  if (days > 0) return hours > 0 ? `${formatCount(days)} d ${hours} h` : `${formatCount(days)} d`;
  if (hours > 0) return rest > 0 ? `${hours} h ${rest} min` : `${hours} h`;
  return `${rest} min`;
}

/** "gain", "loss" or nothing: the class that colours a number, beside its sign. */
export function toneOf(value: number): string {
  return value > 0 ? "gain" : value < 0 ? "loss" : "";
}
