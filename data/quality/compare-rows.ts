/** Two rows of one open time, compared value by value. */
import type { BarColumns } from "#engine/market/bars.ts";

export type RowRelation = "same" | "rounded" | "conflicting";

const VALUES = ["open", "high", "low", "close", "volume"] as const;

/**
 * `same`: equal in every value. `rounded`: each value of one row is the other's, rounded to the digits it has, so the
 * finer row loses nothing. `conflicting`: anything else. `distance` is the largest relative difference of a price.
 */
export function compareRows(
  bars: BarColumns,
  a: number,
  b: number,
): { readonly relation: RowRelation; readonly distance: number } {
  let isSame = true;
  let aIsFiner = true;
  let bIsFiner = true;
  let distance = 0;
  for (const name of VALUES) {
    const left = bars[name][a] as number;
    const right = bars[name][b] as number;
    if (Object.is(left, right) || left === right) continue;
    isSame = false;
    if (name !== "volume") distance = Math.max(distance, Math.abs(left - right) / Math.abs(left));
    aIsFiner &&= isRoundingOf(right, left);
    bIsFiner &&= isRoundingOf(left, right);
  }
  if (isSame) return { relation: "same", distance: 0 };
  return { relation: aIsFiner || bIsFiner ? "rounded" : "conflicting", distance };
}

/** Whether `coarse` is `fine` rounded to the decimals that `coarse` has. */
function isRoundingOf(coarse: number, fine: number): boolean {
  const decimals = decimalsOf(coarse);
  if (decimals === null || decimals > 20) return false;
  // A tie may have been rounded either way by the program that wrote it.
  return Math.abs(coarse - fine) <= 0.5 * 10 ** -decimals * (1 + 1e-9);
}

/** Digits behind the point in the shortest decimal text of a number; null for what is none. */
function decimalsOf(value: number): number | null {
  const match = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (match === null) return null;
  return Math.max(0, (match[1] ?? "").length - Number(match[2] ?? 0));
}

/** Digits of a whole row: the row with more of them was rounded less. */
export function digitsOfRow(bars: BarColumns, index: number): number {
  let digits = 0;
  for (const name of VALUES) digits += String(bars[name][index]).length;
  return digits;
}

/** `close 18143.03 against 18212`, for the values that differ. */
export function describeDifference(bars: BarColumns, a: number, b: number): string {
  return VALUES.filter((name) => !Object.is(bars[name][a], bars[name][b]))
    .map((name) => `${name} ${bars[name][a]} against ${bars[name][b]}`)
    .join(", ");
}
