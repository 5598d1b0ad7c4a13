import { expect, test } from "vitest";
import { makeGrid } from "#engine/model/grid.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { RECORD } from "#engine/records/record-log.ts";
import { auditRecords } from "./audit-records.ts";
import type { RecordRow } from "./record-rows.ts";

const instrument = {
  exchange: "bybit",
  symbol: "BTCUSDT",
  tick: makeGrid(1),
  lot: makeGrid(1),
  minQty: 0,
  maxQty: Number.POSITIVE_INFINITY,
  minNotional: 0,
  maxLeverage: 100,
  tiers: [],
  isPerpetual: true,
};

const move = (time: number, key: number, status: number, filled: number): RecordRow => [
  RECORD.transition,
  time,
  0,
  1,
  key,
  status,
  filled,
  0,
  1,
  0,
];

/** Buys 2 at 10, sells them reduce-only at 12. */
const SOUND: readonly RecordRow[] = [
  [RECORD.intent, 1, 0, 1, 7, 2, -1, -1, 0, 0],
  move(1, 7, STATUS.persisted, 0),
  move(1, 7, STATUS.sent, 0),
  move(2, 7, STATUS.accepted, 0),
  [RECORD.fill, 2, 0, 1, 7, 2, 10, 1, 0.5, 0],
  move(2, 7, STATUS.filled, 2),
  [RECORD.ledger, 2, 0, 1, 7, 0, 0.5, 99.5, 2, 0],
  [RECORD.funding, 3, 0, 0, 0, -1, 98.5, 0, 0, 0],
  [RECORD.intent, 4, 0, 4, 8, -2, -1, -1, 0, 1],
  ...[STATUS.persisted, STATUS.sent, STATUS.accepted].map((status) => {
    const row = [...move(4, 8, status, 0)];
    row[3] = 4;
    return row;
  }),
  [RECORD.fill, 5, 0, 4, 8, -2, 12, 1, 0, 0],
  [RECORD.transition, 5, 0, 4, 8, STATUS.filled, 2, 0, 1, 0],
  [RECORD.ledger, 5, 0, 4, 8, 4, 0, 102.5, 0, 0],
];

test("sound records pass and give the exact ledger", () => {
  expect(auditRecords(SOUND, [instrument], 100, false).lots(0)).toBe(0);
});

/** One change each, and what the auditor says of it. */
test.each([
  ["a NaN", 4, 8, Number.NaN, /finite number/],
  ["time going back", 7, 1, 1, /time does not go back/],
  ["an unknown kind", 7, 0, 99, /kind 99/],
  ["a hole of the table", 3, 5, STATUS.amending, /from sent to amending/],
  ["a fill beyond its order", 4, 5, 3, /not filled beyond/],
  ["a transition that hides a fill", 5, 6, 1, /sum of the fills/],
  ["a wrong wallet", 6, 7, 99.4, /wallet 99.4/],
  ["a wrong fee", 6, 6, 0.4, /fee booked/],
  ["a wrong position", 6, 8, 1, /sum of fills/],
  ["wrong funding", 7, 6, 98.4, /wallet after funding/],
  ["a wrong profit", 14, 5, 5, /realised 5/],
  ["a reduce-only order that opens", 12, 5, 2, /reduce-only closes/],
  ["a price of zero", 4, 6, 0, /price is above zero/],
  ["an order without an intent", 3, 4, 99, /has an intent/],
] as const)("%s is found", (_, row, column, value, message) => {
  const broken = SOUND.map((one) => [...one]);
  (broken[row] as number[])[column] = value;
  expect(() => auditRecords(broken, [instrument], 100, false)).toThrow(message);
});

test.each([
  ["a second intent of one key", (rows: RecordRow[]) => [...rows.slice(0, 1), ...rows], /is new/],
  ["an execution that is not booked", (rows: RecordRow[]) => rows.slice(0, 6), /was booked/],
  ["a ledger row for nothing", (rows: RecordRow[]) => rows.slice(6), /follows an execution/],
  [
    "a reduce-only fill that turns around",
    (rows: RecordRow[]) => rows.map((row, at) => (at === 12 ? row.with(5, -3) : row)),
    /never turns/,
  ],
  [
    "a liquidation that turns around",
    (rows: RecordRow[]) => [...rows.slice(0, 8), [RECORD.liquidation, 4, 0, 0, 0, -3, 9, 0, 0, 0]],
    /closes, in part or whole/,
  ],
] as const)("%s is found", (_, change, message) => {
  const rows = change(SOUND.map((one) => [...one])) as readonly RecordRow[];
  expect(() => auditRecords(rows, [instrument], 100, false)).toThrow(message);
});
