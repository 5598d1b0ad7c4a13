/** CSV that is no table of candles, or a damaged one: the reason, the line and the next step. */
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { DrydockError } from "#engine/errors.ts";
import { readMarketFile } from "./read-file.ts";
import { makeZip } from "./testing/make-zip.ts";
import { refusalOf } from "./testing/refusal-of.ts";
import { sampleRows, toCsv } from "./testing/sample-rows.ts";
import { tempFiles } from "./testing/temp-files.ts";

const write = tempFiles();
const rows = sampleRows(80);

const fails = (name: string, content: string | Uint8Array): Promise<DrydockError> =>
  refusalOf(write(name, content));

test("premium index candles are refused by name", async () => {
  const text = toCsv(rows);
  const error = await fails("binance/premiumIndexKlines/BTCUSDT-1m-2024-01.csv", text);
  expect(error.message).toContain("premium index");
});

test.each([
  [
    "a short line",
    (lines: string[]) => lines.toSpliced(40, 1, "1704069600000,1,2"),
    "line 41 has 3 cells where the header has 6",
  ],
  [
    "a long line",
    (lines: string[]) => lines.toSpliced(40, 1, `${lines[40]},1,1`),
    "line 41 has 8 cells where the header has 6",
  ],
  [
    "a word",
    (lines: string[]) => lines.toSpliced(40, 1, lines[40]!.replace(/,[^,]+$/, ",abc")),
    'line 41 has "abc" as its volume',
  ],
  [
    "a decimal comma",
    (lines: string[]) => lines.toSpliced(40, 1, lines[40]!.replace(/,[^,]+$/, ',"1,5"')),
    'line 41 has "1,5" as its volume',
  ],
  [
    "no time",
    (lines: string[]) => lines.toSpliced(40, 1, lines[40]!.replace(/^\d+/, "soon")),
    'line 41 has the time "soon"',
  ],
  [
    "the end of a download",
    (lines: string[]) => lines.toSpliced(80, 1, lines[80]!.slice(0, 20)),
    "line 81 has 2 cells where the header has 6",
  ],
])("a table with %s is refused with its line", async (_, damage, message) => {
  const lines = ["time,open,high,low,close,volume", ...toCsv(rows).split("\n")];
  const error = await fails("broken_1m.csv", damage(lines).join("\n"));
  expect(error.code).toBe("E_DATA_FORMAT");
  expect(error.message).toBe(`"broken_1m.csv" ${message}`);
  expect(error.hint).toMatch(/line|decimal point|times as/);
});

test("a line near the end of a long file has its own number", async () => {
  const lines = toCsv(sampleRows(5_000)).split("\n");
  const error = await fails(
    "long.csv",
    ["time,open,high,low,close,volume", ...lines.toSpliced(4_998, 1, "x")].join("\n"),
  );
  expect(error.message).toContain("line 5000 has 1 cells");
});

test.each([
  [
    "dates with slashes",
    `Date,Open,High,Low,Close\n${toCsv(rows, () => "01/02/2024").replaceAll(/,[^,\n]+(?=\n|$)/g, "")}`,
    "with slashes, day and month cannot be told apart",
  ],
  [
    "trades",
    "timestamp,symbol,side,size,price\n1704067200,BTCUSDT,Buy,1,42000\n",
    "Build candles from it first",
  ],
  [
    "trades without header",
    "1672531436,90.540000,1.10448420\n1672531471,90.450000,1.0\n",
    "Build candles from it first",
  ],
  ["an order book", "time,bid_price,ask_price\n1,2,3\n", "Build candles from it first"],
  ["only closes", "time,close\n1704067200,1\n", "Name the columns"],
  ["a header and no rows", "time,open,high,low,close,volume\n", "Download the file again"],
  ["no text", "\n\n \n", "Download the file again"],
  ["prose", "Dear reader, this is not a table.\nIt never was.\n", "Name the columns"],
  ["a web page", "<!DOCTYPE html><html>404</html>", "Download the file again"],
  [
    "a Git LFS pointer",
    "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    "git lfs pull",
  ],
  [
    "a recording of a stream",
    '1737918843893903000 {"channel":"l2Book","data":{}}\n',
    "Import candles",
  ],
])("a file with %s is refused with a reason", async (_, text, hint) => {
  const error = await fails("refused.csv", text);
  expect(error.code).toBe("E_DATA_FORMAT");
  expect(error.hint).toContain(hint);
});

