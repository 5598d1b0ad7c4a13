import { expect, test } from "vitest";
import { RecordRows } from "#engine/testing/record-rows.ts";
import {
  ABSENT,
  CHUNK_ROWS,
  type OrderKey,
  orAbsent,
  RECORD,
  RECORD_WIDTH,
  type RecordKind,
  RecordLog,
} from "./record-log.ts";

interface Head {
  readonly kind: RecordKind;
  readonly time?: number;
  readonly symbol?: number;
  readonly order?: OrderKey;
}

function write(log: RecordLog, head: Head, values: readonly number[] = [0, 0, 0, 0, 0]): void {
  log.now = head.time ?? 0;
  log.rows.set(values, log.add(head.kind, head.symbol ?? 0, head.order ?? null));
}

test("a row is ten numbers in the order of the layout", () => {
  const { rows, sink } = new RecordRows();
  const log = new RecordLog(sink);
  const order = { decidedAt: 3, keyRest: 4 };
  write(log, { kind: RECORD.intent, time: 1, symbol: 2, order }, [5, 6, 7, 8, 9]);
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
    conditions: 7,
    aged: 8,
    external: 9,
    transfer: 10,
  });
});

test("a missing price is -1, because the bits of a NaN are not fixed", () => {
  expect([orAbsent(Number.NaN), orAbsent(0), orAbsent(2.5)]).toEqual([ABSENT, 0, 2.5]);
});

test("chunks are of fixed size, in order, and the last one is what is left", () => {
  const sizes: number[] = [];
  const first: number[] = [];
  const log = new RecordLog((rows) => {
    sizes.push(rows.length / RECORD_WIDTH);
    first.push(rows[1] as number);
  });
  const count = 2 * CHUNK_ROWS + 3;
  for (let row = 0; row < count; row++) write(log, { kind: RECORD.fill, time: row });
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
  write(log, { kind: RECORD.intent });
  log.flush();
  expect(Array.from(bytes.subarray(0, 8))).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
  expect(bytes.length).toBe(8 * RECORD_WIDTH);
});
