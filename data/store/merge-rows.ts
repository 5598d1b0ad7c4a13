import type { SeriesColumns } from "./series-columns.ts";

/** A row that is stored with other values than the ones that came in. */
export interface Conflict {
  /** Epoch ms. */
  readonly time: number;
  /** Index of the first column that differs, as in the series' columns. */
  readonly column: number;
  readonly stored: number;
  readonly incoming: number;
}

export interface MergePlan {
  /** Rows of `incoming` whose time is not stored. */
  readonly inserts: Uint32Array;
  /** Rows of `incoming` whose time is stored with other values. */
  readonly replaces: Uint32Array;
  readonly unchanged: number;
  /** The first places, at most five. */
  readonly conflicts: readonly Conflict[];
}

const CONFLICTS_SHOWN = 5;

/** Compares incoming rows with stored ones, both sorted by time. An unknown value (NaN) equals only itself. */
export function planMerge(stored: SeriesColumns, incoming: SeriesColumns): MergePlan {
  const storedTime = stored.columns[0] as Float64Array;
  const inserts = new Uint32Array(incoming.length);
  const replaces = new Uint32Array(Math.min(stored.length, incoming.length));
  const conflicts: Conflict[] = [];
  let insertCount = 0;
  let replaceCount = 0;
  let at = 0;
  for (let row = 0; row < incoming.length; row++) {
    const time = (incoming.columns[0] as Float64Array)[row] as number;
    while (at < stored.length && (storedTime[at] as number) < time) at++;
    if (at === stored.length || (storedTime[at] as number) > time) {
      inserts[insertCount++] = row;
      continue;
    }
    const column = firstDifference(stored, at, incoming, row);
    if (column < 0) continue;
    replaces[replaceCount++] = row;
    if (conflicts.length < CONFLICTS_SHOWN) {
      const values = [stored.columns[column]?.[at], incoming.columns[column]?.[row]];
      const [old, now] = values as [number, number];
      conflicts.push({ time, column, stored: old, incoming: now });
    }
  }
  return {
    inserts: inserts.slice(0, insertCount),
    replaces: replaces.slice(0, replaceCount),
    unchanged: incoming.length - insertCount - replaceCount,
    conflicts,
  };
}

/** The union by time; where both have a row, the incoming one. */
export function mergeRows(stored: SeriesColumns, incoming: SeriesColumns): SeriesColumns {
  if (stored.length === 0) return incoming;
  const storedTime = stored.columns[0] as Float64Array;
  const incomingTime = incoming.columns[0] as Float64Array;
  const capacity = stored.length + incoming.length;
  const columns = incoming.columns.map(() => new Float64Array(capacity));
  let length = 0;
  let left = 0;
  let right = 0;
  while (left < stored.length || right < incoming.length) {
    const before = left < stored.length ? (storedTime[left] as number) : Infinity;
    const after = right < incoming.length ? (incomingTime[right] as number) : Infinity;
    const source = before < after ? stored : incoming;
    const row = before < after ? left : right;
    for (let index = 0; index < columns.length; index++) {
      const column = source.columns[index] as Float64Array;
      (columns[index] as Float64Array)[length] = column[row] as number;
    }
    length++;
    if (before <= after) left++;
    if (after <= before) right++;
  }
  return { length, columns: columns.map((column) => column.subarray(0, length)) };
}

function firstDifference(
  stored: SeriesColumns,
  storedRow: number,
  incoming: SeriesColumns,
  incomingRow: number,
): number {
  for (let index = 1; index < stored.columns.length; index++) {
    const old = (stored.columns[index] as Float64Array)[storedRow] as number;
    const now = (incoming.columns[index] as Float64Array)[incomingRow] as number;
    if (old === now) continue;
    if (old !== old && now !== now) continue;
    return index;
  }
  return -1;
}
