import type { Cell, Table } from "#cli/output/table.ts";
import { csvNumber, csvText, isoTime } from "#data/store/csv-text.ts";

/** Rows to show: times and named columns of numbers, `[start, end)` of them. NaN is "no value". */
export interface ShownRows {
  readonly time: Float64Array;
  readonly columns: readonly ShownColumn[];
  readonly start: number;
  readonly end: number;
}

export interface ShownColumn {
  readonly name: string;
  readonly values: Float64Array;
}

/** CSV with a header: ISO times, numbers in full precision, an empty cell where there is no value. */
export function* csvLines(rows: ShownRows): Generator<string> {
  yield `${["time", ...rows.columns.map(({ name }) => csvText(name))].join(",")}\n`;
  for (let row = rows.start; row < rows.end; row++) {
    let line = isoTime(rows.time[row] as number);
    for (const { values } of rows.columns) line += `,${csvNumber(values[row] as number)}`;
    yield `${line}\n`;
  }
}

/** The rows as the text of a JSON array of objects, piece by piece: a series may be larger than a string can be. */
export function* jsonRows(rows: ShownRows): Generator<string> {
  const names = rows.columns.map(({ name }) => JSON.stringify(name));
  yield "[";
  for (let row = rows.start; row < rows.end; row++) {
    let text = `${row === rows.start ? "" : ","}{"time":"${isoTime(rows.time[row] as number)}"`;
    rows.columns.forEach(({ values }, index) => {
      const value = values[row] as number;
      text += `,${names[index]}:${Number.isFinite(value) ? String(value) : "null"}`;
    });
    yield `${text}}`;
  }
  yield "]";
}

/** For `--plain` every digit, for a reader ten significant ones: sums of volumes end in a tail of noise. */
export function tableOf(rows: ShownRows, precision: "full" | "readable"): Table {
  const text = precision === "full" ? csvNumber : readable;
  const cells: Cell[][] = [];
  for (let row = rows.start; row < rows.end; row++) {
    const line: Cell[] = [isoTime(rows.time[row] as number)];
    for (const { values } of rows.columns) line.push(text(values[row] as number));
    cells.push(line);
  }
  const columns = rows.columns.map(({ name }) => ({ name, align: "right" as const }));
  return { columns: [{ name: "time" }, ...columns], rows: cells };
}

function readable(value: number): string {
  return csvNumber(Number.isFinite(value) ? Number(value.toPrecision(10)) : value);
}
