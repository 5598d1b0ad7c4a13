/** What a crossing can be asked of: a value now and some bars ago, or a fixed level. */
export type Crossable = { readonly value: number; at(ago: number): number } | number;

/**
 * Whether `a` rose through `b` with this bar: it was at or below it one bar ago and is above it now. A value that
 * does not exist (NaN) crosses nothing.
 */
export function crossedAbove(a: Crossable, b: Crossable): boolean {
  // The newest values decide most bars alone. Series first and apart: mixed with levels every value would be boxed.
  if (typeof a !== "number" && typeof b !== "number") {
    return a.value > b.value && a.at(1) <= b.at(1);
  }
  return valueNow(a) > valueNow(b) && valueBefore(a) <= valueBefore(b);
}

/** Whether `a` fell through `b` with this bar: it was at or above it one bar ago and is below it now. */
export function crossedBelow(a: Crossable, b: Crossable): boolean {
  return crossedAbove(b, a);
}

function valueNow(series: Crossable): number {
  return typeof series === "number" ? series : series.value;
}

function valueBefore(series: Crossable): number {
  return typeof series === "number" ? series : series.at(1);
}
