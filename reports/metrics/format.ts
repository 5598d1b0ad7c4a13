import { type MetricKey, metric } from "./metric-table.ts";

/** What stands where a metric has no value. */
export const NO_VALUE = "n/a";

/**
 * A number with fixed decimals and commas between thousands, independent of any locale. What rounds to zero has no
 * sign.
 */
export function formatNumber(value: number, decimals: number, sign: "signed" | "plain"): string {
  const fixed = Math.abs(value).toFixed(decimals);
  // Numbers from 1e21 on have no fixed form.
  if (fixed.includes("e")) return String(value);
  const [whole = "0", fraction] = fixed.split(".");
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const text = fraction === undefined ? digits : `${digits}.${fraction}`;
  if (Number(fixed) === 0) return text;
  if (value < 0) return `-${text}`;
  return sign === "signed" ? `+${text}` : text;
}

/** Money with two decimals and commas. */
export function formatMoney(value: number, sign: "signed" | "plain" = "plain"): string {
  return formatNumber(value, 2, sign);
}

/** A metric for people, unit included: "+1,234.50", "12.30 %", "1.52", "3.20 bps". */
export function formatMetric(key: MetricKey, value: number | null): string {
  if (value === null) return NO_VALUE;
  const { unit, decimals, isSigned } = metric(key);
  const text = formatNumber(value, decimals, isSigned ? "signed" : "plain");
  switch (unit) {
    case "money":
    case "ratio":
    case "count":
      return text;
    case "x":
      return `${text}x`;
    case "%":
    case "h":
    case "d":
    case "bps":
      return `${text} ${unit}`;
  }
}
