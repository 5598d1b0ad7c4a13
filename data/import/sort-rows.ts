import { plural } from "#data/quality/wording.ts";
import type { RowColumns } from "./row-columns.ts";

/**
 * Brings rows, in place, into ascending order of time. Rows with equal times keep their order in the file (in a file that is
 * newest first, the order it would have when read from its end).
 */
export function sortRows(rows: RowColumns, notes: string[], unit: "line" | "row"): void {
  let rises = 0;
  let falls = 0;
  let firstRise = 0;
  let firstFall = 0;
  for (let index = 1; index < rows.length; index++) {
    const before = rows.time[index - 1] as number;
    const here = rows.time[index] as number;
    if (here > before && rises++ === 0) firstRise = index;
    if (here < before && falls++ === 0) firstFall = index;
  }
  if (falls === 0) return;
  if (rises === 0) {
    notes.push("Newest first in the file: turned round");
    reorder(rows, (index) => rows.length - 1 - index);
    return;
  }
  const isMostlyFalling = falls > rises;
  const offending = isMostlyFalling ? firstRise : firstFall;
  const count = Math.min(rises, falls);
  notes.push(
    `Rows are not in order of time (${plural(count, "step")} ${isMostlyFalling ? "forward" : "back"}, the first at ${unit} ${rows.place[offending]}): sorted`,
  );
  const order = new Uint32Array(rows.length);
  for (let index = 0; index < order.length; index++) order[index] = index;
  order.sort((a, b) => {
    const byTime = (rows.time[a] as number) - (rows.time[b] as number);
    if (byTime !== 0) return byTime;
    return isMostlyFalling ? b - a : a - b;
  });
  reorder(rows, (index) => order[index] as number);
}

function reorder(rows: RowColumns, from: (index: number) => number): void {
  const { length } = rows;
  const columns = [rows.time, rows.open, rows.high, rows.low, rows.close, rows.volume];
  const scratch = new Float64Array(length);
  for (const column of columns) {
    for (let index = 0; index < length; index++) scratch[index] = column[from(index)] as number;
    column.set(scratch);
  }
  const place = new Uint32Array(length);
  for (let index = 0; index < length; index++) place[index] = rows.place[from(index)] as number;
  rows.place.set(place);
}
