import { assert } from "#engine/assert.ts";
import { type KeysOf, METRICS, type MetricGroup, type MetricKey } from "./metric-table.ts";

/**
 * Why a metric has no value. Where several hold, the first of these counts:
 * 1. what the series is: `ruined`, `no-trades`, `no-benchmark`, `no-times`, `no-trials`, `no-volume`, `no-stops`,
 *    `no-liquidation-price`;
 * 2. the sample gates: `few-days`, then `short-run`;
 * 3. a divisor that is zero: `zero-variance`, `no-losses`, `no-wins`, `zero-denominator`; and `overflow`.
 */
export const REASONS = {
  ruined: "Equity fell to zero or below, so returns are not defined",
  "no-trades": "There are no trades",
  "no-benchmark": "There is no benchmark series",
  "no-times": "The series has no times",
  "no-trials": "Fewer than two trials were compared",
  "no-volume": "The bars have no volume",
  "no-stops": "No trade had a stop",
  "no-liquidation-price": "No position had a liquidation price",
  "few-days": "Fewer than 30 full days",
  "short-run": "Shorter than a quarter of a year",
  "zero-variance": "The values do not vary",
  "no-losses": "There are no losses to divide by",
  "no-wins": "There are no wins",
  "zero-denominator": "The divisor is zero",
  overflow: "The value exceeds what a number can hold",
} as const;

export type ReasonCode = keyof typeof REASONS;

/** A metric's number, or the reason why it has none. */
export type MetricValue = number | ReasonCode;

/** One value for each metric of a group. */
export type GroupValues<Group extends MetricGroup> = Readonly<Record<KeysOf<Group>, MetricValue>>;

/** Every metric of a run or of a tearsheet. Numbers are finite, in the unit that `METRICS` names. */
export interface Summary {
  readonly metrics: Readonly<Record<MetricKey, number | null>>;
  readonly reasons: Readonly<Partial<Record<MetricKey, ReasonCode>>>;
}

/** Splits values into numbers and reasons, in the order of `METRICS`; minus zero becomes zero. */
export function toSummary(values: Readonly<Record<MetricKey, MetricValue>>): Summary {
  const metrics: Partial<Record<MetricKey, number | null>> = {};
  const reasons: Partial<Record<MetricKey, ReasonCode>> = {};
  for (const { key } of METRICS) {
    const value = values[key];
    if (typeof value === "string") {
      metrics[key] = null;
      reasons[key] = value;
    } else if (Number.isFinite(value)) {
      metrics[key] = value === 0 ? 0 : value;
    } else {
      assert(!Number.isNaN(value), () => `The metric "${key}" is a number or has a reason`);
      metrics[key] = null;
      reasons[key] = "overflow";
    }
  }
  return { metrics: metrics as Record<MetricKey, number | null>, reasons };
}

/** A fraction as percent; a reason stays. */
export function percent(value: MetricValue): MetricValue {
  return typeof value === "string" ? value : 100 * value;
}

/** The same reason for several metrics. */
export function allNull<Key extends string>(
  keys: readonly Key[],
  reason: ReasonCode,
): Record<Key, MetricValue> {
  const values: Partial<Record<Key, MetricValue>> = {};
  for (const key of keys) values[key] = reason;
  return values as Record<Key, MetricValue>;
}

/** The keys of a group, in the order of `METRICS`. */
export function keysOf<Group extends MetricGroup>(group: Group): readonly KeysOf<Group>[] {
  return METRICS.filter((metric) => metric.group === group).map(
    (metric) => metric.key as KeysOf<Group>,
  );
}

/**
 * Twelve significant digits: results of `exp`, `log` and `pow` may differ in the last bits between builds of Node,
 * so they are rounded before anybody stores or compares them.
 */
export function roundDigits(value: number): number {
  return Number(value.toPrecision(12));
}
