import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseCsvRows } from "#reports/tearsheet/csv-rows.ts";
import { readTearsheetCsv } from "#reports/tearsheet/read-tearsheet-csv.ts";
import { closedTrade, equityRun } from "#reports/testing/equity-run.ts";
import { sampleRun } from "#reports/testing/sample-run.ts";
import { equityCsv, FILL_FIELDS, fillsCsv, TRADE_FIELDS, tradesCsv } from "./csv.ts";

test("trades.csv has the fields of the JSON document, ISO times and empty cells for null", () => {
  const closed = closedTrade(1, 12.5, { fees: 0.1 + 0.2, exitDetail: 'cross, "down"\nhard' });
  const open = { ...closedTrade(2, -3), closedAt: null, exitPrice: null, exitReason: null };
  expect([...tradesCsv([closed, open])].join("")).toBe(
    `${TRADE_FIELDS.join(",")}
1,BTCUSDT,long,2024-01-01T00:00:00.000Z,2024-01-02T00:00:00.000Z,100,101.25,10,12.5,0.30000000000000004,0,12.5,1.25,signal,"cross, ""down""
hard",1,0,1.25
2,BTCUSDT,long,2024-01-02T00:00:00.000Z,,100,,10,-3,0,0,-3,-0.3,,,1,-0.3,0
`,
  );
});

test("fills.csv has a line per execution and an empty cell for an unknown share of the volume", () => {
  const [fill] = sampleRun({ seed: 1, bars: 100, trades: 2 }).fills;
  const fills = [
    { ...fill, price: 0.1 + 0.2, participation: 0.5 },
    { ...fill, symbol: 'A,"B"', participation: Number.NaN },
    { ...fill, participation: Number.POSITIVE_INFINITY },
  ] as never;
  const [header, first, second, third] = [...fillsCsv(fills)].join("").split("\n");
  expect(header).toBe(FILL_FIELDS.join(","));
  expect(first?.split(",").slice(3, 9)).toEqual(
    expect.arrayContaining(["0.30000000000000004", "maker", "0.5"]),
  );
  expect(second).toMatch(/^2024-01-01T00:01:00\.000Z,"A,""B""",.*,,1,entry$/);
  expect(third).toContain(",Infinity,1,entry");
});

test("equity.csv has a line per bar close", () => {
  const run = equityRun([100, 101.5, 99], { equityLow: [100.25, 98], grossNotional: [50, 0] });
  expect([...equityCsv(run.equity)].join("")).toBe(
    `time,equity,equityLow,grossNotional
2024-01-02T00:00:00.000Z,101.5,100.25,50
2024-01-03T00:00:00.000Z,99,98,0
`,
  );
});

test("equity.csv is a file that the tearsheet reads, in every digit", () => {
  const { equity } = sampleRun({ seed: 2, bars: 2500, trades: 40 });
  const series = readTearsheetCsv([...equityCsv(equity)].join(""));
  expect(series.values).toEqual(equity.equity);
  expect(series.times).toEqual(equity.time);
});

test("any text survives a CSV cell, but for white space at its ends", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const csv = [...tradesCsv([closedTrade(1, 5, { exitDetail: text })])].join("");
      const [, row] = parseCsvRows(csv);
      expect(row?.cells[TRADE_FIELDS.indexOf("exitDetail")]).toBe(text.trim());
    }),
  );
});
