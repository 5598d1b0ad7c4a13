import { expect, test } from "vitest";
import { DrydockError } from "#engine/errors.ts";
import { readTearsheetCsv } from "./read-tearsheet-csv.ts";

const DAY_MS = 86_400_000;
const JAN_1 = Date.UTC(2024, 0, 1);

function errorOf(text: string): DrydockError {
  try {
    readTearsheetCsv(text);
  } catch (error) {
    if (error instanceof DrydockError) return error;
    throw error;
  }
  throw new Error("The file was read");
}

test("times, series and benchmark by name, in any order of the last two", () => {
  const series = readTearsheetCsv(
    "time,benchmark,equity\n2024-01-01,50,1000\n2024-01-02,51,1010\n",
  );
  expect(series).toEqual({
    times: Float64Array.of(JAN_1, JAN_1 + DAY_MS),
    values: Float64Array.of(1000, 1010),
    benchmark: Float64Array.of(50, 51),
    warnings: [],
  });
});

test.each([
  ["one column", "1000\n1010\n", null, null],
  ["one named column", "equity\n1000\n1010\n", null, null],
  ["times and series", "2024-01-01,1000\n2024-01-02,1010\n", [JAN_1, JAN_1 + DAY_MS], null],
  ["three columns", "2024-01-01,1000,5\n2024-01-02,1010,6\n", [JAN_1, JAN_1 + DAY_MS], [5, 6]],
  ["series and benchmark", "equity,benchmark\n1000,5\n1010,6\n", null, [5, 6]],
  [
    "an unnamed index",
    ",equity\n2024-01-01,1000\n2024-01-02,1010\n",
    [JAN_1, JAN_1 + DAY_MS],
    null,
  ],
  ["names from pandas", ",0\n2024-01-01,1000\n2024-01-02,1010\n", [JAN_1, JAN_1 + DAY_MS], null],
  [
    "an unknown name over dates",
    "when,x\n2024-01-01,1000\n2024-01-02,1010",
    [JAN_1, JAN_1 + DAY_MS],
    null,
  ],
  ["semicolons", "date;equity\n2024-01-01;1000\n2024-01-02;1010", [JAN_1, JAN_1 + DAY_MS], null],
  ["tabs", "date\tequity\n2024-01-01\t1000\n2024-01-02\t1010", [JAN_1, JAN_1 + DAY_MS], null],
  [
    "a byte order mark, CRLF and blank lines",
    "\uFEFFequity\r\n1000\r\n\r\n1010\r\n\r\n",
    null,
    null,
  ],
  [
    "quotes",
    '"time","equity"\n"2024-01-01","1000"\n"2024-01-02"," 1010 "\n',
    [JAN_1, JAN_1 + DAY_MS],
    null,
  ],
])("%s", (_, text, times, benchmark) => {
  const series = readTearsheetCsv(text);
  expect(series.values).toEqual(Float64Array.of(1000, 1010));
  expect(series.times).toEqual(times === null ? null : Float64Array.from(times));
  expect(series.benchmark).toEqual(benchmark === null ? null : Float64Array.from(benchmark));
  expect(series.warnings).toEqual([]);
});

test("large equity is not taken for times", () => {
  const series = readTearsheetCsv("equity,drawdown\n250000000,0\n260000000,0\n");
  expect(series.times).toBeNull();
  expect(series.values).toEqual(Float64Array.of(250_000_000, 260_000_000));
  expect(series.warnings).toEqual([expect.stringContaining('"drawdown"')]);
});

test("a first column that counts the rows is no time", () => {
  for (const text of [",r\n0,0.1\n1,0.2\n2,0.3", "index,r\n1,0.1\n2,0.2\n3,0.3"]) {
    const series = readTearsheetCsv(text);
    expect(series.times).toBeNull();
    expect(series.values).toEqual(Float64Array.of(0.1, 0.2, 0.3));
    expect(series.warnings).toEqual([expect.stringContaining("counts the rows")]);
  }
});

test("a row without a value is left out with a warning, one without a benchmark stays", () => {
  const series = readTearsheetCsv(
    "time,returns,benchmark\n2024-01-01,,0.5\n2024-01-02,0.1,\n2024-01-03,0.2,0.4\n2024-01-04,,\n",
  );
  expect(series.values).toEqual(Float64Array.of(0.1, 0.2));
  expect(series.times).toEqual(Float64Array.of(JAN_1 + DAY_MS, JAN_1 + 2 * DAY_MS));
  expect(series.benchmark).toEqual(Float64Array.of(Number.NaN, 0.4));
  expect(series.warnings).toEqual([
    "Line 2 has no value and is left out",
    "2 rows without a value are left out in all",
    "1 rows have no benchmark and do not count in its metrics",
  ]);
});

test.each([
  ["", "The file has no rows of data"],
  ["time,equity\n", "The file has no rows of data"],
  ["equity\n1000\nabc\n", 'Line 3, column 1 ("equity"): "abc" is not a number'],
  ["2024-01-01,1000\n2024-01-02,1e\n", 'Line 2, column 2: "1e" is not a number'],
  ["equity\n1000\nNaN\n", 'Line 3, column 1 ("equity"): "NaN" is not a number'],
  ["equity\n1e999\n", 'Line 2, column 1 ("equity"): "1e999" is not a number'],
  ["time,returns\n2024-01-01,1 %\n", 'Line 2, column 2 ("returns"): "1 %" is not a number'],
  ["time,equity\n01.02.2024,1000\n", 'Line 2, column 1 ("time"): "01.02.2024" is not a time'],
  ["time,equity\n2024-02-30,1000\n", 'Line 2, column 1 ("time"): "2024-02-30" is not a time'],
  [
    "time,equity\n2024-01-02,1\n2024-01-01,2\n",
    'Line 3, column 1 ("time"): "2024-01-01" is not after',
  ],
  ["time,equity\n2024-01-02,1\n2024-01-02,2\n", "is not after the row before it"],
  ["time,equity\n2024-01-02,1\n,2\n", 'Line 3, column 1 ("time"): there is no time'],
  [",10000\n2024-01-02,10010\n", "Line 1, column 1: there is no time"],
  ["time,equity\n2024-01-02,1\n2024-01-03\n", "Line 3 has 1 columns, the first line has 2"],
  ["10000,50\n10100,51\n", 'Line 1, column 1: "10000" is not a time'],
  ["2024-01-01,1,2,3\n", "Line 1 has 4 columns without names"],
  ["benchmark\n1\n", "Line 1 names no column for the series"],
  ['time,equity\n2024-01-01,"1000\n2024-01-02,5\n', "Line 2 opens a quote that is never closed"],
  ['time,note,equity\n2024-01-01,"a\nb",1000\n2024-01-02,x,y\n', 'Line 2, column 2 ("note")'],
])("%j is refused", (text, message) => {
  const error = errorOf(text);
  expect(error.code).toBe("E_DATA_FORMAT");
  expect(error.message).toContain(message);
});

test("a line break inside quotes counts as a line", () => {
  const error = errorOf('time,equity,note\n2024-01-01,5,"a\nb"\n2024-01-02,x,y\n');
  expect(error.message).toContain('Line 4, column 2 ("equity"): "x" is not a number');
});
