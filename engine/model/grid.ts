import { assert } from "#engine/assert.ts";

/**
 * A tick or lot size as an exact fraction, so that `units → value` is one correctly rounded division and gives
 * the double that the venue's own decimal text parses to: 3 ticks of 0.1 are 0.3, not 0.30000000000000004.
 */
export interface Grid {
  /** The step in price or base units, for example 0.1. */
  readonly step: number;
  readonly numerator: number;
  readonly denominator: number;
}

const DECIMALS_MAX = 12;

/** Makes the grid of a decimal step such as 0.1, 0.5, 0.0001 or 25. */
export function makeGrid(step: number): Grid {
  assert(step > 0 && Number.isFinite(step), () => `A step is positive and finite: ${step}`);
  for (let decimals = 0; decimals <= DECIMALS_MAX; decimals++) {
    const denominator = 10 ** decimals;
    const numerator = Math.round(step * denominator);
    if (numerator > 0 && numerator / denominator === step) return { step, numerator, denominator };
  }
  throw new RangeError(`A step has at most ${DECIMALS_MAX} decimals: ${step}`);
}

/** Units of the nearest grid point. */
export function toUnits(grid: Grid, value: number): number {
  return Math.round(scaled(grid, value));
}

/** Most steps are a power of ten: a division by one is a division all the same. */
function scaled({ numerator, denominator }: Grid, value: number): number {
  const product = value * denominator;
  return numerator === 1 ? product : product / numerator;
}

/** The value of a whole number of units, correctly rounded. */
export function fromUnits(grid: Grid, units: number): number {
  return (units * grid.numerator) / grid.denominator;
}

/** A value within this share of a unit below a grid point counts as on it: the product is rounded twice. */
const ON_GRID = 1e-9;

/** Units as a fraction; a value that lies on the grid up to rounding gives its whole number. */
export function exactUnits(grid: Grid, value: number): number {
  const exact = scaled(grid, value);
  const nearest = Math.round(exact);
  return Math.abs(exact - nearest) <= ON_GRID * Math.max(1, Math.abs(exact) * 1e-6)
    ? nearest
    : exact;
}

/** Units of the grid point at or below; a value that lies on the grid up to rounding keeps its point. */
export function floorUnits(grid: Grid, value: number): number {
  return Math.floor(exactUnits(grid, value));
}

/** Units of the grid point at or above; a value that lies on the grid up to rounding keeps its point. */
export function ceilUnits(grid: Grid, value: number): number {
  return -floorUnits(grid, -value);
}

/** Whether the value is a grid point up to the rounding of one double. */
export function isOnGrid(grid: Grid, value: number): boolean {
  return fromUnits(grid, toUnits(grid, value)) === value;
}