test("a missing, an empty and a cut file are told apart", async () => {
  await expect(readMarketFile("no/such/file.csv")).rejects.toMatchObject({
    code: "E_FILE_MISSING",
  });
  expect((await fails("empty.csv", "")).message).toBe('"empty.csv" is empty: 0 bytes');
  const packed = gzipSync(`time,open,high,low,close,volume\n${toCsv(rows)}`);
  const cut = await fails("cut.csv.gz", packed.subarray(0, packed.length - 20));
  expect(cut.code).toBe("E_FILE_UNREADABLE");
  expect(cut.message).toContain("is cut off");
  const zip = makeZip({ "a.csv": toCsv(rows) });
  expect((await fails("cut.zip", zip.subarray(0, zip.length - 40))).code).toBe("E_FILE_UNREADABLE");
});

test("a reading can be interrupted, and reports its progress", async () => {
  const path = write(
    "progress.csv",
    `time,open,high,low,close,volume\n${toCsv(sampleRows(30_000))}`,
  );
  const seen: number[] = [];
  await readMarketFile(path, {
    onProgress: (progress) => seen.push(progress.bytesRead / progress.bytesTotal),
  });
  expect(seen.at(-1)).toBe(1);
  const controller = new AbortController();
  const reading = readMarketFile(path, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(reading).rejects.toMatchObject({ code: "E_INTERRUPTED" });
  const packed = write("progress.csv.gz", gzipSync(toCsv(sampleRows(30_000)), { level: 0 }));
  const late = new AbortController();
  const unpacking = readMarketFile(packed, { signal: late.signal, onProgress: () => late.abort() });
  await expect(unpacking).rejects.toMatchObject({ code: "E_INTERRUPTED" });
});

test.each([
  ["time,open,high,low,close,close", "close"],
  ["time,open,high,low,Close,close", "Close"],
  ["date,open,high,low,close,date", "date"],
  ["time,volume,open,high,low,close,volume", "volume"],
])("a header %s is refused by the name that stands twice", async (header, name) => {
  const cells = header.split(",").map((word) => (/time|date/.test(word) ? "1704067200000" : "5"));
  const error = await fails("twice.csv", `${header}\n${cells.join(",")}\n`);
  expect(error.code).toBe("E_DATA_FORMAT");
  expect(error.message).toBe(`"twice.csv" has two columns "${name}"`);
});

test("a column that is not used may stand twice, and t and T are two columns", async () => {
  const unused = "time,open,high,low,close,volume,note,note";
  const lines = toCsv(rows).split("\n");
  const [found] = await readMarketFile(
    write("notes_1m.csv", [unused, ...lines.map((line) => `${line},1,2`)].join("\n")),
  );
  expect(found?.rows).toBe(80);
  const [hyperliquid] = await readMarketFile(
    write(
      "two_1m.csv",
      ["t,o,h,l,c,v,T", ...rows.map((row) => `${toCsv([row])},${row.time + 59_999}`)].join("\n"),
    ),
  );
  expect(hyperliquid?.rows).toBe(80);
});

test.each([
  ["in one piece", 80],
  ["in several pieces", 40_000],
])("lines that end in carriage returns alone are read %s", async (_name, count) => {
  const many = sampleRows(count);
  const text = `time,open,high,low,close,volume\n${toCsv(many)}\n`;
  const plain = await readMarketFile(write("feeds_1m.csv", text));
  const [returns] = await readMarketFile(write("returns_1m.csv", text.replaceAll("\n", "\r")));
  expect(returns?.rows).toBe(count);
  expect(returns?.kind === "candles" && returns.bars).toEqual(
    plain[0]?.kind === "candles" && plain[0].bars,
  );
  const [pairs] = await readMarketFile(write("pairs_1m.csv", text.replaceAll("\n", "\r\n")));
  expect(pairs?.rows).toBe(count);
});

test("a fault in a file of carriage returns has its line", async () => {
  const lines = ["time,open,high,low,close,volume", ...toCsv(rows).split("\n")];
  const error = await fails("mac_1m.csv", lines.toSpliced(40, 1, "x").join("\r"));
  expect(error.message).toContain("line 41 has 1 cells");
});
