import * as fc from "fast-check";
import { expect, test } from "vitest";
import { mergeRows, planMerge } from "./merge-rows.ts";
import type { SeriesColumns } from "./series-columns.ts";

type Row = readonly [time: number, rate: number];

const value = fc.constantFrom(0, 1, 2, NaN);
const rows = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 30 }), value), { selector: ([time]) => time })
  .map((list) => list.toSorted(([a], [b]) => a - b));

function toColumns(list: readonly Row[]): SeriesColumns {
  const columns = [0, 1].map((index) => Float64Array.from(list, (row) => row[index] as number));
  return { length: list.length, columns };
}

function toRows({ length, columns }: SeriesColumns): Row[] {
  const [time, rate] = columns as [Float64Array, Float64Array];
  return Array.from({ length }, (_, row) => [time[row] as number, rate[row] as number]);
}

test("mergeRows() is the union by time, in which the incoming row wins", () => {
  fc.assert(
    fc.property(rows, rows, (stored, incoming) => {
      const expected = [...new Map<number, number>([...stored, ...incoming])].sort(
        ([a], [b]) => a - b,
      );
      expect(toRows(mergeRows(toColumns(stored), toColumns(incoming)))).toEqual(expected);
    }),
  );
});

test("planMerge() sorts every incoming row into new, changed or known", () => {
  fc.assert(
    fc.property(rows, rows, (stored, incoming) => {
      const known = new Map<number, number>(stored);
      const plan = planMerge(toColumns(stored), toColumns(incoming));
      const timesOf = (indexes: Uint32Array) => Array.from(indexes, (row) => incoming[row]?.[0]);
      const isNew = incoming.filter(([time]) => !known.has(time));
      const isChanged = incoming.filter(
        ([time, rate]) => known.has(time) && !Object.is(known.get(time), rate),
      );
      expect(timesOf(plan.inserts)).toEqual(isNew.map(([time]) => time));
      expect(timesOf(plan.replaces)).toEqual(isChanged.map(([time]) => time));
      expect(plan.unchanged).toBe(incoming.length - isNew.length - isChanged.length);
      expect(plan.conflicts).toEqual(
        isChanged
          .slice(0, 5)
          .map(([time, rate]) => ({ time, column: 1, stored: known.get(time), incoming: rate })),
      );
    }),
  );
});
