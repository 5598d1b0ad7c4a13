import { expect, test } from "vitest";

import { renderTable, tsvLines } from "#cli/output/table.ts";

const table = {
  columns: [
    { name: "file", shrink: true },
    { name: "rows", align: "right" as const },
  ],
  rows: [
    ["data/2024/BTCUSDT-5m-january.csv", 8928],
    ["eth.csv", 12],
  ],
};

test("renderTable() aligns columns and leaves no trailing blanks", () => {
  expect(renderTable(table, { width: Infinity })).toBe(
    [
      "file                              rows",
      "data/2024/BTCUSDT-5m-january.csv  8928",
      "eth.csv                             12",
    ].join("\n"),
  );
});

test("renderTable() cuts the middle of a shrinkable column to fit a terminal", () => {
  const lines = renderTable(table, { width: 26 }).split("\n");
  expect(lines.every((line) => Array.from(line).length <= 26)).toBe(true);
  expect(lines[1]).toMatch(/^data\/.*….*\.csv {2}8928$/);
});

test("renderTable() becomes blocks where not even shrinking helps, and loses nothing", () => {
  expect(renderTable(table, { width: 10 })).toBe(
    "file  data/2024/BTCUSDT-5m-january.csv\nrows  8928\n\nfile  eth.csv\nrows  12",
  );
});

test("renderTable() leaves out what a narrow terminal can do without, before it turns to blocks", () => {
  const wide = {
    columns: [
      { name: "series" },
      { name: "replaced", whenNarrow: "dropIfZero" as const },
      { name: "dropped", whenNarrow: "dropIfZero" as const },
      { name: "source", whenNarrow: "drop" as const },
    ],
    rows: [
      ["BTCUSDT", 0, 3, "csv"],
      ["ETHUSDT", null, 0, "json"],
    ],
  };
  expect(renderTable(wide, { width: 40 }).split("\n")[0]).toBe(
    "series   replaced  dropped  source",
  );
  expect(renderTable(wide, { width: 20 })).toBe("series   dropped\nBTCUSDT  3\nETHUSDT  0");
  expect(renderTable(wide, { width: 8 })).toContain("series   BTCUSDT\ndropped  3");
});

test("renderTable() prints null as nothing and false, 0 as themselves", () => {
  const columns = [{ name: "a" }, { name: "b" }, { name: "c" }];
  expect(renderTable({ columns, rows: [[null, false, 0]] }, { width: 80 })).toBe(
    "a  b      c\n   false  0",
  );
});

test("cells can neither move the cursor nor forge rows", () => {
  const hostile = { columns: [{ name: "x" }], rows: [["a\u001b[2Jb\nc\td\u009b1m"]] };
  expect(renderTable(hostile, { width: 80 })).toBe("x\na\\x1b[2Jb\\nc\\td\\x9b1m");
  expect([...tsvLines(hostile)].join("")).toBe("x\na\\x1b[2Jb\\nc\\td\\x9b1m\n");
});

test("tsvLines() keeps empty cells in place", () => {
  const columns = [{ name: "a" }, { name: "b" }, { name: "c" }];
  expect([...tsvLines({ columns, rows: [[1, null, "z"]] })]).toEqual(["a\tb\tc\n", "1\t\tz\n"]);
});
