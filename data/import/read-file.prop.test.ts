/** Whatever bytes a file holds: it is read, or refused with an error that a person can act upon. */
import { gzipSync } from "node:zlib";
import { makeVector, Table, tableToIPC } from "apache-arrow";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DrydockError } from "#engine/errors.ts";
import { readMarketFile } from "./read-file.ts";
import { rowsOf } from "./testing/expect-bars.ts";
import { makeZip } from "./testing/make-zip.ts";
import { type SampleRow, sampleRows, toArrays, toCsv } from "./testing/sample-rows.ts";
import { tempFiles } from "./testing/temp-files.ts";

const write = tempFiles();

/** Reads what can be read; an error that helps nobody is thrown on. */
async function readOrRefuse(name: string, content: string | Uint8Array): Promise<string[]> {
  try {
    const all = await readMarketFile(write(name, content));
    return all.flatMap((series) => {
      const { length } = series.kind === "funding" ? series.funding : series.bars;
      return length > 0 && length === series.rows ? [] : [`${length} of ${series.rows} rows`];
    });
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
    const isHelpful = error.hint !== undefined && !/undefined|\[object/.test(error.message);
    return isHelpful ? [] : [error.message];
  }
}

async function readsOrRefuses(name: string, content: string | Uint8Array): Promise<void> {
  expect(await readOrRefuse(name, content)).toEqual([]);
}

const names = fc.constantFrom(
  "a.csv",
  "a.json",
  "a.feather",
  "a.parquet",
  "a.zip",
  "a.json.gz",
  "a",
);

test("any bytes", async () => {
  await fc.assert(
    fc.asyncProperty(names, fc.uint8Array({ maxLength: 300 }), (name, bytes) =>
      readsOrRefuses(name, bytes),
    ),
    { numRuns: 120 },
  );
});

const cell = fc.oneof(
  fc.constantFrom(
    "1704067200000",
    "1704067260",
    "2024-01-01",
    "1.5",
    "42000",
    "-1",
    "",
    "NaN",
    "time",
    "open",
    '"',
  ),
  fc.string({ maxLength: 6 }),
);

test("any table of cells", async () => {
  const tables = fc.array(fc.array(cell, { minLength: 1, maxLength: 8 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(tables, fc.constantFrom(",", ";", "\t"), (table, separator) =>
      readsOrRefuses("table.csv", table.map((row) => row.join(separator)).join("\n")),
    ),
    { numRuns: 120 },
  );
});

test("any JSON document", async () => {
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 4 }), (text) => readsOrRefuses("any.json", text)),
    { numRuns: 120 },
  );
});

const rows = sampleRows(60);
const column = (name: keyof SampleRow): Float64Array => Float64Array.from(rows, (row) => row[name]);
const table = new Table({
  ts: makeVector(column("time")),
  open: makeVector(column("open")),
  high: makeVector(column("high")),
  low: makeVector(column("low")),
  close: makeVector(column("close")),
  volume: makeVector(column("volume")),
});
const csv = `time,open,high,low,close,volume\n${toCsv(rows)}`;

const whole: readonly (readonly [string, Uint8Array])[] = [
  ["whole.csv", Buffer.from(csv)],
  ["whole.json", Buffer.from(JSON.stringify(toArrays(rows)))],
  ["whole.csv.gz", gzipSync(csv)],
  ["whole.zip", makeZip({ "whole.csv": csv })],
  ["whole.feather", tableToIPC(table, "file")],
  ["whole.arrow", tableToIPC(table, "stream")],
];

test.each(whole)("%s with flipped bytes", async (name, bytes) => {
  expect(rowsOf((await readMarketFile(write(name, bytes)))[0])).toEqual(rows);
  const flips = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(flips, async (places) => {
      const damaged = new Uint8Array(bytes);
      for (const [at, flip] of places) damaged[at] = (damaged[at] ?? 0) ^ flip;
      await readsOrRefuses(name, damaged);
    }),
    { numRuns: 50 },
  );
});

test.each(whole.filter(([name]) => !name.endsWith(".csv")))(
  "%s cut anywhere is refused",
  async (name, bytes) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length - 2 }), async (length) => {
        // A stream of Arrow batches has no end mark that must be there.
        if (name.endsWith(".arrow")) return readsOrRefuses(name, bytes.subarray(0, length));
        await expect(readMarketFile(write(name, bytes.subarray(0, length)))).rejects.toBeInstanceOf(
          DrydockError,
        );
      }),
      { numRuns: 25 },
    );
  },
);

const price = fc.integer({ min: 1, max: 10_000_000 }).map((cents) => cents / 100);
const bars = fc
  .array(fc.record({ open: price, high: price, low: price, close: price, volume: price }), {
    minLength: 2,
    maxLength: 40,
  })
  .map((list) => list.map((row, index) => ({ time: 1_704_067_200_000 + index * 60_000, ...row })));

test("what is written as text is read as it was, in every dialect", async () => {
  const separators = fc.constantFrom(",", ";", "\t", "|");
  const stamps = fc.constantFrom<(time: number) => string | number>(
    (time) => time,
    (time) => time / 1_000,
    (time) => time * 1_000,
    (time) => new Date(time).toISOString(),
    (time) => new Date(time).toISOString().slice(0, 16).replace("T", " "),
  );
  await fc.assert(
    fc.asyncProperty(
      bars,
      separators,
      stamps,
      fc.boolean(),
      async (list, separator, stamp, isReversed) => {
        const order = isReversed ? [...list].reverse() : list;
        const header = ["time", "open", "high", "low", "close", "volume"].join(separator);
        const path = write("dialect.csv", `${header}\n${toCsv(order, stamp, separator)}\n`);
        expect(rowsOf((await readMarketFile(path))[0])).toEqual(list);
      },
    ),
    { numRuns: 50 },
  );
});
