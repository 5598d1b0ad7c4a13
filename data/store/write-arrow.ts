import { writeFileSync } from "node:fs";
import {
  type Data,
  Float64,
  Int64,
  makeData,
  Table,
  TimestampMillisecond,
  tableToIPC,
  Vector,
} from "apache-arrow";
import type { SeriesColumns } from "./series-columns.ts";

/** Writes an Arrow IPC file (Feather version 2, uncompressed): epoch ms or UTC timestamps, NaN volumes as missing. */
export function writeArrow(
  path: string,
  names: readonly string[],
  rows: SeriesColumns,
  times: "iso" | "ms",
): void {
  const columns = names.map((name, position): [string, Vector] => {
    const values = rows.columns[position] as Float64Array;
    const data =
      position === 0 ? timeData(values, rows.length, times) : valueData(values, rows.length);
    return [name, new Vector([data])];
  });
  writeFileSync(path, tableToIPC(new Table(Object.fromEntries(columns)), "file"), { flag: "wx" });
}

function timeData(values: Float64Array, length: number, times: "iso" | "ms"): Data {
  const data = BigInt64Array.from({ length }, (_, row) => BigInt(values[row] as number));
  return times === "ms"
    ? makeData({ type: new Int64(), length, data })
    : makeData({ type: new TimestampMillisecond("UTC"), length, data });
}

function valueData(values: Float64Array, length: number): Data {
  const data = values.slice(0, length);
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  let nullCount = 0;
  for (let row = 0; row < length; row++) {
    if (Number.isNaN(data[row])) nullCount++;
    else nullBitmap[row >> 3] = (nullBitmap[row >> 3] as number) | (1 << (row & 7));
  }
  const type = new Float64();
  return nullCount === 0
    ? makeData({ type, length, data })
    : makeData({ type, length, data, nullBitmap, nullCount });
}
