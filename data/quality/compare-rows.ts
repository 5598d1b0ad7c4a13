/** Two rows of one open time, compared value by value. */
import type { BarColumns } from "#engine/market/bars.ts";

export type RowRelation = "same" | "rounded" | "conflicting";

const PRICES = ["open", "high", "low", "close"] as const;
const VALUES = [...PRICES, "volume"] as const;

/** Rounding moves a price by less than this part of it, and a volume by less than the other. */
const PRICE_ROUNDING_MAX = 1e-4;
const VOLUME_ROUNDING_MAX = 1e-2;

/**
 * `same`: equal in every value. `rounded`: each value of one row is the other's, rounded to the decimals that row has,
 * so the finer row loses nothing. `conflicting`: anything else. `distance` is the largest relative difference of a
 * price.
 */
export function compareRows(
  bars: BarColumns,
  a: number,
  b: number,
): { readonly relation: RowRelation; readonly distance: number } {
  if (VALUES.every((name) => isSame(bars[name][a] as number, bars[name][b] as number))) {
    return { relation: "same", distance: 0 };
  }
  let distance = 0;
  for (const name of PRICES) {
    const [left, right] = [bars[name][a] as number, bars[name][b] as number];
    if (isSame(left, right)) continue;
    const part = Math.abs(left / right - 1);
    // Nothing is further from a price than none.
    distance = Math.max(distance, Number.isNaN(part) ? Infinity : part);
  }
  const isRounded = isRoundingOf(bars, a, b) || isRoundingOf(bars, b, a);
  return { relation: isRounded ? "rounded" : "conflicting", distance };
}

const isSame = (left: number, right: number): boolean => left === right || Object.is(left, right);

/**
 * Whether row `coarse` is row `fine`, rounded. The decimals of a price column are those of the row's longest price,
 * since a single price may end in zeros that its text does not show.
 */
function isRoundingOf(bars: BarColumns, coarse: number, fine: number): boolean {
  const decimals = Math.max(...PRICES.map((name) => decimalsOf(bars[name][coarse] as number)));
  const prices = PRICES.every((name) =>
    isRounded(
      bars[name][coarse] as number,
      bars[name][fine] as number,
      decimals,
      PRICE_ROUNDING_MAX,
    ),
  );
  const [volume, fineVolume] = [bars.volume[coarse] as number, bars.volume[fine] as number];
  return prices && isRounded(volume, fineVolume, decimalsOf(volume), VOLUME_ROUNDING_MAX);
}

function isRounded(coarse: number, fine: number, decimals: number, partMax: number): boolean {
  if (isSame(coarse, fine)) return true;
  const difference = Math.abs(coarse - fine);
  // A tie may have been rounded either way by the program that wrote it.
  return difference <= 0.5 * 10 ** -decimals * (1 + 1e-9) && difference <= Math.abs(fine) * partMax;
}

/** Digits behind the point in the shortest decimal text of a number; infinitely many for what is none. */
function decimalsOf(value: number): number {
  const match = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (match === null) return Infinity;
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
  return VALUES.filter((name) => !isSame(bars[name][a] as number, bars[name][b] as number))
    .map((name) => `${name} ${bars[name][a]} against ${bars[name][b]}`)
    .join(", ");
}
