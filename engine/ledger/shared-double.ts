/** Small whole numbers that share one double, lowest first: their columns, and how many values each can have. */
export type SharedParts = readonly (readonly [column: number, values: number])[];

/** One of the numbers that share a double; the column that is in no part has what is left above them. */
export function partOf(shared: number, parts: SharedParts, column: number): number {
  let rest = shared;
  for (const [field, values] of parts) {
    if (column === field) return rest % values;
    rest = Math.floor(rest / values);
  }
  return rest;
}
