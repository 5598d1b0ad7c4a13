import { makeGrid, toUnits } from "#engine/model/grid.ts";

/** Whether a value is the double next to a whole number of steps. */
export function isOnGrid(value: number, step: number): boolean {
  const grid = makeGrid(step);
  const units = toUnits(grid, value);
  return Number((units * step).toFixed(12)) === value;
}
