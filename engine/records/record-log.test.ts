import { expect, test } from "vitest";
import { RecordRows } from "#engine/testing/record-rows.ts";
import { ABSENT, CHUNK_ROWS, RECORD, RECORD_WIDTH, RecordLog } from "./record-log.ts";

test("a row is ten numbers in the order of the layout", () => {
  const { rows, sink } = new RecordRows();
  const log = new RecordLog(sink);
  log.write(RECORD.intent, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  log.flush();
  expect(RECORD_WIDTH).toBe(10);
  expect(rows).toEqual([[1, 1, 2, 3, 4, 5, 6, 7, 8, 9]]);
});

test("numbers of kinds stand in hashed records: they keep their meaning", () => {
  expect(RECORD).toEqual({
    intent: 1,
    transition: 2,
    fill: 3,
    funding: 4,
    liquidation: 5,
    ledger: 6,
  });
});

test("a missing price is -1, because the bits of a NaN are not fixed", () => {
  const { rows, sink } = new RecordRows();
  const log = new RecordLog(sink);
  log.write(RECORD.intent, 0, 0, 0, 0, 1, Number.NaN, Number.NaN, 0, 0);
  log.flush();
  expect(rows[0]?.slice(6, 8)).toEqual([ABSENT, ABSENT]);
});

test("chunks are of fixed size, in order, and the last one is what is left", () => {
  const sizes: number[] = [];
  const first: number[] = [];
  const log = new RecordLog((rows) => {
    sizes.push(rows.length / RECORD_WIDTH);
    first.push(rows[1] as number);
  });
  const count = 2 * CHUNK_ROWS + 3;
  for (let row = 0; row < count; row++) log.write(RECORD.fill, row, 0, 0, 0, 0, 0, 0, 0, 0);
  expect(log.count).toBe(count);
  log.flush();
  log.flush();
  expect(sizes).toEqual([CHUNK_ROWS, CHUNK_ROWS, 3]);
  expect(first).toEqual([0, CHUNK_ROWS, 2 * CHUNK_ROWS]);
});

test("rows go out little-endian: the bytes of a chunk are the trace's format", () => {
  let bytes = new Uint8Array();
  const log = new RecordLog((rows) => {
    bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength).slice();
  });
  log.write(RECORD.intent, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  log.flush();
  expect(Array.from(bytes.subarray(0, 8))).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
  expect(bytes.length).toBe(8 * RECORD_WIDTH);
});
